"""*Publish*: protected indicators become a release: frozen in the warehouse, and a folder of files.

A month that says nothing new keeps its last release. Every release is a draft so far, and says so.
"""

import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import dagster as dg

from assets.periods import MONTHS, OWNERS
from resources.house import House

if TYPE_CHECKING:
    import sqlalchemy as sa


def publish(engine: "sa.Engine", release_dir: Path, period: str) -> dict[str, Any]:
    """Release the month if it says something new; return what there is to tell of the release in force."""
    from expectations.months import first_day
    from warehouse.basis import note_released
    from warehouse.release import as_markdown, freeze, headlines

    month = first_day(period)
    with engine.begin() as connection:
        made = freeze(connection, month, release_dir)
        note_released(connection, month)
        table = as_markdown(headlines(connection, month))
    if made is None:
        return {"figures": 0}
    return {
        "release": made.release_id,
        "is_new": made.is_new,
        "figures": made.figures,
        "content_sha256": made.content_sha256,
        "folder": dg.MetadataValue.path(str(made.folder)),
        "wales": dg.MetadataValue.md(table),
    }


@dg.asset(
    partitions_def=MONTHS,
    deps=["protected_indicators"],
    group_name="publish",
    kinds={"postgres", "csv"},
    owners=OWNERS,
)
def release(context: dg.AssetExecutionContext, house: House) -> dg.MaterializeResult:
    """A frozen release of the month's protected figures with its files, made only where it says something new."""
    from warehouse.connection import connect

    began = time.perf_counter()
    told = publish(connect(house.warehouse_url()), house.settings().release_dir, context.partition_key)
    return dg.MaterializeResult(metadata={**told, "seconds": round(time.perf_counter() - began, 2)})
