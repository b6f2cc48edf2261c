"""What becomes of each submission: its state, its accepted rows, and those put aside with the rules they broke.

An error on the RETURN sheet refuses the return, any other error refuses its row; queries are told and loaded.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from assets.check.batch import Batch, table
from assets.check.telling import Teller, Told
from expectations.contract import Contract, Severity
from expectations.discretion import discreet_cell
from expectations.findings import Finding, Normalisation, Quarantined, Verdict
from resources.restricted import StoredSheet

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

RETURN = "RETURN"

Submissions = Mapping[int, Mapping[str, StoredSheet]]


@dataclass(frozen=True, slots=True)
class Judged(Verdict):
    """The verdict on one submission with its accepted rows, typed, by sheet."""

    sheets: dict[str, StoredSheet] = field(default_factory=dict)


@dataclass(slots=True)
class Asked:
    """One sheet of the month with what was found in it so far."""

    batch: Batch
    teller: Teller
    told: list[Told]

    def refused(self) -> "np.ndarray":
        """Tell for each row whether it broke a check that refuses it."""
        import numpy as np

        is_refused = np.zeros(len(self.batch), dtype=bool)
        is_refused[[one.position for one in self.told if one.is_error]] = True
        return is_refused


def verdicts(
    contract: Contract,
    asked: Mapping[str, Asked],
    submissions: Submissions,
    earlier: Mapping[int, Sequence[Finding]],
) -> dict[int, Judged]:
    """Return what becomes of each submission; an error among its `earlier` findings refuses it."""
    sheets = [_Sheet(one) for one in asked.values()]
    return {key: _verdict(contract, key, sheets, list(earlier.get(key, ()))) for key in submissions}


class _Sheet:
    """One sheet of the month with everything that is wanted by submission."""

    def __init__(self, asked: Asked) -> None:
        self.name = asked.batch.sheet.name
        self.batch = asked.batch
        self.table = table(asked.batch)
        self.is_refused = asked.refused()
        self.told: dict[int, list[Told]] = defaultdict(list)
        for one in asked.told:
            self.told[one.finding.submission_id].append(one)
        self.normalisations: dict[int, list[Normalisation]] = defaultdict(list)
        for submission_id, normalisation in _normalisations(asked.batch):
            self.normalisations[submission_id].append(normalisation)

    def span(self, submission_id: int) -> range:
        """Return the positions of a submission's rows."""
        import numpy as np

        first, last = np.searchsorted(self.batch.submission, [submission_id, submission_id + 1])
        return range(int(first), int(last))

    def accepted(self, submission_id: int, is_refused: bool) -> "pa.Table":
        """Return the sound rows of a submission, typed; none where it is refused whole."""
        import pyarrow as pa

        span = self.span(submission_id)
        if is_refused:
            return self.table.slice(0, 0)
        return self.table.slice(span.start, len(span)).filter(pa.array(~self.is_refused[span.start : span.stop]))

    def quarantined(self, submission_id: int, otherwise: Sequence[str]) -> Iterator[Quarantined]:
        """Return the refused rows of a submission, and every other row too where there are rules `otherwise`."""
        rules: dict[int, set[str]] = defaultdict(set)
        for one in self.told[submission_id]:
            if one.is_error:
                rules[one.position].add(one.finding.rule)
        for position in self.span(submission_id) if otherwise else sorted(rules):
            raw = {name: cells.text(position) for name, cells in self.batch.cells.items()}
            yield Quarantined(self.name, int(self.batch.row[position]), raw, sorted(rules.get(position) or otherwise))


def _normalisations(batch: Batch) -> Iterator[tuple[int, Normalisation]]:
    """Return the mended cells of a sheet with their submission, column by column."""
    import numpy as np

    for name, cells in batch.cells.items():
        is_mended = np.array([one.became is not None for one in cells.parsed] + [False])
        for position in np.flatnonzero(is_mended[cells.typed]).tolist():
            text, parsed = str(cells.text(position)), cells.parsed[cells.typed[position]]
            value, became = (str(discreet_cell(batch.sheet, name, one)) for one in (text, str(parsed.became)))
            row = int(batch.row[position])
            mended = Normalisation(batch.sheet.name, row, name, value, became, str(parsed.note))
            yield int(batch.submission[position]), mended


def _verdict(contract: Contract, submission_id: int, sheets: Sequence[_Sheet], earlier: list[Finding]) -> Judged:
    told = [one.finding for sheet in sheets for one in sheet.told[submission_id]]
    refusing = sorted({one.rule for one in [*earlier, *told] if _refuses_return(one, earlier)})
    present = [sheet for sheet in sheets if len(sheet.span(submission_id))]
    accepted = {sheet.name: StoredSheet(sheet.accepted(submission_id, bool(refusing))) for sheet in present}
    findings = earlier + _in_order(contract, told)
    return Judged(
        submission_id=submission_id,
        state=_state(bool(refusing), findings),
        findings=findings,
        normalisations=[one for sheet in sheets for one in sheet.normalisations[submission_id]],
        quarantined=[row for sheet in sheets for row in sheet.quarantined(submission_id, refusing)],
        rows_read=sum(len(sheet.span(submission_id)) for sheet in sheets),
        rows_accepted=sum(sheet.table.num_rows for sheet in accepted.values()),
        header=_header(next(sheet for sheet in sheets if sheet.name == RETURN), submission_id),
        sheets=accepted,
    )


def _refuses_return(finding: Finding, earlier: Sequence[Finding]) -> bool:
    return finding.severity is Severity.ERROR and (finding.sheet == RETURN or finding in earlier)


def _state(is_refused: bool, findings: Sequence[Finding]) -> str:
    if is_refused:
        return "refused"
    return "queried" if any(one.severity is not Severity.NOTE for one in findings) else "accepted"


def _in_order(contract: Contract, findings: Sequence[Finding]) -> list[Finding]:
    """Return findings as the sheets and their columns go, and after them what follows from others."""
    sheets = {sheet.name: place for place, sheet in enumerate(contract.sheets)}
    columns = {
        (sheet.name, column.name): place for sheet in contract.sheets for place, column in enumerate(sheet.columns)
    }

    def place(one: Finding) -> tuple[bool, int, int, int, str, str]:
        at = columns.get((one.sheet or "", one.column or ""), -1)
        return one.caused_by is not None, sheets.get(one.sheet or "", -1), one.row or 0, at, one.rule, one.says

    return sorted(findings, key=place)


def _header(sheet: _Sheet, submission_id: int) -> dict[str, str | None]:
    """Return the RETURN row as normalised, by column; None where a cell is blank or cannot be read."""
    span = sheet.span(submission_id)
    if not span:
        return {}
    meanings = {name: cells.meaning(span.start) for name, cells in sheet.batch.cells.items()}
    return {
        name: None if one is None or one.value is None else one.became or one.text for name, one in meanings.items()
    }
