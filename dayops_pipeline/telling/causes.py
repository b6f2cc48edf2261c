"""Why a run failed, in one line that anyone may read: never a value of a return, a statement or an address.

Only what dayops itself says of an error is repeated, since its errors quote no values. Of any other error its kind
alone is told; the run's page has the rest, for those who may see it.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import dagster as dg

if TYPE_CHECKING:
    from dagster_shared.error import SerializableErrorInfo

OURS = frozenset(
    {
        "LedgerError",
        "LoadError",
        "PersonKeyError",
        "ReleaseError",
        "RetentionError",
        "RolesError",
        "ServerError",
        "SettingsError",
        "SourceError",
    }
)
"""Errors of ours whose words tell no value."""

_LONGEST = 300


def cause_of(instance: dg.DagsterInstance, run_id: str) -> str:
    """Return why a run failed, in one line."""
    asked = instance.get_records_for_run(run_id, of_type=dg.DagsterEventType.STEP_FAILURE, limit=1)
    for record in asked.records:
        event = record.event_log_entry.dagster_event
        if event is not None and event.step_failure_data.error is not None:
            return f"{event.step_key or 'a step'}: {told(event.step_failure_data.error)}"
    return "its process was stopped, or it could not be started"


def told(error: "SerializableErrorInfo") -> str:
    """Return what may be told of an error: the words of one of ours, else its kind."""
    from expectations.written import discreet

    chain = list(_chain(error))
    for one in chain:
        if one.cls_name in OURS:
            words = one.message.strip().partition("\n")[0].partition(": ")[2]
            return (discreet(words) or "")[:_LONGEST] or str(one.cls_name)
    return f"an error of the kind {chain[-1].cls_name}; the run's page says more"


def _chain(error: "SerializableErrorInfo") -> "Iterator[SerializableErrorInfo]":
    """Yield an error and what it was caused by."""
    one: SerializableErrorInfo | None = error
    while one is not None:
        yield one
        one = one.cause
