"""Reminders to providers, the view of what was expected, arrivals between nights, and the schedule over ten years."""

import os
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import takewhile
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import dagster as dg
import pytest
from sqlalchemy import text
from warehouse_makers import a_registered_service, a_submission

from assets.remind import remind
from dayops_pipeline.sensors import arrivals
from dayops_pipeline.telling import arrivals as watch
from dayops_pipeline.telling.news import SOURCE
from expectations.reminders import Outstanding, kind_due, subject, working_days_before
from expectations.reminders import text as said
from resources.house import House
from resources.settings import Settings
from warehouse import ledger
from warehouse.connection import connect

DUE = date(2026, 9, 21)
LONDON = ZoneInfo("Europe/London")


# --- when and what ----------------------------------------------------------------------------------------------------


def test_a_provider_is_reminded_five_working_days_before_the_day_after_and_weekly_until_the_last() -> None:
    days = [DUE + timedelta(days=number) for number in range(-10, 40)]
    kinds = [kind_due(DUE, day, days_before=5, every_days=7, times=3) for day in days]
    first = {kind: days[kinds.index(kind)] for kind in dict.fromkeys(kinds) if kind}
    assert first == {
        "before": date(2026, 9, 14),
        "late-1": date(2026, 9, 22),
        "late-2": date(2026, 9, 29),
        "late-3": date(2026, 10, 6),
    }
    assert kinds[-1] is None


def test_working_days_before_leave_weekends_and_bank_holidays_out() -> None:
    assert working_days_before(date(2026, 12, 29), 2) == date(2026, 12, 23)


def test_a_reminder_is_in_both_languages_the_providers_own_first() -> None:
    welsh = Outstanding("2026-08", "DOP00001", DUE, "cy")
    assert subject(welsh, "late-1").startswith("Cyfleoedd dydd: roedd disgwyl eich ffurflen ar gyfer Awst 2026")
    first, second = said(welsh, "late-1").split("---")
    assert "21 Medi 2026" in first
    assert "was due on 21 September 2026" in second
    assert said(Outstanding("2026-08", "DOP00001", DUE), "before").split("---")[0].startswith("DOP00001\n\nYour return")


@pytest.fixture
def waited_for(settings: Settings) -> Settings:
    """A house that waits for August's return of one provider, and has another's."""
    with engine_of(settings).begin() as c:
        services = [a_registered_service(1), a_registered_service(2, provider_id="DOP00002", service_la="W06000001")]
        ledger.record_register(c, services)
        a_submission(c, "other", provider_id="DOP00002")
    return settings


def engine_of(settings: Settings) -> Any:
    assert settings.warehouse_url is not None
    return connect(settings.warehouse_url.get_secret_value())


def files_of(settings: Settings) -> set[str]:
    return {str(path.relative_to(settings.reminder_dir)) for path in settings.reminder_dir.rglob("*.*m*l")}


def test_reminders_are_written_once_and_not_for_what_has_come(waited_for: Settings) -> None:
    def reminded(day: date) -> list[str]:
        with engine_of(waited_for).begin() as c:
            return [name for name in remind(c, waited_for, day) if name.startswith("2026-08")]

    assert reminded(date(2026, 9, 1)) == []
    assert reminded(date(2026, 9, 15)) == ["2026-08/DOP00001-before"]
    assert reminded(date(2026, 9, 16)) == []
    (waited_for.reminder_dir / "2026-08" / "DOP00001-before.eml").unlink()  # sent, and put away
    assert reminded(date(2026, 9, 17)) == []
    assert reminded(date(2026, 9, 24)) == ["2026-08/DOP00001-late-1"]
    email = (waited_for.reminder_dir / "2026-08" / "DOP00001-late-1.eml").read_text()
    assert "\nTo:" not in email


def test_the_view_of_coverage_counts_by_area_and_sector(waited_for: Settings) -> None:
    with engine_of(waited_for).begin() as c:
        rows = c.execute(
            text("""
            select area_code, provider_sector, returns_expected, returns_received, returns_accepted, returns_overdue
              from mart_v1.return_coverage where month_start = '2026-08-01' and provider_sector in ('ALL', 'PRIVATE')
            """)
        ).all()
    found = {(area, sector): tuple(counts) for area, sector, *counts in rows}
    assert found["W92000004", "ALL"][:2] == (2, 1)
    assert found["W06000001", "PRIVATE"][:2] == (1, 1)
    assert found["W06000002", "ALL"] == (1, 0, 0, 1)


# --- arrivals ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def look(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """One look of the watch over arrivals, its cursor kept from one to the next."""
    Path(settings.returns).mkdir(parents=True)
    monkeypatch.setattr(House, "settings", lambda _: settings)
    monkeypatch.setattr(House, "now", lambda _: datetime(2026, 11, 24, 12, tzinfo=LONDON))
    cursor: list[str | None] = [None]
    with dg.instance_for_test() as instance:

        def one_look() -> list[str | None]:
            context = dg.build_sensor_context(instance=instance, cursor=cursor[0], resources={"house": House()})
            asked: Any = arrivals(context)
            cursor[0] = getattr(asked, "cursor", cursor[0])
            return [request.run_key for request in getattr(asked, "run_requests", None) or []]

        one_look.instance = instance  # type: ignore[attr-defined]
        yield one_look


def put(settings: Settings, name: str, content: bytes) -> None:
    path = Path(settings.returns) / name
    path.write_bytes(content)
    os.utime(path, (1_700_000_000, 1_700_000_000))


def test_a_new_return_is_collected_once_it_was_the_same_at_two_looks(settings: Settings, look: Any) -> None:
    assert look() == []
    put(settings, "a.xlsx", b"half")
    assert look() == []
    put(settings, "a.xlsx", b"half of it")  # an upload under way
    assert look() == []
    [key] = look()
    assert look() == [key]  # the same change has the same key, which Dagster runs once
    put(settings, "b.xlsx", b"another")
    look()
    assert look() != [key]


def test_what_is_known_is_not_collected_again(settings: Settings, look: Any) -> None:
    put(settings, "a.xlsx", b"whole")
    with engine_of(settings).begin() as c:
        at = datetime.fromtimestamp(1_700_000_000, UTC)
        ledger.record_delivery(c, sha256="0" * 64, source_path="a.xlsx", received_at=at, size_bytes=5)
    assert look() == look() == []


def test_a_night_is_not_disturbed(settings: Settings, look: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from dagster._core.test_utils import create_run_for_test

    put(settings, "a.xlsx", b"whole")
    look()
    create_run_for_test(look.instance, job_name="month", status=dg.DagsterRunStatus.STARTED)
    assert look() == []
    assert [watch.is_quiet(datetime(2026, 11, 24, hour, minute)) for hour, minute in ((1, 29), (1, 30), (2, 29))] == [
        False,
        True,
        True,
    ]


def test_the_watch_can_be_turned_off(settings: Settings, look: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    put(settings, "a.xlsx", b"whole")
    monkeypatch.setattr(House, "settings", lambda _: settings.model_copy(update={"watch_arrivals": False}))
    assert look() == look() == []


def test_a_source_that_does_not_answer_fails_the_look_and_is_kept_for_telling(settings: Settings, look: Any) -> None:
    Path(settings.returns).rmdir()
    with pytest.raises(OSError, match="There is no folder of returns"):
        look()
    kept = look.instance.daemon_cursor_storage.get_cursor_values({SOURCE})[SOURCE]
    assert "There is no folder of returns" in kept
    Path(settings.returns).mkdir()
    look()
    assert look.instance.daemon_cursor_storage.get_cursor_values({SOURCE})[SOURCE] == ""


# --- ten years of nights ----------------------------------------------------------------------------------------------


def test_ten_years_have_one_night_each_local_date(monkeypatch: pytest.MonkeyPatch) -> None:
    from dagster._utils.schedules import cron_string_iterator

    from dayops_pipeline.schedules import nightly

    first, last = datetime(2026, 3, 28, tzinfo=LONDON), datetime(2036, 4, 2, tzinfo=LONDON)
    ticks = cron_string_iterator(first.timestamp(), str(nightly.cron_schedule), nightly.execution_timezone)
    nights = [tick.astimezone(LONDON) for tick in takewhile(lambda tick: tick < last, ticks)]
    days = (last.date() - first.date()).days
    assert [night.date() for night in nights] == [first.date() + timedelta(days=number) for number in range(days)]
    assert {night.hour for night in nights} == {2}
    assert Counter((night.month, night.day) for night in nights)[2, 29] == 3
    asked = [nightly.evaluate_tick(dg.build_schedule_context(scheduled_execution_time=night)) for night in nights]
    keys = [request.run_key for one in asked for request in one.run_requests or []]
    assert len(keys) == len(set(keys)) == days


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # Dagster's own, of its own
def test_nights_missed_while_the_daemon_was_down_are_made_up_once_and_not_again_after_a_restart(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    import logging

    from dagster._core.remote_origin import InProcessCodeLocationOrigin
    from dagster._core.test_utils import freeze_time
    from dagster._core.types.loadable_target_origin import LoadableTargetOrigin
    from dagster._core.workspace.context import WorkspaceProcessContext
    from dagster._core.workspace.load_target import InProcessWorkspaceLoadTarget
    from dagster._scheduler.scheduler import launch_scheduled_runs

    monkeypatch.setenv("DAYOPS_HOME", str(tmp_path))
    place = InProcessCodeLocationOrigin(LoadableTargetOrigin(module_name="dayops_pipeline.definitions"))
    settings = {"run_launcher": {"module": "dagster._core.test_utils", "class": "MockedRunLauncher"}}
    with (
        dg.instance_for_test(overrides=settings) as instance,
        WorkspaceProcessContext(instance, InProcessWorkspaceLoadTarget(place)) as workspace,
    ):

        def daemon(at: datetime) -> list[str]:
            """Start the daemon at a moment, afresh; return the nights that there are by then."""
            with freeze_time(at):
                list(launch_scheduled_runs(workspace, logging.getLogger("daemon"), at, {}))
            runs = instance.get_runs(filters=dg.RunsFilter(job_name="nightly"))
            return sorted(run.tags["dayops/night"] for run in runs)

        assert daemon(datetime(2027, 3, 25, 12, tzinfo=UTC)) == []
        assert daemon(datetime(2027, 3, 26, 3, tzinfo=UTC)) == ["2027-03-26"]
        assert daemon(datetime(2027, 4, 5, 12, tzinfo=UTC)) == ["2027-03-26", "2027-04-05"]
        assert daemon(datetime(2027, 4, 5, 12, 5, tzinfo=UTC)) == ["2027-03-26", "2027-04-05"]
