"""The figures as Parquet: the rows of the tidy table, with the types that it declares.

Numbers are exact decimals, note codes are lists, texts that repeat are dictionaries. The same rows give the same bytes.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from resources.pack.labels import phrase_in_both
from resources.pack.plain import Row
from resources.pack.tables import Column, Kind, Table

if TYPE_CHECKING:
    import pyarrow as pa

_DIGITS = 18


def parquet_bytes(table: Table, rows: Sequence[Row]) -> bytes:
    """Return rows of `table` as a Parquet file; meanings of the columns, in both languages, stand in its schema."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    schema = pa.schema([_field(column) for column in table.columns])
    arrays = [_array(column, rows, schema.field(column.name).type) for column in table.columns]
    sink = pa.BufferOutputStream()
    pq.write_table(pa.Table.from_arrays(arrays, schema=schema), sink, compression="zstd", version="2.6")
    return sink.getvalue().to_pybytes()


def _array(column: Column, rows: Sequence[Row], kind: "pa.DataType") -> "pa.Array":
    import pyarrow as pa

    cells = [row[column.name] for row in rows]
    if column.kind is Kind.TEXT:
        return pa.array(cells, pa.string()).dictionary_encode().cast(kind)
    return pa.array(cells, kind)


def _field(column: Column) -> "pa.Field":
    import pyarrow as pa

    english, welsh = phrase_in_both(f"pack.column.{column.name}")
    meaning = {"description_en": english, "description_cy": welsh}
    return pa.field(column.name, _type(column), nullable=not column.is_required, metadata=meaning)


def _type(column: Column) -> "pa.DataType":
    import pyarrow as pa

    match column.kind:
        case Kind.TEXT:
            return pa.dictionary(pa.int32(), pa.string())
        case Kind.WHOLE:
            return pa.int32()
        case Kind.NUMBER:
            return pa.decimal128(_DIGITS, column.places)
        case Kind.DAY:
            return pa.date32()
        case Kind.CODES:
            return pa.list_(pa.string())
