"""The months that returns are about: the one set of partitions that the whole walk shares."""

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
