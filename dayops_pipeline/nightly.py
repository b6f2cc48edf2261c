"""The night: collect, take in the returns of each month that is due, then make what follows from them, each once.

It is planned here and run by Dagster: the schedule and the sensor do this under the daemon; `night` does the same in
this process, for the command line. What a month's figures rest on is the returns alone, and no figures change those: so
once every return is in, no run of figures makes those of another month stale.
"""

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from dayops_pipeline import runs
from dayops_pipeline.stopping import Stopped, asked_to_stop
from expectations.months import BASELINE
from resources.house import House

if TYPE_CHECKING:
    import dagster as dg


@dataclass(frozen=True, slots=True)
class Step:
    """One run of the night: a job, and the month it is run for (None for collecting)."""

    job: str
    period: str | None = None


@dataclass(frozen=True, slots=True)
class Done:
    """A step that was run: whether it succeeded, what it took, the numbers its assets reported, and what went wrong."""

    step: Step
    succeeded: bool
    seconds: float
    run_id: str
    numbers: dict[str, dict[str, Any]] = field(default_factory=dict)
    troubles: tuple[str, ...] = ()


def returns_steps(house: House, instance: "dg.DagsterInstance") -> list[Step]:
    """Return the runs of the months that something was delivered for, or whose returns were last cut short."""
    from assets.periods import MONTHS
    from warehouse import ledger
    from warehouse.connection import connect

    runs.bury_the_dead(instance)
    with connect(house.warehouse_url()).begin() as connection:
        due = ledger.due_months(connection, house.today())
    return in_order("returns", {*due, *runs.cut_short(instance, MONTHS.get_partition_keys())})


def figure_steps(house: House, instance: "dg.DagsterInstance") -> list[Step]:
    """Return the runs of the months whose figures rest on something else by now, or whose returns wait for a reply.

    To be asked once no returns are waited for: those of a month that is still to come would change its figures again.
    """
    from warehouse.basis import stale_months
    from warehouse.connection import connect

    with connect(house.warehouse_url()).begin() as connection:
        stale = set(stale_months(connection, house.settings().policy))
    return in_order("figures", stale) + in_order("replies", runs.unanswered(instance) - stale)


def in_order(job: str, months: Iterable[str]) -> list[Step]:
    """Return the runs of `months`: the baseline first, since all is compared with it; then the newest, waited for."""
    due = set(months)
    baseline = sorted(period for period in due if period <= BASELINE[1])
    return [Step(job, period) for period in (*baseline, *sorted(due - set(baseline), reverse=True))]


def night(house: House, instance: "dg.DagsterInstance", tell: Callable[[Step, int, int], None]) -> Iterator[Done]:
    """Run the night in this process; `tell` hears of each step before it starts (step, number, of how many).

    A month that fails does not keep the others from running: what failed is told by its `Done`.
    """
    tell(Step("nightly"), 1, 1)
    yield _run(Step("nightly"), house, instance)
    yield from months(house, instance, tell)


def months(house: House, instance: "dg.DagsterInstance", tell: Callable[[Step, int, int], None]) -> Iterator[Done]:
    """Take in the returns of every month that is due, and then make what follows from them."""
    yield from _run_all(returns_steps(house, instance), house, instance, tell)
    yield from _run_all(figure_steps(house, instance), house, instance, tell)


def these_months(
    periods: Iterable[str], house: House, instance: "dg.DagsterInstance", tell: Callable[[Step, int, int], None]
) -> Iterator[Done]:
    """Take in the returns of the months named, due or not, and then make what follows from them."""
    runs.bury_the_dead(instance)
    yield from _run_all(in_order("returns", periods), house, instance, tell)
    yield from _run_all(figure_steps(house, instance), house, instance, tell)


def whole_months(
    periods: Iterable[str], house: House, instance: "dg.DagsterInstance", tell: Callable[[Step, int, int], None]
) -> Iterator[Done]:
    """Take the months named through all their stages again, due or not, and make what else follows from them."""
    named = list(periods)
    runs.bury_the_dead(instance)
    yield from _run_all(in_order("returns", named), house, instance, tell)
    stale = [step.period for step in figure_steps(house, instance) if step.period and step.job == "figures"]
    yield from _run_all(in_order("figures", {*named, *stale}), house, instance, tell)


def _run_all(
    steps: list[Step], house: House, instance: "dg.DagsterInstance", tell: Callable[[Step, int, int], None]
) -> Iterator[Done]:
    for number, step in enumerate(steps, 1):
        tell(step, number, len(steps))
        yield _run(step, house, instance)


_QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}
"""What Dagster would print is in its event log; the screen belongs to the night's own progress."""


def _run(step: Step, house: House, instance: "dg.DagsterInstance") -> Done:
    from dayops_pipeline.definitions import build

    began = time.perf_counter()
    job = build(house).resolve_job_def(step.job)
    with _stopping(instance):
        result = job.execute_in_process(
            run_config=_QUIET,
            instance=instance,
            partition_key=step.period,
            tags=runs.own(),
            raise_on_error=False,
        )
    took = time.perf_counter() - began
    return Done(step, result.success, took, result.run_id, _numbers(result), tuple(_troubles(result)))


@contextmanager
def _stopping(instance: "dg.DagsterInstance") -> Iterator[None]:
    """End the night where this process is asked to stop meanwhile, with no run of it left under way."""
    with asked_to_stop() as is_asked:
        is_cut = False
        try:
            yield
        except KeyboardInterrupt:
            is_cut = True
        if is_cut or is_asked():
            runs.end_own(instance)
            raise Stopped("Stopped. What was done stays; the next night goes on from there.")


def _troubles(result: "dg.ExecuteInProcessResult") -> Iterator[str]:
    """Yield what kept a stage from succeeding, and what a stage went on without."""
    for event in result.all_events:
        if event.is_step_failure and event.step_failure_data.error:
            error = event.step_failure_data.error
            yield _first_line((error.cause or error).message)
    for numbers in _numbers(result).values():
        yield from numbers.get("troubles", ())


def _first_line(message: str) -> str:
    """Return what an error says without its class, and without the statement that a database would quote."""
    said = message.strip().partition("\n")[0]
    return said.partition(": ")[2] or said


def _numbers(result: "dg.ExecuteInProcessResult") -> dict[str, dict[str, Any]]:
    return {
        event.asset_key.to_user_string(): {name: value.value for name, value in event.materialization.metadata.items()}
        for event in result.all_events
        if event.is_step_materialization and event.asset_key is not None
    }
