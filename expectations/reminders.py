"""Reminders to providers: which one is due on a day, and what it says, in Welsh and in English.

Whose returns are outstanding is known to the warehouse; nothing here looks at the clock.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from expectations.calendar import bank_holidays
from expectations.wording import LANGUAGES, Language, month_name, phrase


@dataclass(frozen=True, slots=True)
class Outstanding:
    """A return that is expected and of which none stands; `language` is that of the provider's last return."""

    period: str
    provider_id: str
    due_on: date
    language: str | None = None

    @property
    def languages(self) -> tuple[Language, ...]:
        """Return both languages, the provider's own first."""
        return tuple(sorted(LANGUAGES, key=lambda language: language != (self.language or "en")))


def kind_due(due_on: date, today: date, *, days_before: int, every_days: int, times: int) -> str | None:
    """Return the reminder that is due on a day: before, late-1, late-2 and so on; None where none is.

    A reminder that was missed is made up by the next day that asks, and only the last of several.
    """
    if today <= due_on:
        return "before" if today >= working_days_before(due_on, days_before) else None
    number = 1 + ((today - due_on).days - 1) // every_days
    return f"late-{number}" if number <= times else None


def working_days_before(day: date, number: int) -> date:
    """Return the day that lies `number` working days before another."""
    while number > 0:
        day -= timedelta(days=1)
        number -= day.weekday() < 5 and day not in bank_holidays(day.year)
    return day


def subject(one: Outstanding, kind: str) -> str:
    """Return the subject of a reminder, in both languages."""
    key = f"reminder.subject_{'before' if kind == 'before' else 'late'}"
    return " / ".join(phrase(key, language, **_facts(one, language)) for language in one.languages)


def text(one: Outstanding, kind: str) -> str:
    """Return a reminder as text, in both languages."""
    return "\n\n---\n\n".join(_said(one, kind, language) for language in one.languages) + "\n"


def _said(one: Outstanding, kind: str, language: Language) -> str:
    first = "before" if kind == "before" else "late"
    lines = [phrase(f"reminder.{key}", language, **_facts(one, language)) for key in (first, "send", "sent")]
    return "\n".join([one.provider_id, "", *lines])


def _facts(one: Outstanding, language: Language) -> dict[str, str]:
    day = f"{one.due_on.day} {month_name(f'{one.due_on:%Y-%m}', language)}"
    return {"month": month_name(one.period, language), "day": day}
