"""Where the parts are put together: `build(house)` makes the whole of dayops, for production and for tests alike.

No asset logic belongs here.
"""

import warnings

import dagster as dg

warnings.filterwarnings("ignore", category=dg.PreviewWarning)
warnings.filterwarnings("ignore", category=dg.BetaWarning)

from assets import collect, compare, indicate, load, protect, publish, read, remind, reply  # noqa: E402
from assets.check import asset as check  # noqa: E402
from dayops_pipeline import catalogue, executors, housekeeping, jobs, schedules, sensors  # noqa: E402
from resources.house import House  # noqa: E402

WALK = (collect, read, check, load, compare, reply, indicate, protect, publish, remind)
"""The stages in walking order: the table of contents of the pipeline."""


def build(house: House) -> dg.Definitions:
    """Return the definitions of dayops over the given outside world."""
    return dg.Definitions(
        assets=catalogue.described(dg.load_assets_from_modules(WALK, include_specs=True), house),
        asset_checks=dg.load_asset_checks_from_modules(WALK),
        jobs=[
            *(jobs.nightly, jobs.returns, jobs.figures, jobs.replies, jobs.month),
            *(jobs.publication, jobs.reminding, housekeeping.housekeeping),
        ],
        schedules=[schedules.nightly, schedules.publication, schedules.reminding, housekeeping.weekly],
        sensors=[sensors.changed_months, sensors.arrivals, sensors.arrived, sensors.alerts],
        resources={"house": house},
        executor=executors.chosen(house),
    )


defs = build(House())
