"""The house as a Dagster resource: one way for assets to reach settings, archive, restricted store and warehouse."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import dagster as dg

if TYPE_CHECKING:
    from resources.restricted import RestrictedStore
    from resources.settings import Settings


class House(dg.ConfigurableResource):
    """Where the outside world is: what is left unset is read from `DAYOPS_*` when an asset runs."""

    home: str | None = None
    returns: str | None = None
    warehouse: str | None = None

    def settings(self) -> "Settings":
        """Return the settings in force, with what this resource sets put over them."""
        from resources.settings import load_settings

        given: dict[str, Any] = {"home": self.home, "returns": self.returns, "warehouse_url": self.warehouse}
        return load_settings(**{name: value for name, value in given.items() if value is not None})

    def today(self) -> date:
        """Return today's date where the collection is run: what is due and which waivers hold goes by it."""
        return self.now().date()

    def now(self) -> datetime:
        """Return the time of day where the collection is run: when a release is approved goes by it."""
        return datetime.now(ZoneInfo(self.settings().timezone))

    def warehouse_url(self) -> str:
        """Return the warehouse's SQLAlchemy address, starting the embedded server where none is named."""
        from resources.postgres import warehouse_url

        return warehouse_url(self.settings())

    def restricted(self) -> "RestrictedStore":
        """Return the restricted store."""
        from resources.restricted import RestrictedStore

        return RestrictedStore(self.settings().restricted_dir)
