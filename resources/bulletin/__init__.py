"""The statistical bulletin of a release: one page in each language, made of what the release says and nothing else."""

from expectations.releases import Content
from expectations.wording import LANGUAGES
from resources.bulletin.edition import Edition
from resources.bulletin.glance import charts_markdown
from resources.bulletin.page import file_name, page

__all__ = ["bulletin_files", "charts_markdown"]


def bulletin_files(content: Content) -> dict[str, bytes]:
    """Return the bulletin's pages by their names, in English and in Welsh."""
    return {file_name(language): page(Edition(content, language)).encode() for language in LANGUAGES}
