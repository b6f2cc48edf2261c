"""The night: collect, then a run for each month that something changed in. Planned here, run by Dagster.

The schedule and the sensor do this under the daemon; `night` does the same in this process, for the command line.
"""

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from resources.house import House

if TYPE_CHECKING:
    import dagster as dg
    import sqlalchemy as sa

BASELINE_ENDS = "2020-02"


@dataclass(frozen=True, slots=True)
class Step:
    """One run of the night: a job, and the month it is run for (None for collecting)."""

    job: str
    period: str | None = None


@dataclass(frozen=True, slots=True)
class Done:
    """A step that was run: whether it succeeded, what it took, and the numbers its assets reported."""

    step: Step
    succeeded: bool
    seconds: float
    run_id: str
    numbers: dict[str, dict[str, Any]] = field(default_factory=dict)


def plan(connection: "sa.Connection") -> list[Step]:
    """Return the runs that the deliveries known so far ask for, in the order in which they must be run."""
    from warehouse import ledger

    due, loaded = ledger.due_months(connection), ledger.loaded_months(connection)
    return order(due, loaded)


def order(due: Iterable[str], loaded: Iterable[str]) -> list[Step]:
    """Return the runs for the months `due`, given the months `loaded` before.

    The baseline comes first, since every later month is compared with it; then the newest month, which people wait for.
    Months that are compared with a changed baseline month get their figures anew, and so does the last month of a year
    in which an older month was run after it, since it tells of their quarter and year.
    """
    due = set(due)
    baseline = sorted(period for period in due if period <= BASELINE_ENDS)
    others = sorted(due - set(baseline), reverse=True)
    known = {period for period in (*loaded, *due) if period > BASELINE_ENDS}
    compared = {period for period in known - due if baseline and _touches(baseline, period)}
    anew = compared | _last_of_years(others, known)
    return [
        *(Step("month", period) for period in (*baseline, *others)),
        *(Step("figures", period) for period in sorted(anew, reverse=True)),
    ]


def _last_of_years(others: list[str], known: set[str]) -> set[str]:
    """Return the last known month of each financial year with a month in `others`, unless that runs last anyway."""
    last, ran_last = dict[int, str](), dict[int, str]()
    for period in sorted(known):
        last[_year(period)] = period
    for period in others:
        ran_last[_year(period)] = period
    return {last[year] for year, period in ran_last.items() if last[year] != period}


def _year(period: str) -> int:
    return int(period[:4]) - (period[5:] < "04")


def _touches(baseline: list[str], period: str) -> bool:
    """Tell whether a figure for `period`, its quarter or its year so far is compared with a changed baseline month.

    The baseline is one financial year without its March, so what comes no later in it is compared.
    """
    return any(_place(month) <= _place(period) for month in baseline)


def _place(period: str) -> int:
    """Return the month's place in the financial year: April is 0."""
    return (int(period[5:]) - 4) % 12


def night(house: House, instance: "dg.DagsterInstance", tell: Callable[[Step, int, int], None]) -> Iterator[Done]:
    """Run the night in this process; `tell` hears of each step before it starts (step, number, of how many).

    A month that fails does not keep the others from running: what failed is told by its `Done`.
    """
    tell(Step("nightly"), 1, 1)
    yield _run(Step("nightly"), house, instance)
    yield from months(house, instance, tell)


def months(house: House, instance: "dg.DagsterInstance", tell: Callable[[Step, int, int], None]) -> Iterator[Done]:
    """Run every month that something changed in, without collecting first."""
    from warehouse.connection import connect

    with connect(house.warehouse_url()).begin() as connection:
        steps = plan(connection)
    for number, step in enumerate(steps, 1):
        tell(step, number, len(steps))
        yield _run(step, house, instance)


_QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}
"""What Dagster would print is in its event log; the screen belongs to the night's own progress."""


def _run(step: Step, house: House, instance: "dg.DagsterInstance") -> Done:
    from dayops_pipeline.definitions import build

    began = time.perf_counter()
    job = build(house).resolve_job_def(step.job)
    tags = {"dayops/period": step.period} if step.period else {}
    result = job.execute_in_process(
        run_config=_QUIET, instance=instance, partition_key=step.period, tags=tags, raise_on_error=False
    )
    return Done(step, result.success, time.perf_counter() - began, result.run_id, _numbers(result))


def _numbers(result: "dg.ExecuteInProcessResult") -> dict[str, dict[str, Any]]:
    return {
        event.asset_key.to_user_string(): {name: value.value for name, value in event.materialization.metadata.items()}
        for event in result.all_events
        if event.is_step_materialization and event.asset_key is not None
    }
