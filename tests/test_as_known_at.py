"""As known at a moment: what stood for each provider and month by what had come and was decided by then."""

import json
from datetime import UTC, datetime, timedelta
from itertools import permutations
from pathlib import Path

import pytest
from operating import DECIDED, NOON, Command, Operation, an_end, version
from sqlalchemy import Connection, text
from warehouse_makers import KEY, MONTH, a_hash, a_submission, judged

from expectations.decisions import Revert, named
from expectations.months import first_day
from makers import PERIOD, PROVIDER, a_row
from warehouse import decisions, facts, functions, ledger
from warehouse.connection import connect
from warehouse.metadata import SCHEMAS
from warehouse.tables import FACTS
from warehouse.views import all_functions, drop_views, make_views

BAND = ("18-24", "25-44", "45-64")


def send(operation: Operation, *numbers: int, hours: float | None = None) -> None:
    for number in numbers:
        rows = [a_row("ACTIVITY", age_band=BAND[number - 1], people_enrolled=str(10 + number))]
        operation.deliver(f"version {number}", version(number, ACTIVITY=rows), hours=number if hours is None else hours)


def stood(operation: Operation, at: datetime) -> list[tuple[object, ...]]:
    return operation.rows("select provider_id, submission_no from landing.current_at(:at)", at=at)


def enrolled(operation: Operation, at: datetime) -> list[tuple[object, ...]]:
    return operation.rows("select people_enrolled from core.activity_at(:at)", at=at)


def hour(hours: float) -> datetime:
    return NOON + timedelta(hours=hours)


# --- submissions ------------------------------------------------------------------------------------------------------


def test_a_version_stands_from_when_it_came_until_the_next(operation: Operation) -> None:
    send(operation, 1, 2, 3)
    operation.night()
    moments = {0.5: [], 1: [(PROVIDER, 1)], 1.9: [(PROVIDER, 1)], 2: [(PROVIDER, 2)], 99: [(PROVIDER, 3)]}
    assert {at: stood(operation, hour(at)) for at in moments} == moments
    assert [enrolled(operation, hour(at)) for at in (0.5, 1, 2, 99)] == [[], [(11,)], [(12,)], [(13,)]]


def test_a_decision_holds_from_when_it_was_made_until_it_was_undone(operation: Operation) -> None:
    send(operation, 1, 2)
    operation.night()
    operation.decide(an_end(operation.revert_to(1), hours=3))
    hours = (-1, 0, 2.9, 3, 100)
    assert [stood(operation, DECIDED + timedelta(hours=at))[0][1] for at in hours] == [2, 1, 1, 2, 2]
    assert stood(operation, hour(1)) == [(PROVIDER, 1)]


def test_what_is_current_is_what_stands_at_the_end_of_time(operation: Operation) -> None:
    send(operation, 1, 2)
    operation.deliver("other", version(1, "DOP00002"))
    operation.night()
    operation.revert_to(1)
    ever = operation.rows("select provider_id, submission_no from landing.current_at('infinity') order by 1")
    assert ever == [(PROVIDER, 1), ("DOP00002", 1)]
    assert ever == operation.rows(
        "select provider_id, submission_no from landing.submission where is_current order by 1"
    )


def test_it_does_not_depend_on_the_order_of_arrival_or_of_decisions(c: Connection) -> None:
    files = tuple(sorted(map(a_hash, ("2", "3"))))
    revert = named(Revert("", "DOP00001", MONTH, 1, files, "a test file", "Head of data", DECIDED))
    moments = (NOON + timedelta(hours=1), NOON + timedelta(hours=2), DECIDED - timedelta(hours=1), DECIDED)
    answers = set()
    for order in permutations(("1", "2", "3", "revert")):
        c.execute(text("truncate landing.submission, landing.revert cascade"))
        for event in order:
            if event == "revert":
                decisions.note(c, [revert])
            else:
                a_submission(c, event, submission_no=int(event), hours=int(event))
            ledger.settle_current(c, MONTH)
        asked = text("select submission_no from landing.current_at(:at)")
        answers.add(tuple(c.scalar(asked, {"at": at}) for at in moments))
    # The files came a month before the decision, in the makers' calendar.
    assert answers == {(3, 3, 3, 1)}


def test_times_are_the_archives_own_and_survive_a_rebuild(
    operation: Operation, empty_database: str, tmp_path: Path
) -> None:
    send(operation, 1)
    operation.night()
    send(operation, 2)
    operation.night()
    operation.decide(an_end(operation.revert_to(1), hours=3))
    rebuilt = operation.rebuilt(empty_database, tmp_path / "other")
    moments = [hour(0), hour(1), hour(2), DECIDED, DECIDED + timedelta(hours=3)]
    assert [stood(rebuilt, at) for at in moments] == [stood(operation, at) for at in moments]
    assert [row[0][1] for at in moments[1:] if (row := stood(rebuilt, at))] == [1, 2, 1, 2]
    assert rebuilt.hashes() == operation.hashes()


# --- the functions ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("fact", FACTS.values(), ids=list(FACTS))
def test_each_fact_can_be_asked_as_it_was_known(c: Connection, fact: object) -> None:
    table = FACTS[next(name for name, one in FACTS.items() if one is fact)]
    submission_id = a_submission(c)
    facts.load(ledger.driver(c), submission_id, first_day(MONTH), judged(), KEY)
    ledger.settle_current(c, MONTH)
    now = c.execute(text(f"select * from {table.schema}.current_{table.name} order by row_number")).all()
    then = c.execute(text(f"select * from {table.fullname}_at('infinity') order by row_number")).all()
    before = c.execute(text(f"select * from {table.fullname}_at('2020-01-01')")).all()
    assert (len(then), before) == (3, [])
    assert then == now


def test_every_function_says_what_it_means_with_an_example(database: str) -> None:
    asked = text("""
        select oid::regprocedure::text, obj_description(oid, 'pg_proc') from pg_proc
         where pronamespace = any(cast(:schemas as regnamespace[]))
    """)
    with connect(database).connect() as c:
        said = dict(tuple(row) for row in c.execute(asked, {"schemas": list(SCHEMAS)}))
    assert len(said) == sum(map(len, all_functions()))
    assert [name for name, about in said.items() if "Example: select " not in (about or "")] == []


def test_the_examples_run(c: Connection) -> None:
    every = (*functions.of_files(), *functions.of_facts(()), *functions.of_explaining())
    for function in every:
        c.execute(text(function.comment.partition("Example: ")[2].rstrip(".")))
    assert len(every) > 3


def test_functions_are_made_again_with_the_views(c: Connection) -> None:
    drop_views(c)
    gone = "select count(*) from pg_proc where pronamespace = 'landing'::regnamespace"
    assert c.scalar(text(gone)) == 0
    make_views(c)
    assert c.scalar(text(gone)) == sum(one.name.startswith("landing.") for one in functions.of_files())


# --- the command ------------------------------------------------------------------------------------------------------


def test_returns_are_shown_as_they_stood(dayops: Command, operation: Operation) -> None:
    send(operation, 1, 2)
    operation.night()
    # Without a time zone, that of the settings: an hour ahead of UTC on this day.
    local = (hour(1.5) + timedelta(hours=1)).replace(tzinfo=None).isoformat(timespec="minutes")
    [one] = json.loads(dayops("returns", "--as-at", local, "--json").output)
    assert (one["period"], one["provider_id"], one["submission_no"]) == (PERIOD, PROVIDER, 1)
    assert not one["still_stands"]
    assert "Returns that stood at 2026-10-05 14:30 BST" in dayops("returns", "--as-at", local).output
    assert json.loads(dayops("returns", "--as-at", hour(3).isoformat(), "--json").output)[0]["still_stands"]
    nothing = dayops("returns", "--as-at", datetime(2020, 1, 1, tzinfo=UTC).isoformat())
    assert (nothing.exit_code, "No return stood" in nothing.output) == (0, True)


def test_a_moment_that_is_none_is_misuse(dayops: Command) -> None:
    refused = dayops("returns", "--as-at", "yesterday")
    assert (refused.exit_code, "is no moment" in refused.output) == (2, True)
