"""`dayops blank` and `dayops documents`: the contract as a form to fill in, and as documents to read.

What they say is made in `expectations.documents`; here it is put on disk.
"""

from pathlib import Path

import click

from expectations.contract import Profile

CONTRACT_DOCS = Path("docs/contract")
WAREHOUSE_DOCS = "warehouse"
"""The folder of what is said of the warehouse, beside that of the contract."""
RULE_LOCK = "rules.lock"
INDICATOR_LOCK = "indicators.lock"


def blank_bytes(profile: Profile, language: str) -> bytes:
    """Return the blank return of a profile in a language ("en" or "cy"), as an XLSX workbook."""
    from expectations.documents import blank as form
    from expectations.rules import CONTRACT
    from resources.writing import xlsx_bytes

    pages = form(CONTRACT, profile, "cy" if language == "cy" else "en")
    guidance = next(iter(pages))
    widths = {
        name: [max(12, len(header) + 2) for header in rows[0]] for name, rows in pages.items() if name != guidance
    }
    return xlsx_bytes(pages, widths=widths | {guidance: (24, 44, 70, 44, 60)})


def contract_documents() -> dict[str, bytes]:
    """Return the content of every file of docs/contract, by its name there."""
    from expectations import documents as made
    from expectations.rule_pages import rule_catalogue, rule_page
    from expectations.rules import CONTRACT
    from expectations.versions import rule_lock
    from expectations.wording import LANGUAGES
    from warehouse.indicator_versions import indicator_lock

    texts = {
        "dictionary.md": made.dictionary(CONTRACT),
        "rules.md": rule_catalogue(CONTRACT),
        "indicators.md": made.indicator_catalogue(),
        RULE_LOCK: rule_lock(CONTRACT),
        INDICATOR_LOCK: indicator_lock(),
    } | {f"rules/{rule.id}.md": rule_page(CONTRACT, rule) for rule in CONTRACT.rules}
    forms = {
        f"blank_{profile.value.lower()}_{language}.xlsx": blank_bytes(profile, language)
        for profile in Profile
        for language in LANGUAGES
    }
    return {name: text.encode() for name, text in texts.items()} | forms


def warehouse_documents() -> dict[str, bytes]:
    """Return the content of every file of docs/warehouse, by its name there."""
    from warehouse import privileges

    return {"privileges.csv": privileges.as_csv().encode()}


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, writable=True, path_type=Path))
@click.option("--profile", type=click.Choice([profile.value for profile in Profile]), default="FULL", show_default=True)
@click.option(
    "--language", type=click.Choice(["en", "cy"]), default="en", show_default=True, help="Language of the headers."
)
def blank(file: Path, profile: str, language: str) -> None:
    """Write a blank return, with guidance, to FILE.

    Example: dayops blank return.xlsx --profile FULL --language cy
    """
    if file.suffix.lower() != ".xlsx":
        raise click.UsageError("FILE is a workbook: its name must end in .xlsx")
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(blank_bytes(Profile(profile), language))
    click.echo(f"{file}: {profile} return, headers in {'Welsh' if language == 'cy' else 'English'}")


@click.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path), default=CONTRACT_DOCS)
def documents(folder: Path) -> None:
    """Write the data dictionary, the catalogues and the blank returns to FOLDER (docs/contract).

    Beside FOLDER, in a folder called warehouse: who may do what to each object of the warehouse.

    Nothing is written where a rule asks something else than rules.lock in FOLDER says, or an indicator measures
    something else than indicators.lock says, and has the same version.

    Example: dayops documents
    """
    _must_be_new_versions(folder)
    made = {folder / name: content for name, content in contract_documents().items()}
    made |= {folder.parent / WAREHOUSE_DOCS / name: content for name, content in warehouse_documents().items()}
    for path, content in made.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        click.echo(f"{path}: {len(content):,} bytes")


def _must_be_new_versions(folder: Path) -> None:
    from expectations.rules import CONTRACT
    from expectations.versions import too_old
    from warehouse import indicator_versions

    told = too_old(CONTRACT, _read(folder / RULE_LOCK))
    told += indicator_versions.too_old(_read(folder / INDICATOR_LOCK))
    if told:
        raise click.ClickException("; ".join(told))


def _read(lock: Path) -> str:
    return lock.read_text(encoding="utf-8") if lock.exists() else ""
