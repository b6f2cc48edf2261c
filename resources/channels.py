"""Where people are told: e-mail, Slack and Teams, each of which takes a message or says why it did not.

What is told, and when, is decided elsewhere. An address of a webhook is a secret, and so are tokens and passwords: no
error repeats one.
"""

import smtplib
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path
from typing import TYPE_CHECKING, Any

from resources.settings import Settings, SettingsError

if TYPE_CHECKING:
    import requests

SLACK = "https://slack.com/api/chat.postMessage"
"""Where Slack takes messages of a bot."""

_SECONDS = 10.0
"""How long a channel may take to answer."""

_REFUSALS = {400, 401, 403, 404, 405, 410}
"""Answers that will be the same tomorrow, until somebody mends the setting."""


class UndeliveredError(RuntimeError):
    """A message that a channel did not take: which, why, how to mend it, and whether trying again is vain."""

    def __init__(self, channel: str, why: str, mend: str, *, is_refusal: bool) -> None:
        """Say it in one sentence."""
        super().__init__(f"{channel} did not take a message: {why}. {mend}")
        self.channel = channel
        self.is_refusal = is_refusal


@dataclass(frozen=True, slots=True)
class Message:
    """What is told: a subject, lines, and a name that stays the same however often it is tried."""

    name: str
    subject: str
    body: str


@dataclass(frozen=True, slots=True)
class Channel:
    """One way to tell people; `send` raises `UndeliveredError`."""

    name: str
    send: Callable[[Message], None]


def channels(settings: Settings) -> list[Channel]:
    """Return the channels that are set.

    Raises:
        SettingsError: A file that is named for a secret cannot be read, or a channel is set by half.
    """
    found: list[Channel] = []
    if settings.alert_smtp_host:
        found += _emails(settings)
    if hook := secret(settings, "alert_slack_webhook"):
        found.append(Channel("Slack", lambda message: _to_slack_webhook(hook, message)))
    elif token := secret(settings, "alert_slack_token"):
        found.append(_slack_bot(settings, token))
    if teams := secret(settings, "alert_teams_webhook"):
        found.append(Channel("Teams", lambda message: _to_teams(teams, message)))
    return found


def secret(settings: Settings, name: str) -> str | None:
    """Return a secret setting: from the file that is named for it, else as it is given; None where neither is.

    Raises:
        SettingsError: The file cannot be read.
    """
    file: Path | None = getattr(settings, f"{name}_file")
    if file is None:
        given = getattr(settings, name)
        return given.get_secret_value().strip() if given else None
    try:
        return file.read_text(encoding="utf-8").strip()
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is no text"
        raise SettingsError(f"{file}, named by DAYOPS_{name.upper()}_FILE, cannot be read: {reason}.") from None


# --- e-mail -----------------------------------------------------------------------------------------------------------


_MEND_EMAIL = "Mend DAYOPS_ALERT_SMTP_*, DAYOPS_ALERT_FROM or DAYOPS_ALERT_TO, and try dayops alerts test."


def _emails(settings: Settings) -> list[Channel]:
    """Return a channel for each recipient: what one's server refuses is not sent again to the others."""
    if not settings.alert_from or not settings.alert_to:
        raise SettingsError("E-mail is set by half: DAYOPS_ALERT_FROM and DAYOPS_ALERT_TO are wanted with the server.")
    password = secret(settings, "alert_smtp_password")
    people = [one.strip() for one in settings.alert_to.split(",") if one.strip()]
    return [Channel(f"e-mail {number}", _to_email(settings, password, one)) for number, one in enumerate(people, 1)]


def _to_email(settings: Settings, password: str | None, person: str) -> Callable[[Message], None]:
    def send(message: Message) -> None:
        try:
            with _server(settings) as server:
                if settings.alert_smtp_user and password:
                    server.login(settings.alert_smtp_user, password)
                server.send_message(as_email(str(settings.alert_from), person, message))
        except (smtplib.SMTPException, OSError) as error:
            why, is_refusal = _why_not(error)
        else:
            return
        # Outside the handler, so that what the server said, which may name people, is no part of what is raised.
        raise _undelivered("e-mail", why, _MEND_EMAIL, is_refusal)

    return send


def _why_not(error: Exception) -> tuple[str, bool]:
    """Return why the mail server took nothing, and whether it would refuse again."""
    match error:
        case smtplib.SMTPAuthenticationError(smtp_code=code):
            return f"the user or password was refused ({code})", True
        case smtplib.SMTPRecipientsRefused():
            return "the recipient was refused", True
        case smtplib.SMTPResponseException(smtp_code=code):
            return f"the server answered {code}", code >= 500
        case smtplib.SMTPNotSupportedError():
            return "the server does not know the safe connection or the login that is set", True
        case ssl.SSLError():
            return "no safe connection could be made", True
        case _:
            return f"the server could not be talked to ({type(error).__name__})", False


def _server(settings: Settings) -> smtplib.SMTP:
    """Return a connection to the mail server, safe unless that was switched off."""
    place = (str(settings.alert_smtp_host), settings.alert_smtp_port)
    if settings.alert_smtp_security == "ssl":
        return smtplib.SMTP_SSL(*place, timeout=_SECONDS, context=ssl.create_default_context())
    server = smtplib.SMTP(*place, timeout=_SECONDS)
    if settings.alert_smtp_security == "starttls":
        try:
            server.starttls(context=ssl.create_default_context())
        except Exception:
            server.close()
            raise
    return server


def as_email(sender: str, person: str, message: Message) -> EmailMessage:
    """Return a message as an e-mail; its id stays the same, so that a mailbox knows a second copy."""
    made = EmailMessage()
    made["From"], made["To"] = sender, person
    made["Subject"], made["Message-ID"] = message.subject, f"<{message.name}@dayops.invalid>"
    made["Auto-Submitted"] = "auto-generated"
    made.set_content(message.body)
    return made


# --- Slack ------------------------------------------------------------------------------------------------------------


def _slack_bot(settings: Settings, token: str) -> Channel:
    if not settings.alert_slack_channel:
        raise SettingsError("Slack is set by half: DAYOPS_ALERT_SLACK_CHANNEL is wanted beside the bot's token.")
    room = settings.alert_slack_channel
    return Channel("Slack", lambda message: _to_slack_bot(token, room, message))


def _to_slack_webhook(address: str, message: Message) -> None:
    mend = "Give another address of an incoming webhook in DAYOPS_ALERT_SLACK_WEBHOOK_FILE."
    _post("Slack", address, {"text": _slack_text(message)}, mend)


def _to_slack_bot(token: str, room: str, message: Message) -> None:
    mend = "Mend DAYOPS_ALERT_SLACK_TOKEN_FILE or DAYOPS_ALERT_SLACK_CHANNEL, and invite the bot to the channel."
    said = {"channel": room, "text": _slack_text(message)}
    answer = _post("Slack", SLACK, said, mend, {"Authorization": f"Bearer {token}"})
    told = _json_of(answer)
    if told.get("ok") is not True:
        problem = _code(told.get("error"))
        is_passing = problem in {"ratelimited", "internal_error", "fatal_error", "service_unavailable"}
        raise _undelivered("Slack", f"it answered {problem}", mend, not is_passing)


def _slack_text(message: Message) -> str:
    """Return a message as Slack reads it: three letters have a meaning there."""
    text = f"*{message.subject}*\n{message.body}"
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


# --- Teams ------------------------------------------------------------------------------------------------------------


def _to_teams(address: str, message: Message) -> None:
    """Post a card; Teams may answer 200 and say in the body that it did not take it."""
    mend = "Give another address of a workflow or incoming webhook in DAYOPS_ALERT_TEAMS_WEBHOOK_FILE."
    answer = _post("Teams", address, _card(message), mend)
    said = answer.text.strip().lower()
    if "error" in said or "fail" in said:
        raise _undelivered(
            "Teams", f"it answered {answer.status_code} with an error in the body", mend, "429" not in said
        )


def _card(message: Message) -> dict[str, Any]:
    heading = {"type": "TextBlock", "text": message.subject, "weight": "Bolder", "size": "Medium", "wrap": True}
    lines = [{"type": "TextBlock", "text": line, "wrap": True} for line in message.body.splitlines() if line]
    content = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "body": [heading, *lines],
    }
    kind = "application/vnd.microsoft.card.adaptive"
    return {"type": "message", "attachments": [{"contentType": kind, "contentUrl": None, "content": content}]}


# --- what they have in common -----------------------------------------------------------------------------------------


def _post(
    channel: str, address: str, said: Mapping[str, Any], mend: str, headers: Mapping[str, str] | None = None
) -> "requests.Response":
    """Post to a webhook; what `requests` says of a failure is left out, since it repeats the address."""
    import requests

    try:
        answer = requests.post(address, json=said, headers=headers, timeout=_SECONDS, allow_redirects=False)
    except requests.exceptions.InvalidURL:
        raise _undelivered(channel, "its address is no address", mend, True) from None
    except (requests.RequestException, ValueError) as error:
        raise _undelivered(channel, f"it could not be reached ({type(error).__name__})", mend, False) from None
    if not 200 <= answer.status_code < 300:
        is_refusal = answer.status_code in _REFUSALS or 300 <= answer.status_code < 400
        raise _undelivered(channel, f"it answered {answer.status_code}", mend, is_refusal)
    return answer


def _json_of(answer: "requests.Response") -> Mapping[str, Any]:
    try:
        told = answer.json()
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}


def _code(problem: object) -> str:
    """Return an error's code if it is one, such as invalid_auth: nothing else of an answer is repeated."""
    text = str(problem)
    return text if text.isidentifier() and len(text) < 50 else "no code"


def _undelivered(channel: str, why: str, mend: str, is_refusal: bool) -> UndeliveredError:
    return UndeliveredError(channel, why, mend, is_refusal=is_refusal)
