"""The months that returns are about: the one set of partitions that the whole walk shares."""

import dagster as dg

MONTHS = dg.MonthlyPartitionsDefinition(start_date="2019-04", fmt="%Y-%m", timezone="Europe/London")
"""Every month from the first of the pre-pandemic baseline; a month appears when it is over."""

OWNERS = ["team:data-engineering"]
