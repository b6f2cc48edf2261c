"""What can go wrong with a source: for good, for now, or because somebody is still writing."""


class SourceError(OSError):
    """The place where returns are delivered cannot be used: which, why, and what to do."""


class SourceGone(SourceError):  # noqa: N818 (what the source did)
    """The place answered at first and does so no longer: the rest is fetched the next night."""


class StillGrowing(SourceError):  # noqa: N818 (what the file does, and no fault of anyone's)
    """A file that somebody is still writing; it is fetched when it has come to rest."""


class Passing(Exception):  # noqa: N818 (what the trouble does)
    """A trouble that may be over in a moment; `wait_seconds` is what the server asks for, if it asks."""

    def __init__(self, reason: str, wait_seconds: float | None = None) -> None:
        super().__init__(reason)
        self.wait_seconds = wait_seconds
