"""A backfill names its months, and tells which of them failed."""

import click
import pytest

from dayops_pipeline.cli.backfill import backfill, chosen, failed_months
from dayops_pipeline.nightly import Done, Step


def test_a_backfill_takes_every_month_between_its_bounds() -> None:
    months = chosen(click.Context(backfill), "2023-04..2026-03")
    assert (months[0], months[-1], len(months)) == ("2023-04", "2026-03", 36)
    assert chosen(click.Context(backfill), "2026-03") == ["2026-03"]


@pytest.mark.parametrize("months", ["2026-03..2023-04", "2019-01..2020-01", "2026-03..2099-01", "2026-13", "all"])
def test_months_that_are_not_over_or_are_none_are_refused(months: str) -> None:
    with pytest.raises(click.UsageError):
        chosen(click.Context(backfill), months)


def test_each_month_that_failed_is_named_once() -> None:
    done = [Done(Step(job, "2026-03"), succeeded=False, seconds=1, run_id="1") for job in ("returns", "figures")]
    done.append(Done(Step("figures", "2026-04"), succeeded=True, seconds=1, run_id="2"))
    assert failed_months(done) == ["2026-03"]
