"""The grid of arrivals: for each month and provider what came last, kept in step with the ledger without any run.

What a cell was last told is read from Dagster itself, by the data version of its last event: nothing else is kept, and
what was lost on the way is told again. No value of a return and no name is told.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import astuple, dataclass, replace
from datetime import UTC
from typing import TYPE_CHECKING

import dagster as dg

from assets.collect import PROVIDERS, provider_returns
from assets.periods import MONTHS
from resources.house import House

if TYPE_CHECKING:
    from warehouse.ledger import Arrival

AT_ONCE = 200
"""Events of one tick: each takes the daemon about 26 ms."""

_VERSION = "dagster/data_version"
_ENDED = [dg.DagsterRunStatus.SUCCESS, dg.DagsterRunStatus.FAILURE, dg.DagsterRunStatus.CANCELED]


@dataclass(frozen=True, slots=True)
class Behind:
    """What the grid does not show yet: cells, the newest month first, and providers that are new in the register."""

    cells: "Sequence[Arrival]"
    providers: Sequence[str]


def last_ended(instance: dg.DagsterInstance) -> str | None:
    """Return a mark of the run that ended last, whatever its job; the ledger changes in runs alone."""
    filters = dg.RunsFilter(statuses=_ENDED)
    last = instance.get_run_records(filters, limit=1, order_by="update_timestamp")
    return f"{last[0].dagster_run.run_id} {last[0].update_timestamp.isoformat()}" if last else None


def behind(house: House, instance: dg.DagsterInstance) -> Behind:
    """Hold the ledger against what the grid shows."""
    from warehouse import ledger
    from warehouse.connection import connect

    with connect(house.warehouse_url()).begin() as connection:
        arrived = ledger.arrived(connection)
        registered = ledger.registered_providers(connection)
    months, shown = set(MONTHS.get_partition_keys()), _shown(instance)
    cells = [one for one in arrived if one.period in months and shown.get(_cell(one)) != version(one)]
    return Behind(cells, sorted({*registered} - {*instance.get_dynamic_partitions(str(PROVIDERS.name))}))


def event(one: "Arrival") -> dg.AssetMaterialization:
    """Return what Dagster is told of one cell."""
    told = {
        "state": one.state,
        "submission": one.submission_no,
        "received_at": dg.MetadataValue.timestamp(one.received_at),
        "standing_submission": one.standing_no,
        "errors": one.errors,
        "queries": one.queries,
        "notes": one.notes,
    }
    return dg.AssetMaterialization(
        provider_returns.key,
        partition=_cell(one),
        metadata={name: value for name, value in told.items() if value is not None},
        tags={_VERSION: version(one)},
    )


def version(one: "Arrival") -> str:
    """Return a name for all that a cell is told."""
    told = replace(one, received_at=one.received_at.astimezone(UTC))
    return hashlib.sha256(repr(astuple(told)).encode()).hexdigest()[:16]


def _cell(one: "Arrival") -> dg.MultiPartitionKey:
    return dg.MultiPartitionKey({"month": one.period, "provider": one.provider_id})


def _shown(instance: dg.DagsterInstance) -> dict[str, str]:
    """Return the data version of each cell's last event."""
    made = dg.DagsterEventType.ASSET_MATERIALIZATION
    tags = instance.event_log_storage.get_latest_tags_by_partition(provider_returns.key, made, [_VERSION])
    return {cell: told[_VERSION] for cell, told in tags.items() if _VERSION in told}
