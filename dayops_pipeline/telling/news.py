"""What is news: runs that failed or recovered, checks that stop something, a night that did not happen, stale assets.

Gathered from what Dagster remembers, so that it needs no warehouse; which returns are held up is told where that
answers. No value of a return is told, and no figure.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import dagster as dg

from dayops_pipeline.runs import OF_A_MONTH
from dayops_pipeline.telling.causes import cause_of
from dayops_pipeline.telling.night import last_night
from dayops_pipeline.telling.post import News, Post
from resources.house import House

if TYPE_CHECKING:
    from dagster._core.event_api import RunStatusChangeEventType

SOURCE = "dayops/source"
"""Where the watch over arrivals keeps since when the source does not answer, and why."""

WATCHED = ("delivered_returns", "national_indicators", "release")
"""The assets that have a freshness policy."""

_AT_ONCE = 25
"""Runs of each end that one round looks at."""

_LOOK_BACK = 200
"""Events are numbered before they are committed: the last of them are looked at again."""

_DIGEST_HOUR = 7
_SOURCE_SILENT = timedelta(minutes=30)
_PARTITION, _RETRY = "dagster/partition", "dagster/retry_number"


def gather(house: House, post: Post) -> None:
    """Put into the post what happened since the last round."""
    _runs(house, post)
    _night(post)
    _stale(post)
    _source(post)
    _digest(house, post)


# --- runs and their checks --------------------------------------------------------------------------------------------


def _runs(house: House, post: Post) -> None:
    """Look at the runs that ended, in the order in which they did."""
    ended = sorted([*_ended(post, dg.DagsterEventType.RUN_FAILURE), *_ended(post, dg.DagsterEventType.RUN_SUCCESS)])
    for _, run_id, is_failure in ended:
        run = post.instance.get_run_by_id(run_id)
        if run is not None and is_failure:
            _failed(house, post, run)
        elif run is not None:
            _succeeded(house, post, run)


def _ended(post: Post, kind: "RunStatusChangeEventType") -> "Iterator[tuple[int, str, bool]]":
    """Yield number and run of each event of the kind that was not looked at yet; at first, of the last day."""
    at = post.marks.setdefault(kind.value, {"last": 0, "seen": []})
    since = None if at["last"] else (post.now - timedelta(days=1)).timestamp()
    asked = dg.RunStatusChangeRecordsFilter(
        kind, after_storage_id=max(0, at["last"] - _LOOK_BACK), after_timestamp=since
    )
    for record in _records(post, asked, len(at["seen"]) + _AT_ONCE):
        if record.storage_id not in at["seen"]:
            at["seen"].append(record.storage_id)
            yield record.storage_id, record.event_log_entry.run_id, kind is dg.DagsterEventType.RUN_FAILURE
    at["last"] = max(at["seen"], default=at["last"])
    at["seen"] = [number for number in at["seen"] if number > at["last"] - _LOOK_BACK]


def _records(post: Post, asked: dg.RunStatusChangeRecordsFilter, limit: int) -> Any:
    return post.instance.fetch_run_status_changes(asked, limit=limit, ascending=True).records


def _failed(house: House, post: Post, run: dg.DagsterRun) -> None:
    """Tell of a failed run, or of the checks that stopped it; what is tried again by itself is told the first time."""
    stopped = _failing_checks(post.instance, run.run_id)
    cause = f"checks failed: {', '.join(stopped)}" if stopped else cause_of(post.instance, run.run_id)
    anchor = "blocking-check-failed" if stopped else _anchor(cause, run.job_name)
    lines = [_what(run) + " failed.", f"Cause: {cause}", f"Held up: {_held_up(house, run)}"]
    if run.tags.get("dagster/will_retry") == "true":
        lines.append("Dagster tries it again by itself: you are told when it has recovered.")
    body = _with_links(post, lines, run, anchor)
    post.tell(News(_topic(run), cause, f"dayops: {_what(run)} failed", body), is_again=int(run.tags.get(_RETRY, 0)) > 0)


def _succeeded(house: House, post: Post, run: dg.DagsterRun) -> None:
    """Tell of a recovery, and of checks that failed although the run went on."""
    post.recovered(
        _topic(run), f"dayops: {_what(run)} has recovered", _with_links(post, ["It ran to its end."], run, None)
    )
    failing, topic = _failing_checks(post.instance, run.run_id), f"checks:{_topic(run)}"
    if not failing:
        post.recovered(topic, f"dayops: checks of {_what(run)} pass again", _with_links(post, [], run, None))
        return
    cause = f"checks failed: {', '.join(failing)}"
    lines = [f"{_what(run)} ran to its end.", f"Cause: {cause}", f"Held up: {_held_up(house, run)}"]
    body = _with_links(post, lines, run, "blocking-check-failed")
    post.tell(News(topic, cause, f"dayops: checks failed in {_what(run)}", body))


def _failing_checks(instance: dg.DagsterInstance, run_id: str) -> list[str]:
    """Return the checks of severity ERROR that failed in a run, by asset and name."""
    return sorted(
        f"{one.asset_key.to_user_string()}/{one.check_name}"
        for one in _evaluations(instance, run_id)
        if not one.passed and one.severity is dg.AssetCheckSeverity.ERROR
    )


def _evaluations(instance: dg.DagsterInstance, run_id: str) -> "Iterator[dg.AssetCheckEvaluation]":
    asked = instance.get_records_for_run(run_id, of_type=dg.DagsterEventType.ASSET_CHECK_EVALUATION)
    for record in asked.records:
        event = record.event_log_entry.dagster_event
        if event is not None:
            yield event.asset_check_evaluation_data


def _anchor(cause: str, job: str) -> str:
    return "source-does-not-answer" if job == "nightly" and "Returns cannot be fetched" in cause else "run-failed"


def _topic(run: dg.DagsterRun) -> str:
    return f"{run.job_name}:{run.tags.get(_PARTITION, '')}"


def _what(run: dg.DagsterRun) -> str:
    """Return what a run is, in words: its job and its month."""
    name = "assets by hand" if run.job_name.startswith("__") else run.job_name
    period = run.tags.get(_PARTITION)
    return f"{name}, {_month(period)}" if period else name


def _month(period: str) -> str:
    from expectations.wording import month_name

    return f"{month_name(period, 'en')} ({period})" if period[:4].isdigit() and len(period) == 7 else period


def _held_up(house: House, run: dg.DagsterRun) -> str:
    """Return which returns wait for a run; its month alone where the warehouse does not answer."""
    period = run.tags.get(_PARTITION)
    if period is None:
        return "every return that came since the last night"
    try:
        from warehouse import ledger
        from warehouse.connection import connect

        with connect(house.warehouse_url()).begin() as connection:
            waiting = ledger.held_up(connection, period)
    except Exception:  # told all the same: it may be the warehouse that fails
        return f"returns for {_month(period)}"
    if not waiting:
        return f"no return; the figures of {_month(period)}"
    more = f" and {len(waiting) - 10} more" if len(waiting) > 10 else ""
    return f"returns for {_month(period)} of {', '.join(waiting[:10])}{more}"


def _with_links(post: Post, lines: list[str], run: dg.DagsterRun | None, anchor: str | None) -> str:
    links = [f"Run: {post.settings.ui_url.rstrip('/')}/runs/{run.run_id}"] if run else []
    links += [f"What to do: {post.settings.runbook_url}#{anchor}"] if anchor else []
    return "\n".join([*lines, *links])


# --- the night, freshness, the source ---------------------------------------------------------------------------------


def _night(post: Post) -> None:
    """Tell where no night ended well for too long; a warehouse without nights counts from the first round on."""
    first = post.marks.setdefault("first_round", post.now.isoformat())
    last = last_night(post.instance)
    late, since = timedelta(hours=post.settings.night_late_hours), last or datetime.fromisoformat(first)
    if post.now - since.astimezone(UTC) <= late:
        post.recovered("night", "dayops: the night ran", "A night has ended well.")
        return
    said = f"The last ended well at {last:%Y-%m-%d %H:%M} UTC." if last else "There was none yet."
    lines = [f"No night has ended well for more than {post.settings.night_late_hours} hours. {said}"]
    lines.append("Held up: every return that came since then.")
    body = _with_links(post, lines, None, "night-did-not-run")
    _once_a_day(post, News("night", "late", "dayops: the night did not run", body))


def _stale(post: Post) -> None:
    """Tell of an asset whose freshness policy failed, by what Dagster's own daemon found."""
    states = post.instance.get_freshness_state_records([dg.AssetKey(name) for name in WATCHED])
    for key, record in sorted(states.items()):
        name, state = key.to_user_string(), record.freshness_state.value
        if state == "PASS":
            post.recovered(f"freshness:{name}", f"dayops: {name} is fresh again", "It was made in time.")
        elif state == "FAIL":
            body = _with_links(post, [f"{name} was not made when it should have been."], None, "freshness")
            _once_a_day(post, News(f"freshness:{name}", "stale", f"dayops: {name} is stale", body))


def _source(post: Post) -> None:
    """Tell where the watch over arrivals found that the source does not answer, for a while."""
    import json

    kept = post.instance.daemon_cursor_storage.get_cursor_values({SOURCE}).get(SOURCE)
    if not kept:
        post.recovered("source", "dayops: the source answers again", "Returns can be listed.")
        return
    since, why = json.loads(kept)
    if post.now - datetime.fromisoformat(since) > _SOURCE_SILENT:
        lines = [f"The source of returns has not answered since {since[:16]} UTC.", f"Cause: {why}"]
        body = _with_links(post, [*lines, "Held up: new returns."], None, "source-does-not-answer")
        _once_a_day(post, News("source", why, "dayops: the source does not answer", body))


def _once_a_day(post: Post, news: News) -> None:
    """Tell of a state that lasts, which every round finds again: once a day."""
    last = post.told.get(news.topic, {}).get(news.cause)
    if last is None or post.now - datetime.fromisoformat(last) >= timedelta(days=1):
        post.tell(news)


# --- warnings, once a night -------------------------------------------------------------------------------------------


def _digest(house: House, post: Post) -> None:
    """Tell in the morning, in one message, which checks only warned in the months that ran since the day before."""
    here = house.now()
    if here.hour < _DIGEST_HOUR or post.marks.get("digest_on") == here.date().isoformat():
        return
    post.marks["digest_on"] = here.date().isoformat()
    lines = [f"{_month(period)}: {', '.join(names)}" for period, names in _warned(post) if names]
    if lines:
        ask = "dayops findings --period shows them; the replies have told the providers."
        post.add("dayops: warnings of the night", "\n".join(["Checks that found something:", *lines, ask]))


def _warned(post: Post) -> "Iterator[tuple[str, list[str]]]":
    """Yield each month that ran in the last day, with the checks whose last result of that day is a warning."""
    last: dict[str, dict[str, bool]] = {}
    for run in post.instance.get_runs(filters=dg.RunsFilter(updated_after=post.now - timedelta(days=1))):
        period = run.tags.get(_PARTITION)
        if period and run.job_name in OF_A_MONTH:
            for one in _evaluations(post.instance, run.run_id):
                is_warning = not one.passed and one.severity is dg.AssetCheckSeverity.WARN
                last.setdefault(period, {}).setdefault(one.check_name, is_warning)
    for period, checks in last.items():
        yield period, sorted(name for name, is_warning in checks.items() if is_warning)
