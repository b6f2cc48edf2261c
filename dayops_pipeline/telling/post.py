"""The post: what is to be told, which channel has not taken it yet, and what was told already.

It is kept beside Dagster's own cursors, so that it outlives restarts and stands where the warehouse is down. What is
gathered and the place up to which it was gathered are written together; what a channel took is written at once.
"""

import hashlib
import json
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import dagster as dg

from resources.channels import Channel, Message, UndeliveredError
from resources.settings import Settings

KEY = "dayops/telling"
_FORGOTTEN = timedelta(days=30)
_SECONDS_A_ROUND = 40.0
"""How long one round may take: Dagster stops a sensor after 60 seconds."""

_TRIES_BEFORE_TELLING = 5
"""Rounds that a channel may fail for a passing reason until the others hear of it."""


@dataclass(frozen=True, slots=True)
class News:
    """One thing that went wrong: `topic` is what it is about, `cause` why, and both together are told once an hour."""

    topic: str
    cause: str
    subject: str
    body: str


@dataclass(slots=True)
class Post:
    """What waits, and what was told; `marks` are the places up to which news was gathered."""

    instance: dg.DagsterInstance
    settings: Settings
    now: datetime
    names: tuple[str, ...]
    told: dict[str, dict[str, str]] = field(default_factory=dict)
    waiting: list[dict[str, Any]] = field(default_factory=list)
    marks: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def opened(cls, instance: dg.DagsterInstance, settings: Settings, now: datetime, names: Sequence[str]) -> "Post":
        """Return the post as it was left, for the channels called `names`."""
        kept = instance.daemon_cursor_storage.get_cursor_values({KEY}).get(KEY)
        state = json.loads(kept) if kept else {}
        post = cls(instance, settings, now.astimezone(UTC), tuple(names), **state)
        post._forget()
        return post

    def save(self) -> None:
        """Keep it all, in one write."""
        state = {"told": self.told, "waiting": self.waiting, "marks": self.marks}
        self.instance.daemon_cursor_storage.set_cursor_values({KEY: json.dumps(state, sort_keys=True)})

    def tell(self, news: News, *, besides: str | None = None, is_again: bool = False) -> None:
        """Have something told, unless it was within the hour; `is_again` where it repeats what is told of its topic."""
        causes = self.told.get(news.topic, {})
        last = max(causes.values(), default=None) if is_again else causes.get(news.cause)
        if last is not None and self.now - datetime.fromisoformat(last) < self._quiet:
            return
        self.told.setdefault(news.topic, {})[news.cause] = self.now.isoformat()
        self.add(news.subject, news.body, besides=besides)

    def recovered(self, topic: str, subject: str, body: str) -> None:
        """Have it told that what was wrong is well again, where it was told that it was wrong."""
        if self.told.pop(topic, None) is not None:
            self.add(subject, body)

    def is_told(self, topic: str) -> bool:
        """Tell whether something about this is told and not well again."""
        return topic in self.told

    def add(self, subject: str, body: str, *, besides: str | None = None) -> None:
        """Have something told on every channel, but for one."""
        names = [name for name in self.names if name != besides]
        name = hashlib.sha256(f"{subject}\n{body}\n{self.now.isoformat()}".encode()).hexdigest()[:24]
        if names:
            self.waiting.append({"name": name, "subject": subject, "body": body, "channels": names})

    def deliver(self, channels: Iterable[Channel]) -> list[UndeliveredError]:
        """Give each channel what waits for it, oldest first; return what went wrong, which waits for the next round.

        A channel that refuses is told by the others at once, one that cannot be reached after some rounds.
        """
        before, known, troubles = time.monotonic(), list(channels), list[UndeliveredError]()
        for channel in known:
            trouble = self._give(channel, before)
            troubles += [trouble] if trouble else []
            self._note(channel, trouble)
        failing = {trouble.channel for trouble in troubles}
        for channel in known:  # what is told of the others
            if not any(channel.name.startswith(name) for name in failing):
                self._give(channel, before)
        return troubles

    @property
    def _quiet(self) -> timedelta:
        return timedelta(minutes=self.settings.alert_repeat_minutes)

    def _give(self, channel: Channel, before: float) -> UndeliveredError | None:
        for message in [one for one in self.waiting if channel.name in one["channels"]]:
            if time.monotonic() - before > _SECONDS_A_ROUND:
                return None
            try:
                channel.send(Message(message["name"], message["subject"], message["body"]))
            except UndeliveredError as trouble:
                return trouble
            message["channels"].remove(channel.name)
            self.waiting = [one for one in self.waiting if one["channels"]]
            self.save()
        return None

    def _note(self, channel: Channel, trouble: UndeliveredError | None) -> None:
        """Tell the other channels of one that does not take what it is given, and of its recovery."""
        topic, tries = f"channel:{channel.name}", self.marks.setdefault("tries", {})
        tries[channel.name] = tries.get(channel.name, 0) + 1 if trouble else 0
        where = f"{self.settings.runbook_url}#channel-refuses"
        if trouble and (trouble.is_refusal or tries[channel.name] >= _TRIES_BEFORE_TELLING):
            body = f"{trouble}\nWhat was to be told there is kept and tried again.\nWhat to do: {where}"
            self.tell(
                News(topic, str(trouble), f"dayops: {channel.name} does not take messages", body), besides=channel.name
            )
        elif not trouble:
            self.recovered(topic, f"dayops: {channel.name} takes messages again", "What was kept for it was told.")
        self.save()

    def _forget(self) -> None:
        """Let go of what is old, and of what waits for a channel that is no longer set."""
        since = (self.now - _FORGOTTEN).isoformat()
        self.told = {topic: causes for topic, causes in self.told.items() if max(causes.values()) > since}
        for message in self.waiting:
            message["channels"] = [name for name in message["channels"] if name in self.names]
        self.waiting = [one for one in self.waiting if one["channels"]]
