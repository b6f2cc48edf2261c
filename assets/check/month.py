"""One month in the house: which submissions are to be judged, what is kept of the verdicts, and what they came to.

What the rules say is decided in `judging`; here it is fetched, and written to the restricted store and the ledger.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from assets.check.judging import AskedMonth, ask_month
from assets.check.numbering import REASON_WANTED, Numbered, changes_final, number
from expectations.findings import Finding
from expectations.months import first_day

if TYPE_CHECKING:
    import sqlalchemy as sa

    from expectations.contract import Contract
    from expectations.decisions import Waiver
    from resources.restricted import RestrictedStore, StoredSheet
    from warehouse.ledger import Submission


_AT_ONCE = 100
"""Verdicts written in one transaction: one by one they take longer than the judging."""


@dataclass(slots=True)
class Checked:
    """What checking a month came to: submissions there are, those judged just now, and rows of the whole month."""

    submissions: int = 0
    judged: int = 0
    rows_read: int = 0
    rows_accepted: int = 0
    rows_quarantined: int = 0


@dataclass(frozen=True, slots=True)
class Known:
    """A submission of the month, and what is known of it from when it was last judged.

    `is_judged`: under the contract and the waivers in force, and the ledger has it. `is_refused`: by its file or its
    content, whatever its number. `reason`: why it changes figures that were final. `numbering`: the names of the
    findings on its number. `waived`: the rules that are waived for it; `waivers`: all waivers that cover it, by name.
    """

    submission: "Submission"
    has_cells: bool
    is_judged: bool
    is_refused: bool
    reason: str | None
    numbering: tuple[str, ...]
    waived: Mapping[str, str]
    waivers: tuple[str, ...]

    @property
    def id(self) -> int:
        """Return the submission's number in the ledger."""
        return self.submission.submission_id


def check(engine: "sa.Engine", store: "RestrictedStore", period: str, today: date) -> Checked:
    """Judge what is new in the month `period` (YYYY-MM), and again whatever its new neighbours number otherwise."""
    from expectations.rules import contract_for
    from warehouse import decisions, ledger

    contract = contract_for(period)
    with engine.begin() as connection:
        waivers = decisions.waivers_in_force(connection, period, today)
        known = [_known(one, store, contract, waivers) for one in ledger.submissions(connection, period)]
    fresh = [one for one in known if one.has_cells and not one.is_judged]
    asked = ask_month(contract, period, _cells(store, fresh), today, _waived(fresh))
    refused, reasons = asked.refused(), asked.said("reason_for_change")
    known = [
        replace(one, is_refused=one.id in refused, reason=reasons.get(one.id)) if one in fresh else one for one in known
    ]
    numbering = _numbering(known)
    _keep(engine, store, [one for one in known if one.id in asked.submissions], asked, numbering)
    moved = [one for one in known if one.is_judged and one.numbering != _names(numbering, one)]
    _keep(engine, store, moved, ask_month(contract, period, _cells(store, moved), today, _waived(moved)), numbering)
    return _checked(engine, period, len(fresh) + len(moved))


def _known(
    submission: "Submission", store: "RestrictedStore", contract: "Contract", waivers: "Sequence[Waiver]"
) -> Known:
    from expectations.decisions import waived_rules
    from resources.restricted import read_about

    if submission.abridged_at is not None:
        return _abridged(submission)
    about = read_about(store.judged(submission.sha256))
    has_cells = store.cells(submission.sha256).exists()
    said = (submission.provider_id, str(submission.period))
    covering = sorted(one.decision_id for one in waivers if one.covers(*said))
    is_judged = {submission.contract_version, about.get("contract")} == {contract.version}
    is_judged = is_judged and submission.waivers == about.get("waivers") == covering
    is_refused = not has_cells or bool(about.get("is_refused"))
    is_judged, reason, numbering = has_cells and is_judged, about.get("reason"), tuple(about.get("numbering", ()))
    waived = waived_rules(waivers, *said)
    return Known(submission, has_cells, is_judged, is_refused, reason, numbering, waived, tuple(covering))


def _abridged(submission: "Submission") -> Known:
    """Return what counts of a submission that retention has cut down: it keeps its number, and is not judged again."""
    is_refused = submission.state == "refused"
    return Known(submission, False, False, is_refused, "as it was judged", (), {}, tuple(submission.waivers or ()))


def _waived(chosen: Iterable[Known]) -> dict[int, Mapping[str, str]]:
    return {one.id: one.waived for one in chosen if one.waived}


def _cells(store: "RestrictedStore", chosen: Iterable[Known]) -> "dict[int, dict[str, StoredSheet]]":
    from resources.restricted import read_sheets

    return {one.id: read_sheets(store.cells(one.submission.sha256)) for one in chosen}


def _numbering(known: Iterable[Known]) -> dict[int, list[Finding]]:
    """Return the findings on the numbers of the month's submissions, provider by provider."""
    sent: dict[str | None, list[Numbered]] = defaultdict(list)
    for one in known:
        is_numbered = one.submission.submission_no is not None
        sent[one.submission.provider_id] += [_numbered(one)] if is_numbered else []
    findings: dict[int, list[Finding]] = defaultdict(list)
    for finding in (finding for submissions in sent.values() for finding in number(submissions)):
        findings[finding.submission_id].append(finding)
    return findings


def _numbered(one: Known) -> Numbered:
    sent = one.submission
    is_late = changes_final(str(sent.period), sent.received_at, one.reason)
    said = (sent.submission_no or 0, sent.received_at, sent.sha256)
    return Numbered(one.id, *said, one.is_refused, is_late, REASON_WANTED in one.waived)


def _names(numbering: Mapping[int, Sequence[Finding]], one: Known) -> tuple[str, ...]:
    return tuple(finding.finding_id for finding in numbering.get(one.id, ()))


# --- what is kept -----------------------------------------------------------------------------------------------------


def _keep(
    engine: "sa.Engine",
    store: "RestrictedStore",
    chosen: Sequence[Known],
    asked: AskedMonth,
    numbering: Mapping[int, Sequence[Finding]],
) -> None:
    """Write what becomes of each submission: its accepted rows to the store, then its verdict to the ledger."""
    from resources.restricted import write_sheets
    from warehouse import ledger

    outside = {one.id: [*_flaws(store, one), *numbering.get(one.id, ())] for one in chosen}
    verdicts = asked.verdicts(outside)
    for start in range(0, len(chosen), _AT_ONCE):
        together = chosen[start : start + _AT_ONCE]
        judged = [replace(verdicts[one.id], waivers=one.waivers) for one in together]
        for one, of_it in zip(together, judged, strict=True):
            about = {
                "contract": asked.contract.version,
                "state": of_it.state,
                "is_refused": one.is_refused,
                "reason": one.reason,
                "numbering": _names(numbering, one),
                "waivers": one.waivers,
            }
            write_sheets(store.judged(one.submission.sha256), of_it.sheets, about)
        with engine.begin() as connection:
            ledger.record_verdicts(connection, judged)


def _flaws(store: "RestrictedStore", one: Known) -> list[Finding]:
    """Return what the reader noted about the file, though it could be read."""
    from expectations.headers import Flaw, flaw_findings
    from resources.restricted import read_about

    flaws = read_about(store.cells(one.submission.sha256)).get("flaws", ())
    return flaw_findings(one.id, [Flaw(**flaw) for flaw in flaws])


def _checked(engine: "sa.Engine", period: str, judged: int) -> Checked:
    """Return what the whole month comes to, from the ledger."""
    import sqlalchemy as sa

    from warehouse.landing import Submission

    read, accepted = sa.func.sum(Submission.rows_read), sa.func.sum(Submission.rows_accepted)
    month = sa.select(sa.func.count(), sa.func.coalesce(read, 0), sa.func.coalesce(accepted, 0))
    with engine.begin() as connection:
        count, rows, sound = connection.execute(month.where(Submission.period == first_day(period))).one()
    return Checked(count, judged, int(rows), int(sound), int(rows) - int(sound))
