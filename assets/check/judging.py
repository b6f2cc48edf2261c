"""What the rules say of a month's returns: cells in, accepted rows, quarantined rows and findings out.

Form and sense are asked sheet by sheet, then joins across the sheets, and what follows from something else names it. No
database is needed here.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING

from assets.check.batch import Batch, gather, table, without
from assets.check.numbering import timely
from assets.check.telling import Teller, Told, with_causes
from assets.check.verdicts import RETURN, Asked, Judged, Submissions, verdicts
from expectations.contract import Contract, Sheet, Unique
from expectations.decisions import waived
from expectations.findings import Finding

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

    from resources.restricted import StoredSheet

SERVICES, SERVICE = "SERVICES", "service_id"

WaivedRules = Mapping[int, Mapping[str, str]]
"""For each submission, the rules that are waived for it, each with the name of the waiver."""

NOTHING_WAIVED: WaivedRules = {}


def judge(
    contract: Contract,
    period: str,
    submissions: Submissions,
    today: date,
    outside: Mapping[int, Sequence[Finding]] | None = None,
    waived_rules: WaivedRules = NOTHING_WAIVED,
) -> dict[int, Judged]:
    """Return what the rules say of each submission for the month `period` (YYYY-MM).

    Findings from `outside`, such as the reader's, are told first, and an error among them refuses its submission. Of
    what `waived_rules` names for a submission nothing is left but notes.

    Raises:
        CannotAsk: A check could not be asked; nothing is judged then.
    """
    return ask_month(contract, period, submissions, today, waived_rules).verdicts(outside or {})


@dataclass(frozen=True, slots=True)
class AskedMonth:
    """Every sheet of a month with all that was found in it; what is found outside, by numbering say, comes after."""

    contract: Contract
    submissions: Submissions
    asked: Mapping[str, Asked]
    waived: WaivedRules = field(default_factory=dict)

    def refused(self) -> set[int]:
        """Return the submissions that their own content refuses."""
        return {one.finding.submission_id for one in self.asked[RETURN].told if one.is_error}

    def said(self, column: str) -> dict[int, str]:
        """Return what each submission says in a column of its RETURN sheet, where it can be read."""
        returns = self.asked[RETURN].batch
        meanings = ((key, returns.cells[column].meaning(at)) for at, key in enumerate(returns.submission.tolist()))
        return {key: one.text for key, one in meanings if one is not None and one.value is not None}

    def verdicts(self, outside: Mapping[int, Sequence[Finding]]) -> dict[int, Judged]:
        """Return what becomes of each submission, with the findings from `outside` told first."""
        returns = self.asked[RETURN]
        placed = {
            key: [waived(_placed(returns, one), self.waived.get(key, {})) for one in findings]
            for key, findings in outside.items()
        }
        return verdicts(self.contract, self.asked, self.submissions, placed)


def ask_month(
    contract: Contract, period: str, submissions: Submissions, today: date, waived_rules: WaivedRules = NOTHING_WAIVED
) -> AskedMonth:
    """Ask every check of the contract of the month's submissions, sheet by sheet and then across the sheets.

    Raises:
        CannotAsk: A check could not be asked.
    """
    asked = {sheet.name: _asked(contract, sheet, period, submissions, waived_rules) for sheet in contract.sheets}
    _ask_timely(asked[RETURN], period, today)
    if len(asked[RETURN].batch):
        typed = {name: _for_joins(one) for name, one in asked.items()}
        _ask_across(contract, asked, typed, period, is_late=False)
        # Before what follows from a refused row: a row that is let stand refuses no others.
        _waive(asked, waived_rules)
        _refuse_with_service(asked)
        _waive(asked, waived_rules)
        _ask_across(contract, asked, typed, period, is_late=True)
        _waive(asked, waived_rules)
    return AskedMonth(contract, submissions, asked, waived_rules)


def _waive(asked: Mapping[str, Asked], rules: WaivedRules) -> None:
    for sheet in asked.values() if rules else ():
        sheet.told = _let_stand(sheet.told, rules)


def _let_stand(told: Iterable[Told], rules: WaivedRules) -> list[Told]:
    return [replace(one, finding=waived(one.finding, rules.get(one.finding.submission_id, {}))) for one in told]


def _ask_timely(returns: Asked, period: str, today: date) -> None:
    for position, submission_id in enumerate(returns.batch.submission.tolist()):
        profile = returns.batch.cells["profile"].meaning(position)
        value = None if profile is None or profile.value is None else str(profile.value)
        findings = timely(submission_id, period, value, today)
        returns.told += [returns.teller.placed(position, finding) for finding in findings]


def _placed(returns: Asked, finding: Finding) -> Finding:
    """Return a finding about the RETURN sheet with its row and cell, where it came without."""
    if finding.sheet != RETURN or finding.row is not None or finding.column is None:
        return finding
    positions = (returns.batch.submission == finding.submission_id).nonzero()[0].tolist()
    return returns.teller.placed(positions[0], finding).finding if positions else finding


# --- one sheet --------------------------------------------------------------------------------------------------------


def _asked(contract: Contract, sheet: Sheet, period: str, submissions: Submissions, rules: WaivedRules) -> Asked:
    stored = {
        submission_id: sheets[sheet.name] for submission_id, sheets in submissions.items() if sheet.name in sheets
    }
    batch = gather(sheet, stored)
    teller = Teller(contract, period, batch, {key: one.meta.get("headers", {}) for key, one in stored.items()})
    problems = _problems(teller, stored)
    spoilt = _by_column(one for one in problems if one.is_error)
    batch = without(batch, spoilt)
    teller = replace(teller, batch=batch)
    told = [one for one in _broken(contract, teller) if not _is_spoilt(one, spoilt)]
    return Asked(batch, teller, with_causes(_let_stand([*problems, *told], rules)))


def _problems(teller: Teller, stored: "Mapping[int, StoredSheet]") -> list[Told]:
    """Return the cells that the reader could not read; those of rows without a value are of no account."""
    flaws = [(submission_id, flaw) for submission_id, one in stored.items() for flaw in one.meta.get("problems", ())]
    positions = teller.batch.positions() if flaws else {}
    placed = ((positions.get((submission_id, flaw["row"])), flaw) for submission_id, flaw in flaws)
    return [teller.problem(position, flaw) for position, flaw in placed if position is not None]


def _by_column(told: Iterable[Told]) -> dict[str, list[int]]:
    positions: dict[str, list[int]] = defaultdict(list)
    for one in told:
        for column in one.columns:
            positions[column].append(one.position)
    return positions


def _is_spoilt(one: Told, spoilt: Mapping[str, Collection[int]]) -> bool:
    """Tell whether a check only says again that a cell could not be read."""
    return one.is_of_cell and any(one.position in spoilt.get(column, ()) for column in one.columns)


def _broken(contract: Contract, teller: Teller) -> Iterator[Told]:
    from assets.check.asking import broken_rows

    batch = teller.batch
    if not len(batch):
        return
    checks = contract.row_checks(batch.sheet.name)
    answers = broken_rows(checks, batch, teller.period)
    for check in checks:
        positions = [int(position) for position in answers[check.code]]
        alike = _rows_alike(check, batch, positions) if isinstance(check, Unique) else {}
        yield from (teller.broken(check, position, alike.get(position)) for position in positions)


def _rows_alike(check: Unique, batch: Batch, positions: Sequence[int]) -> dict[int, str]:
    """Return, for each repeated row, the numbers of the rows that it repeats."""
    groups: dict[tuple[object, ...], list[int]] = defaultdict(list)
    for position in positions:
        meanings = (batch.cells[column].meaning(position) for column in check.columns)
        groups[(int(batch.submission[position]), *(one and one.value for one in meanings))].append(position)
    return {
        position: ", ".join(str(batch.row[other]) for other in group if other != position)
        for group in groups.values()
        for position in group
    }


# --- across sheets ----------------------------------------------------------------------------------------------------


def _ask_across(
    contract: Contract, asked: Mapping[str, Asked], typed: "Mapping[str, pa.Table]", period: str, *, is_late: bool
) -> None:
    from expectations.joins import join

    checks = contract.joins(is_late=is_late)
    broken = join(contract, {name: _as_it_stands(asked[name], table) for name, table in typed.items()}, period, checks)
    positions = {check.sheet: asked[check.sheet].batch.positions() for check in checks if broken[check.code]}
    for check in checks:
        sheet = asked[check.sheet]
        sheet.told += [
            sheet.teller.joined(check, positions[check.sheet][one.submission_id, one.row], one)
            for one in broken[check.code]
        ]


def _for_joins(asked: Asked) -> "pa.Table":
    """Return the typed rows, without the cells that broke a check of their own."""
    import pyarrow as pa

    at_fault = _by_column(one for one in asked.told if one.is_error and one.is_of_cell)
    typed = table(without(asked.batch, at_fault))
    return typed.append_column("submission_id", pa.array(asked.batch.submission, pa.int64()))


def _as_it_stands(asked: Asked, typed: "pa.Table") -> "pa.Table":
    """Return the typed rows with what is known of them by now: which are refused, and which about no sure service."""
    import pyarrow as pa

    from expectations.joins import REFUSED, STRAY

    marks = {REFUSED: asked.refused(), STRAY: _is_stray(asked)}
    for name, mark in marks.items():
        typed = typed.append_column(name, pa.array(mark))
    return typed


_STRAY = frozenset({"service_unknown", "service_not_open", "day_service_closed"})


def _is_stray(asked: Asked) -> "np.ndarray":
    """Tell for each refused row whether it may be about another service than it says."""
    import numpy as np

    is_stray = np.zeros(len(asked.batch), dtype=bool)
    is_stray[[one.position for one in asked.told if one.finding.says in _STRAY]] = True
    if SERVICE in asked.batch.cells:
        is_stray |= asked.refused() & _has_no_service(asked)
    return is_stray


def _has_no_service(asked: Asked) -> "np.ndarray":
    import numpy as np

    cells = asked.batch.cells[SERVICE]
    is_unread = np.array([one.value is None for one in cells.parsed] + [True], dtype=bool)
    return np.asarray(is_unread[cells.read])


_Service = tuple[int, str]


def _refuse_with_service(asked: Mapping[str, Asked]) -> None:
    """Refuse every row about a service whose own row is refused, naming the cause."""
    causes = _refused_services(asked[SERVICES]) | _unnamed_services(asked)
    about = [one for name, one in asked.items() if name != SERVICES and SERVICE in one.batch.cells]
    for sheet in about if causes else ():
        services = _services(sheet.batch, {submission_id for submission_id, _ in causes})
        hit = {position: service for position, service in services.items() if service in causes}
        sheet.told = [one for one in sheet.told if not (one.position in hit and one.finding.rule == "V20")]
        sheet.told += [sheet.teller.refused_service(at, service[1], causes[service]) for at, service in hit.items()]


def _services(batch: Batch, submissions: Collection[int]) -> dict[int, _Service]:
    """Return the service of each row of some submissions, where it can be read."""
    import numpy as np

    rows = np.flatnonzero(np.isin(batch.submission, list(submissions))).tolist()
    meanings = ((position, batch.cells[SERVICE].meaning(position)) for position in rows)
    return {
        position: (int(batch.submission[position]), str(meaning.value))
        for position, meaning in meanings
        if meaning is not None and meaning.value is not None
    }


def _causes(asked: Asked) -> dict[int, str]:
    """Return the first error of each refused row that no other error explains."""
    causes: dict[int, str] = {}
    for one in asked.told:
        if one.is_error and not one.finding.caused_by:
            causes.setdefault(one.position, one.finding.finding_id)
    return causes


def _refused_services(services: Asked) -> dict[_Service, str]:
    causes = _causes(services)
    known = _services(services.batch, {int(services.batch.submission[position]) for position in causes})
    sound = {service for position, service in known.items() if position not in causes}
    return {service: causes[at] for at, service in known.items() if at in causes and service not in sound}


def _unnamed_services(asked: Mapping[str, Asked]) -> dict[_Service, str]:
    """Return the services that a SERVICES row without a usable number must be about.

    As many of a submission's unknown services as it has such rows follow from them, those with the most rows first.
    """
    services = asked[SERVICES]
    nameless: dict[int, list[str]] = defaultdict(list)
    for position, cause in _causes(services).items():
        meaning = services.batch.cells[SERVICE].meaning(position)
        if meaning is None or meaning.value is None:
            nameless[int(services.batch.submission[position])].append(cause)
    unknown = Counter(
        (one.finding.submission_id, str(one.finding.value))
        for sheet in asked.values()
        for one in sheet.told
        if one.finding.says == "service_unknown" and one.finding.submission_id in nameless
    )
    found: dict[_Service, str] = {}
    for (submission_id, service), _ in unknown.most_common():
        if nameless[submission_id]:
            found[submission_id, service] = nameless[submission_id].pop(0)
    return found
