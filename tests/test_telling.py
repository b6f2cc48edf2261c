"""What operators are told: each thing once, on every channel that takes it, and never a secret or a value."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
from answering import mailbox, webhook
from click.testing import CliRunner

from dayops_pipeline.definitions import build
from dayops_pipeline.runs import OF_A_MONTH
from dayops_pipeline.sensors import NotToldError, alerts
from dayops_pipeline.telling.causes import told
from dayops_pipeline.telling.night import is_under_way
from dayops_pipeline.telling.post import News, Post
from resources import channels as known_channels
from resources.channels import Message, UndeliveredError, channels
from resources.house import House
from resources.settings import Settings, load_settings

MESSAGE = Message("name", "dayops: month failed", "Cause: <none> & more")
NEWS = News("month:2026-09", "it broke", "dayops: month, September 2026 (2026-09) failed", "it broke")
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    with dg.instance_for_test() as made:
        yield made


def set_to(tmp_path: Path, **given: object) -> Settings:
    return load_settings(environ={}, file=tmp_path / "none.toml", home=tmp_path / ".dayops", **given)


def mail_of(port: int, to: str = "ops@example.org") -> dict[str, object]:
    return {
        "alert_smtp_host": "127.0.0.1",
        "alert_smtp_port": port,
        "alert_smtp_security": "none",
        "alert_from": "dayops@example.org",
        "alert_to": to,
    }


def round_of(instance: dg.DagsterInstance, settings: Settings, *news: News, at: datetime = NOON) -> list[str]:
    """Tell something and deliver what waits; return what went wrong."""
    known = channels(settings)
    post = Post.opened(instance, settings, at, [one.name for one in known])
    for one in news:
        post.tell(one)
    post.save()
    return [str(trouble) for trouble in post.deliver(known)]


# --- channels ---------------------------------------------------------------------------------------------------------


def test_a_message_reaches_mail_slack_and_teams(tmp_path: Path) -> None:
    with mailbox() as box, webhook() as slack, webhook(202, "") as teams:
        settings = set_to(
            tmp_path, **mail_of(box.port), alert_slack_webhook=slack.address, alert_teams_webhook=teams.address
        )
        for channel in channels(settings):
            channel.send(MESSAGE)
    assert "Subject: dayops: month failed" in box.got[0]
    assert slack.got == [{"text": "*dayops: month failed*\nCause: &lt;none&gt; &amp; more"}]
    card = teams.got[0]["attachments"][0]["content"]
    assert [block["text"] for block in card["body"]] == ["dayops: month failed", "Cause: <none> & more"]


@pytest.mark.parametrize(
    ("status", "body", "is_refusal"),
    [(401, "", True), (403, "invalid_token", True), (404, "no_service", True), (500, "", False), (429, "", False)],
)
@pytest.mark.parametrize("kind", ["slack", "teams"])
def test_a_webhook_that_does_not_take_a_message_says_so_without_its_address(
    tmp_path: Path, kind: str, status: int, body: str, is_refusal: bool
) -> None:
    with webhook(status, body) as hook:
        [channel] = channels(set_to(tmp_path, **{f"alert_{kind}_webhook": hook.address}))
        with pytest.raises(UndeliveredError, match=f"it answered {status}") as caught:
            channel.send(MESSAGE)
    assert caught.value.is_refusal is is_refusal
    assert "secret-part" not in str(caught.value)


def test_teams_that_answers_200_with_an_error_in_the_body_did_not_take_it(tmp_path: Path) -> None:
    said = "Webhook message delivery failed with error: Microsoft Teams endpoint returned HTTP error 403"
    with webhook(200, said) as hook, pytest.raises(UndeliveredError, match="error in the body"):
        channels(set_to(tmp_path, alert_teams_webhook=hook.address))[0].send(MESSAGE)


def test_a_bot_of_slack_whose_token_is_bad_is_refused_although_slack_answers_200(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = tmp_path / "token"
    token.write_text("xoxb-secret\n")
    with webhook(200, '{"ok": false, "error": "invalid_auth"}') as hook:
        monkeypatch.setattr(known_channels, "SLACK", hook.address)
        settings = set_to(tmp_path, alert_slack_token_file=token, alert_slack_channel="#ops")
        with pytest.raises(UndeliveredError, match="invalid_auth") as caught:
            channels(settings)[0].send(MESSAGE)
    assert caught.value.is_refusal
    assert "xoxb" not in str(caught.value)


def test_a_channel_that_keeps_us_waiting_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(known_channels, "_SECONDS", 0.2)
    with webhook(seconds=1) as hook, pytest.raises(UndeliveredError, match="ReadTimeout") as caught:
        channels(set_to(tmp_path, alert_teams_webhook=hook.address))[0].send(MESSAGE)
    assert not caught.value.is_refusal


def test_a_mail_server_that_does_not_know_the_password_says_so_and_the_password_is_not_repeated(tmp_path: Path) -> None:
    with mailbox(knows_user=False) as box:
        given = mail_of(box.port) | {"alert_smtp_user": "u", "alert_smtp_password": "swordfish"}
        with pytest.raises(UndeliveredError, match=r"refused \(535\)") as caught:
            channels(set_to(tmp_path, **given))[0].send(MESSAGE)
    assert "swordfish" not in str(caught.value)


def test_a_mail_server_without_the_safe_connection_that_is_set_is_given_nothing(tmp_path: Path) -> None:
    with mailbox() as box:
        given = mail_of(box.port) | {"alert_smtp_security": "starttls"}
        with pytest.raises(UndeliveredError, match="safe connection"):
            channels(set_to(tmp_path, **given))[0].send(MESSAGE)
    assert box.got == []


# --- the post ---------------------------------------------------------------------------------------------------------


def test_the_same_failure_is_told_once_an_hour_and_another_cause_at_once(
    tmp_path: Path, instance: dg.DagsterInstance
) -> None:
    other = News(NEWS.topic, "another cause", NEWS.subject, "another cause")
    with webhook() as hook:
        settings = set_to(tmp_path, alert_slack_webhook=hook.address)
        for minutes, news in ((0, NEWS), (1, NEWS), (59, NEWS), (59, other), (61, NEWS)):
            round_of(instance, settings, news, at=NOON + timedelta(minutes=minutes))
    assert [one["text"].partition("\n")[2] for one in hook.got] == ["it broke", "another cause", "it broke"]


def test_a_channel_that_refuses_is_told_by_the_others_and_what_waits_reaches_it_once_it_is_mended(
    tmp_path: Path, instance: dg.DagsterInstance
) -> None:
    with webhook(401) as slack, webhook() as teams:
        settings = set_to(tmp_path, alert_slack_webhook=slack.address, alert_teams_webhook=teams.address)
        assert round_of(instance, settings, NEWS)[0].startswith("Slack did not take a message: it answered 401")
        assert len(round_of(instance, settings)) == 1
        subjects = [one["attachments"][0]["content"]["body"][0]["text"] for one in teams.got]
        assert subjects == [NEWS.subject, "dayops: Slack does not take messages"]
        slack.status = 200
        assert round_of(instance, settings) == []
        assert round_of(instance, settings) == []
    assert [one["text"] for one in slack.got] == [
        f"*{NEWS.subject}*\nit broke",
        "*dayops: Slack takes messages again*\nWhat was kept for it was told.",
    ]
    assert len(teams.got) == 3


def test_what_one_recipient_is_refused_is_not_sent_twice_to_another(
    tmp_path: Path, instance: dg.DagsterInstance
) -> None:
    with mailbox(refuses="gone@") as box:
        settings = set_to(tmp_path, **mail_of(box.port, to="gone@example.org, ops@example.org"))
        for _ in range(3):
            assert "the recipient was refused" in round_of(instance, settings, NEWS)[0]
    assert sum(f"Subject: {NEWS.subject}" in one for one in box.got) == 1


def test_nothing_waits_for_a_channel_that_is_no_longer_set(tmp_path: Path, instance: dg.DagsterInstance) -> None:
    with webhook(500) as hook:
        round_of(instance, set_to(tmp_path, alert_slack_webhook=hook.address), NEWS)
    assert Post.opened(instance, set_to(tmp_path), NOON, []).waiting == []


# --- the sensor, over runs that really failed -------------------------------------------------------------------------


class SourceError(OSError):
    """Named as one of ours."""


@dg.op
def ours() -> None:
    raise SourceError("There is no folder of returns at /in: create it.")


@dg.op
def theirs() -> None:
    raise ValueError("could not convert 'Mair Jones' in select * from person")


@dg.op
def fine() -> None:
    pass


def run_of(instance: dg.DagsterInstance, op: Any, **tags: str) -> str:
    @dg.job(name="month")
    def month() -> None:
        op()

    tags = {"dagster/partition": "2026-09"} | {f"dagster/{name}": value for name, value in tags.items()}
    return month.execute_in_process(instance=instance, raise_on_error=False, tags=tags).run_id


@pytest.fixture
def tick(instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Any]:
    """One round of the sensor, with a webhook that it tells."""
    with webhook() as hook:
        settings = set_to(
            tmp_path, alert_slack_webhook=hook.address, ui_url="https://ui", warehouse_url="postgresql://x"
        )
        monkeypatch.setattr(House, "settings", lambda _: settings)
        monkeypatch.setattr(House, "warehouse_url", lambda _: 1 / 0)
        monkeypatch.setattr(House, "now", lambda _: datetime.now(UTC).replace(hour=3))

        def one_round() -> list[str]:
            hook.got.clear()
            context = dg.build_sensor_context(instance=instance, resources={"house": House()})
            alerts(context)
            return [one["text"] for one in hook.got]

        one_round.hook = hook  # type: ignore[attr-defined]
        yield one_round


def test_a_failed_run_is_told_with_month_cause_and_links_and_its_recovery_too(
    instance: dg.DagsterInstance, tick: Any
) -> None:
    run_id = run_of(instance, ours)
    [told_once] = tick()
    assert told_once.splitlines() == [
        "*dayops: month, September 2026 (2026-09) failed*",
        "month, September 2026 (2026-09) failed.",
        "Cause: ours: There is no folder of returns at /in: create it.",
        "Held up: returns for September 2026 (2026-09)",
        f"Run: https://ui/runs/{run_id}",
        "What to do: docs/operating/runbook.md#run-failed",
    ]
    run_of(instance, ours)
    assert tick() == []
    run_of(instance, fine)
    assert [text.partition("\n")[0] for text in tick()] == ["*dayops: month, September 2026 (2026-09) has recovered*"]
    assert tick() == []


def test_an_error_that_may_quote_a_value_is_told_by_its_kind_alone(instance: dg.DagsterInstance, tick: Any) -> None:
    run_of(instance, theirs)
    [text] = tick()
    assert "an error of the kind ValueError" in text
    assert "Mair" not in text
    assert "select" not in text


def test_a_retry_that_fails_for_another_reason_is_not_told_again(instance: dg.DagsterInstance, tick: Any) -> None:
    run_of(instance, ours, will_retry="true")
    [text] = tick()
    assert "Dagster tries it again by itself" in text
    run_of(instance, theirs, retry_number="1")
    assert tick() == []


def test_a_bad_token_fails_the_tick_and_the_message_is_told_once_it_is_mended(
    instance: dg.DagsterInstance, tick: Any
) -> None:
    run_of(instance, ours)
    tick.hook.status = 403
    with pytest.raises(NotToldError, match=r"Slack did not take a message: it answered 403\. Give another address"):
        tick()
    tick.hook.status = 200
    assert next(text.partition("\n")[0] for text in tick()) == "*dayops: month, September 2026 (2026-09) failed*"
    assert tick() == []


@pytest.mark.parametrize(("hours", "expected"), [(25, []), (27, ["*dayops: the night did not run*"])])
def test_a_night_that_did_not_run_is_told_after_a_day_and_two_hours(
    tick: Any, monkeypatch: pytest.MonkeyPatch, hours: int, expected: list[str]
) -> None:
    tick()
    now = datetime.now(UTC).replace(hour=3) + timedelta(hours=hours)
    monkeypatch.setattr(House, "now", lambda _: now)
    monkeypatch.setattr("dayops_pipeline.telling.news._digest", lambda *_: None)
    assert [text.partition("\n")[0] for text in tick()] == expected
    assert tick() == []


def a_check_of(instance: dg.DagsterInstance, job: str, check: str, *, passed: bool) -> None:
    """Run a job of a month in which one check warns or passes."""

    @dg.op(name=f"stage_{check}")
    def stage(context: dg.OpExecutionContext) -> None:
        evaluation = dg.AssetCheckEvaluation(
            check_name=check,
            asset_key=dg.AssetKey("checked_returns"),
            passed=passed,
            severity=dg.AssetCheckSeverity.WARN,
        )
        context.log_event(evaluation)  # type: ignore[arg-type]

    @dg.job(name=job)
    def a_job() -> None:
        stage()

    assert a_job.execute_in_process(instance=instance, tags={"dagster/partition": "2026-09"}).success


def test_what_only_warned_is_told_once_a_morning_from_whichever_run_of_the_month_it_is_of(
    instance: dg.DagsterInstance, tick: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_check_of(instance, "returns", "V03", passed=False)
    a_check_of(instance, "figures", "V24", passed=False)
    a_check_of(instance, "returns", "V06", passed=False)
    a_check_of(instance, "returns", "V06", passed=True)
    now = datetime.now(UTC)
    monkeypatch.setattr("dayops_pipeline.telling.news._DIGEST_HOUR", 0)
    monkeypatch.setattr(House, "now", lambda _: now)
    [text] = tick()
    assert text.splitlines()[:3] == [
        "*dayops: warnings of the night*",
        "Checks that found something:",
        "September 2026 (2026-09): V03, V24",
    ]
    assert tick() == []


@pytest.mark.parametrize("job", ["nightly", *OF_A_MONTH])
def test_whatever_run_of_a_night_goes_on_the_night_is_under_way(instance: dg.DagsterInstance, job: str) -> None:
    from dagster._core.test_utils import create_run_for_test

    assert not is_under_way(instance)
    create_run_for_test(instance, job_name=job, status=dg.DagsterRunStatus.STARTED)
    assert is_under_way(instance)


def test_the_jobs_of_a_month_are_those_that_have_months() -> None:
    repository = build(House()).get_repository_def()
    jobs = {job.name for job in repository.get_all_jobs() if job.partitions_def and not job.name.startswith("__")}
    assert jobs == set(OF_A_MONTH)


def test_only_what_we_say_ourselves_of_an_error_is_repeated() -> None:
    from dagster_shared.error import SerializableErrorInfo

    cause = SerializableErrorInfo("LoadError: Submission 7 has no judged rows.\n", [], "LoadError")
    assert told(SerializableErrorInfo("Wrapper: x", [], "Wrapper", cause=cause)) == "Submission 7 has no judged rows."


# --- the command line -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("status", "code", "said"), [(200, 0, "Slack: taken"), (404, 1, "it answered 404")])
def test_a_test_message_says_what_became_of_it(
    monkeypatch: pytest.MonkeyPatch, status: int, code: int, said: str
) -> None:
    from dayops_pipeline.cli import main

    with webhook(status) as hook:
        monkeypatch.setenv("DAYOPS_ALERT_SLACK_WEBHOOK", hook.address)
        result = CliRunner().invoke(main, ["alerts", "test"])
    assert (result.exit_code, said in result.output) == (code, True)
    assert "secret-part" not in result.output
