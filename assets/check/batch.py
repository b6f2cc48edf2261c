"""One sheet of a month, all submissions together: cells by distinct text, so that each text is understood once.

From a batch come the frame that the suites ask, and the typed table that the joins and the warehouse take.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from expectations.contract import ROW, Amount, Area, Column, Count, Day, Flag, Kind, Month, Sheet
from expectations.written import Parsed, Value, parse

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    import pyarrow as pa

    from resources.restricted import StoredSheet

_INT64_DIGITS = 18
_DECIMAL_DIGITS = 18


@dataclass(frozen=True, slots=True)
class Cells:
    """One column: its distinct texts as typed, what each means, and which of them stands in each row (-1: none).

    `read` leaves out the cells that have a problem of their own, such as an error value; `typed` has them too.
    """

    column: Column
    texts: list[str]
    parsed: list[Parsed]
    typed: "np.ndarray"
    read: "np.ndarray"

    def text(self, position: int) -> str | None:
        """Return the text in the `position`th row as it was typed; None where the cell is blank."""
        code = int(self.typed[position])
        return None if code < 0 else self.texts[code]

    def meaning(self, position: int) -> Parsed | None:
        """Return what the cell in the `position`th row means; None where it is blank or could not be read at all."""
        code = int(self.read[position])
        return None if code < 0 else self.parsed[code]


@dataclass(frozen=True, slots=True)
class Batch:
    """One sheet of a month: who sent each row, which of their rows it is, and its cells by column."""

    sheet: Sheet
    submission: "np.ndarray"
    row: "np.ndarray"
    cells: Mapping[str, Cells]

    def __len__(self) -> int:
        return len(self.row)

    def positions(self) -> dict[tuple[int, int], int]:
        """Return the position of each row by its submission and its number in their sheet."""
        keys = zip(self.submission.tolist(), self.row.tolist(), strict=True)
        return {key: position for position, key in enumerate(keys)}


def gather(sheet: Sheet, stored: "Mapping[int, StoredSheet]") -> Batch:
    """Return the rows of `sheet` of all submissions, in order of submission."""
    import numpy as np

    tables = {submission_id: stored[submission_id].table for submission_id in sorted(stored)}
    counts = [table.num_rows for table in tables.values()]
    submission = np.repeat(np.array(list(tables), dtype=np.int64), counts)
    rows = [table.column(ROW).to_numpy() for table in tables.values()]
    row = np.concatenate([np.empty(0, dtype=np.int32), *rows]).astype(np.int32)
    cells = {column.name: _cells(column, tables) for column in sheet.columns}
    return Batch(sheet, submission, row, cells)


def without(batch: Batch, spoilt: Mapping[str, list[int]]) -> Batch:
    """Return the batch with the cells at the positions in `spoilt`, by column, taken as unread."""
    return replace(batch, cells={name: _unread(cells, spoilt.get(name, [])) for name, cells in batch.cells.items()})


def _unread(cells: Cells, positions: list[int]) -> Cells:
    if not positions:
        return cells
    read = cells.read.copy()
    read[positions] = -1
    return replace(cells, read=read)


def _cells(column: Column, tables: "Mapping[int, pa.Table]") -> Cells:
    import numpy as np
    import pyarrow as pa

    chunks = [_text_of(table, column.name) for table in tables.values()]
    encoded = pa.chunked_array(chunks, pa.string()).combine_chunks().dictionary_encode() if chunks else None
    if encoded is None:
        return Cells(column, [], [], np.empty(0, dtype=np.int32), np.empty(0, dtype=np.int32))
    texts = [str(text) for text in encoded.dictionary.to_pylist()]
    parsed = [parse(column.kind, text) for text in texts]
    typed = encoded.indices.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int32)
    blank = np.array([not one.text for one in parsed] + [True])
    return Cells(column, texts, parsed, typed, np.where(blank[typed], -1, typed))


def _text_of(table: "pa.Table", name: str) -> "pa.Array":
    import pyarrow as pa

    if name not in table.column_names:
        return pa.nulls(table.num_rows, pa.string())
    return table.column(name).cast(pa.string()).combine_chunks()


# --- the frame that is asked ------------------------------------------------------------------------------------------


def frame(batch: Batch) -> "pd.DataFrame":
    """Return the batch as the suites ask it."""
    import pandas as pd

    from expectations.suites import NAMED, SUBMISSION, VALUE

    columns: dict[str, Any] = {SUBMISSION: batch.submission}
    for name, cells in batch.cells.items():
        columns[name] = _categorical([one.text for one in cells.parsed], cells.read)
        columns[name + VALUE] = _asked_value(cells)
        if isinstance(cells.column.kind, Area):
            columns[name + NAMED] = _categorical([one.named for one in cells.parsed], cells.read)
    return pd.DataFrame(columns, index=pd.RangeIndex(len(batch)))


def _asked_value(cells: Cells) -> Any:
    import numpy as np

    match cells.column.kind:
        case Count() | Amount():
            numbers = [np.nan if one.value is None else float(one.value) for one in cells.parsed]  # type: ignore[arg-type]
            return np.array([*numbers, np.nan])[cells.read]
        case Day() | Month():
            days = [one.value if isinstance(one.value, date) else "NaT" for one in cells.parsed]
            return np.array([*days, "NaT"], dtype="datetime64[s]")[cells.read]
        case Flag():
            return _categorical([None if one.value is None else one.text for one in cells.parsed], cells.read)
        case _:
            return _categorical([_words(one.value) for one in cells.parsed], cells.read)


def _words(value: Value | None) -> str | None:
    return None if value is None else str(value)


def _categorical(texts: list[str | None], codes: "np.ndarray") -> "pd.Categorical":
    """Return a column of words; two spellings that were normalised to one word become one category."""
    import numpy as np
    import pandas as pd

    categories = list(dict.fromkeys(text for text in texts if text is not None))
    places = {text: place for place, text in enumerate(categories)}
    moved = np.array([-1 if text is None else places[text] for text in texts] + [-1], dtype=np.int32)
    return pd.Categorical.from_codes(moved[codes], pd.Index(categories, dtype="str"))


# --- the table that is kept -------------------------------------------------------------------------------------------


def table(batch: Batch) -> "pa.Table":
    """Return the batch typed as the warehouse wants it, null where a cell is blank or cannot be read, with `_row`."""
    import pyarrow as pa

    columns = {name: _typed(cells) for name, cells in batch.cells.items()}
    return pa.table({**columns, ROW: pa.array(batch.row, pa.int32())})


def arrow_type(kind: Kind) -> "pa.DataType":
    """Return the type in which a column of `kind` is kept."""
    import pyarrow as pa

    match kind:
        case Count():
            return pa.int64()
        case Amount(places=places):
            return pa.decimal128(_DECIMAL_DIGITS, places)
        case Day() | Month():
            return pa.date32()
        case Flag():
            return pa.bool_()
        case _:
            return pa.string()


def _typed(cells: Cells) -> "pa.Array":
    import numpy as np
    import pyarrow as pa

    values = [_kept(cells.column.kind, one.value) for one in cells.parsed]
    distinct = pa.array([*values, None], arrow_type(cells.column.kind))
    return distinct.take(np.where(cells.read < 0, len(values), cells.read))


def _kept(kind: Kind, value: Value | None) -> Value | None:
    """Return a value that its type can hold; one that it cannot is refused by the bounds of every column."""
    match kind:
        case Count():
            return value if isinstance(value, int) and abs(value) < 10**_INT64_DIGITS else None
        case Amount(places=places):
            fits = isinstance(value, Decimal) and abs(value) < 10 ** (_DECIMAL_DIGITS - places)
            return value if fits else None
        case _:
            return value
