"""How the Dagster UI is shown what a stage knows: tables, the columns of tables, and what they are made of.

Only counts, codes and places are shown, never what stands in a return.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import dagster as dg

if TYPE_CHECKING:
    import sqlalchemy as sa

Cell = str | int | float | None


def table(kinds: Mapping[str, str], rows: Iterable[Sequence[Cell]]) -> dg.TableMetadataValue:
    """Return a table whose columns are of these `kinds` (string, int, float) by name."""
    return dg.TableMetadataValue(
        records=[dg.TableRecord(dict(zip(kinds, row, strict=True))) for row in rows],
        schema=dg.TableSchema(columns=[dg.TableColumn(name, kind) for name, kind in kinds.items()]),
    )


def share_pct(part: int, whole: int) -> float:
    """Return `part` of `whole` in per cent; none of nothing is 0."""
    return round(100 * part / whole, 3) if whole else 0.0


def schema_of(kept: "sa.Table") -> dg.TableSchema:
    """Return the columns of a table of the warehouse, each with what the catalogue says of it."""
    return dg.TableSchema(
        columns=[
            dg.TableColumn(
                column.name,
                str(column.type).lower(),
                column.comment,
                dg.TableColumnConstraints(nullable=bool(column.nullable)),
            )
            for column in kept.columns
        ]
    )


def lineage_of(kept: "sa.Table", made_of: "Sequence[tuple[str, sa.Table]]") -> dg.TableColumnLineage:
    """Return which columns of earlier assets' tables each column comes from: in these, one name means one thing."""
    deps: dict[str, list[dg.TableColumnDep]] = {}
    for column in kept.columns:
        source = next((asset for asset, table in made_of if column.name in table.columns), None)
        if source:
            deps[column.name] = [dg.TableColumnDep(asset_key=dg.AssetKey(source), column_name=column.name)]
    return dg.TableColumnLineage(deps_by_column=deps)


def table_metadata(kept: "sa.Table", rows: int, made_of: "Sequence[tuple[str, sa.Table]]" = ()) -> dict[str, Any]:
    """Return what Dagster shows of a partition of a table: its columns, what they come from, and its rows."""
    told: dict[str, Any] = {
        "dagster/column_schema": schema_of(kept),
        "dagster/partition_row_count": rows,
    }
    return told | ({"dagster/column_lineage": lineage_of(kept, made_of)} if made_of else {})
