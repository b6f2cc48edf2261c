"""Where returns come from: a folder, SFTP, S3 or HTTPS, listed cheaply and fetched file by file.

`source` is what the walk uses. Each kind of place has a module of its own (`folder`, `sftp`, `s3`, `https`), all behind
the one inner interface in `place`. What is tried again, and how long, is in `patience`; who we are there, in `access`.
"""

from resources.source.access import Access
from resources.source.errors import SourceError, SourceGone, StillGrowing
from resources.source.listed import REGISTER, Listed
from resources.source.source import Source, shown, source_of

__all__ = ["REGISTER", "Access", "Listed", "Source", "SourceError", "SourceGone", "StillGrowing", "shown", "source_of"]
