"""The months that returns are about: the one set of partitions that the whole walk shares."""

import warnings
from datetime import timedelta

import dagster as dg

MONTHS = dg.MonthlyPartitionsDefinition(start_date="2019-04", fmt="%Y-%m", timezone="Europe/London")
"""Every month from the first of the pre-pandemic baseline; a month appears when it is over."""

OWNERS = ["team:data-engineering"]

EVERY_NIGHT = dg.FreshnessPolicy.cron(
    deadline_cron="0 6 * * *", lower_bound_delta=timedelta(hours=5), timezone="Europe/London"
)
"""Made between 01:00 and 06:00 each day."""

EVERY_MONTH = dg.FreshnessPolicy.cron(
    deadline_cron="0 6 26 * *", lower_bound_delta=timedelta(days=25), timezone="Europe/London"
)
"""Made between the 1st and the 26th of each month, by when every return was due: a quiet night makes no figures."""


def month_check(name: str, asset: str, description: str, *, blocking: bool = False) -> dg.AssetCheckSpec:
    """Return a check on `asset` whose results are each of a month: without it, one month's faults show as another's."""
    with warnings.catch_warnings():
        # A check that knows its month is a preview in Dagster.
        warnings.simplefilter("ignore", dg.PreviewWarning)
        return dg.AssetCheckSpec(name, asset=asset, description=description, blocking=blocking, partitions_def=MONTHS)
