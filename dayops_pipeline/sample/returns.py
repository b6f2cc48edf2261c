"""A return as its provider means it: who sends what for which month, when, and the rows of every sheet.

How it looks in a file is told in `hand`, what is wrong with it in `planting` and `file_faults`.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from random import Random
from uuid import UUID

from dayops_pipeline.sample import books
from dayops_pipeline.sample.books import Books, Row
from dayops_pipeline.sample.chance import stream
from dayops_pipeline.sample.diary import diary
from dayops_pipeline.sample.names import ROLES
from dayops_pipeline.sample.nation import Provider
from expectations.calendar import WORKING_DAYS_TO_SEND, final_from, working_day
from expectations.contract import Profile
from expectations.rules import contract_for

RESUBMITTED, LATE, NIL = 0.05, 0.08, 0.01
"""The shares of returns that are corrected by a second submission, that come late, and (of LITE ones) that are nil."""

_REASON = "Costs of staff were told in part"

_BOOKS: dict[str, Callable[[Books], list[Row]]] = {
    "SERVICES": books.services,
    "ACTIVITY": books.activity,
    "PEOPLE": books.people,
    "ATTENDANCE": books.attendance,
    "WAITING": books.waiting,
    "WORKFORCE": books.workforce,
    "FINANCE": books.finance,
    "CARERS": books.carers,
    "VOLUNTEERS": books.volunteers,
    "OUTCOMES": books.outcomes,
}


@dataclass(frozen=True, slots=True)
class Posting:
    """A submission before it is written: which of how many for its month, and when it is sent."""

    provider: Provider
    period: str
    submission_no: int
    of: int
    sent_at: datetime
    is_nil: bool

    @property
    def profile(self) -> Profile:
        """Return the profile of the return."""
        return self.provider.profile


@dataclass(frozen=True, slots=True)
class Return:
    """A submission with its rows, sheet by sheet."""

    posting: Posting
    sheets: dict[str, list[Row]]

    @property
    def data_rows(self) -> int:
        """Return how many rows it holds beside the RETURN row."""
        return sum(len(rows) for name, rows in self.sheets.items() if name != "RETURN")


def postings(seed: int, providers: Sequence[Provider], months: Sequence[str]) -> Iterator[Posting]:
    """Yield every submission that is sent, provider by provider and month by month."""
    for provider in providers:
        for period in months:
            if not provider.is_silent and any(one.is_open(period) for one in provider.services):
                yield from _postings(stream(seed, "posting", provider.provider_id, period), provider, period)


def _postings(rng: Random, provider: Provider, period: str) -> Iterator[Posting]:
    is_nil = provider.profile is Profile.LITE and rng.random() < NIL
    count = 2 if rng.random() < RESUBMITTED and not is_nil else 1
    number = rng.randint(WORKING_DAYS_TO_SEND + 1, 34) if rng.random() < LATE else rng.randint(3, WORKING_DAYS_TO_SEND)
    sent_at = datetime.combine(working_day(period, number), time(8)) + timedelta(minutes=rng.randint(0, 600))
    for submission_no in range(1, count + 1):
        yield Posting(provider, period, submission_no, count, sent_at, is_nil)
        sent_at += timedelta(days=rng.randint(2, 12), minutes=rng.randint(1, 300))


def written_up(seed: int, posting: Posting) -> Return:
    """Return the submission with every sheet that the contract expects of it."""
    provider, period = posting.provider, posting.period
    names = (provider.provider_id, period)
    diaries = {
        service.service_id: diary(service, period, stream(seed, "diary", service.service_id, period))
        for service in provider.services
        if service.is_open(period)
    }
    kept = Books(provider, period, stream(seed, "books", *names), diaries)
    sheets = {
        sheet.name: [] if posting.is_nil and sheet.is_activity else _BOOKS[sheet.name](kept)
        for sheet in contract_for(period).expected_sheets(posting.profile, period)
        if sheet.name != "RETURN"
    }
    if posting.submission_no < posting.of:
        _misstate(sheets)
    rng = stream(seed, "return", *names, posting.submission_no)
    return Return(posting, {"RETURN": [return_row(rng, posting)], **sheets})


def _misstate(sheets: dict[str, list[Row]]) -> None:
    """Make the figures that a later submission corrects: sound by every rule, and wrong."""
    for row in sheets["FINANCE"]:
        cost = row["cost_staff"]
        row["cost_staff"] = round(cost * 0.9, 2) if isinstance(cost, float) else cost


def _comes_when_final(posting: Posting) -> bool:
    return posting.submission_no > 1 and posting.sent_at.date() >= final_from(posting.period)


def return_row(rng: Random, posting: Posting) -> Row:
    """Return the row of the RETURN sheet."""
    provider = posting.provider
    return {
        "return_id": str(UUID(int=rng.getrandbits(128), version=4)),
        "spec_version": contract_for(posting.period).spec_version,
        "provider_id": provider.provider_id,
        "provider_name_en": provider.name_en,
        "provider_name_cy": provider.name_cy,
        "provider_sector": provider.sector,
        "lead_la": provider.la,
        "period": posting.period,
        "submission_no": posting.submission_no,
        "profile": str(posting.profile),
        "nil_return": posting.is_nil,
        "nil_reason": rng.choice(("CLOSED_TEMP", "NO_CLIENTS")) if posting.is_nil else None,
        "prepared_by_role": rng.choice(ROLES),
        "declared_on": posting.sent_at.date(),
        "language": rng.choices(("en", "cy"), (80, 20))[0],
        "reason_for_change": _REASON if _comes_when_final(posting) else None,
    }
