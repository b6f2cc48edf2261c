"""The dimensions that have a history: providers and services, a row for each time that they were described alike.

They follow from the current returns, and are brought up to date with the figures of a month, so that analysts see both
change together. `measured_return` and `measured_service` say which returns the star's facts are of, and which version
of its provider and services each is about. How the star looks to analysts is in `star`.
"""

import re
from datetime import date
from functools import cache
from importlib import resources
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Date,
    ForeignKey,
    Index,
    Integer,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from expectations import contract
from expectations.sheets import RETURN, SERVICES
from warehouse import landing
from warehouse.columns import comment_of, is_nullable, type_of
from warehouse.metadata import metadata
from warehouse.tables import FACTS

OF_PROVIDER = ("provider_name_en", "provider_name_cy", "provider_sector", "lead_la")
"""What describes a provider: where one of these changes, a new version of it begins."""

OF_SERVICE = (
    "service_name_en",
    "service_name_cy",
    "site_postcode",
    "service_la",
    "setting",
    "tier",
    "client_group_main",
    "contract_type",
    "predecessor_service_id",
    "accessible_changing_place",
    "welsh_medium",
    "ciw_service_ref",
)
"""What describes a service, beside the provider that runs it."""

_STEPS = ("changed", "provider_version", "measured_return", "service_version", "measured_service", "tidy")


def _key(name: str, about: str, *more: Any, is_key: bool = False) -> Column[Any]:
    return Column(name, BigInteger, *more, primary_key=is_key, autoincrement=False, nullable=False, comment=about)


def _day(name: str, about: str, *, is_null: bool = False) -> Column[Any]:
    return Column(name, Date, nullable=is_null, comment=about)


def _as_returned(column: contract.Column) -> Column[Any]:
    of_area = (ForeignKey("core.area.area_code"),) if isinstance(column.kind, contract.Area) else ()
    return Column(column.name, type_of(column.kind), *of_area, nullable=is_nullable(column), comment=comment_of(column))


PROVIDER_VERSION = Table(
    "provider_version",
    metadata,
    _key("provider_key", "The number in provider_id, followed by valid_from as YYYYMMDD.", is_key=True),
    _as_returned(RETURN.column("provider_id")),
    _day("valid_from", "First day of the first month in which it was described like this."),
    _day("valid_to", "Last day on which it was; blank for the newest.", is_null=True),
    *(_as_returned(RETURN.column(name)) for name in OF_PROVIDER),
    UniqueConstraint("provider_id", "valid_from"),
    schema="core",
    comment="Each provider, a row for each time that its current returns described it alike.",
)

SERVICE_VERSION = Table(
    "service_version",
    metadata,
    _key("service_key", "The number in service_id, followed by valid_from as YYYYMMDD.", is_key=True),
    _as_returned(SERVICES.column("service_id")),
    _day("valid_from", "First day on which it was described like this."),
    _day("valid_to", "Last day on which it was; blank for the newest of a service that is open.", is_null=True),
    _as_returned(RETURN.column("provider_id")),
    *(_as_returned(SERVICES.column(name)) for name in OF_SERVICE),
    _as_returned(SERVICES.column("closed_on")),
    _as_returned(SERVICES.column("closure_reason")),
    UniqueConstraint("service_id", "valid_from"),
    schema="core",
    comment="Each service, a row for each time that current returns described it alike, whoever ran it.",
)

MEASURED_RETURN = Table(
    "measured_return",
    metadata,
    _key(
        "submission_id",
        "The submission.",
        ForeignKey(landing.Submission.submission_id, ondelete="CASCADE"),
        is_key=True,
    ),
    Column("period", Date, nullable=False, index=True, comment="First day of the month that it is about."),
    Column("month_key", Integer, nullable=False, comment="The same as YYYYMMDD."),
    _key("provider_key", "The version of its provider.", ForeignKey(PROVIDER_VERSION.c.provider_key)),
    Column(
        "verdict_sha256",
        Text,
        comment="SHA-256 of what had been found in it, to see whether it was judged anew since.",
        info={"is_running_number": True},
    ),
    schema="core",
    comment="The submissions that the figures are measured from: those that were current when they were.",
)

MEASURED_SERVICE = Table(
    "measured_service",
    metadata,
    _key(
        "submission_id",
        "The submission.",
        ForeignKey(MEASURED_RETURN.c.submission_id, ondelete="CASCADE"),
        is_key=True,
    ),
    Column("service_id", Text, primary_key=True, comment="The service."),
    _key("service_key", "The version of the service.", ForeignKey(SERVICE_VERSION.c.service_key)),
    Column(
        "service_la",
        Text,
        ForeignKey("core.area.area_code"),
        nullable=False,
        comment="The authority in which it was by that return.",
    ),
    schema="core",
    comment="Which version of each service the submissions that figures are measured from are about.",
)


Index(None, SERVICE_VERSION.c.predecessor_service_id)
Index(None, FACTS["SERVICES"].c.service_id, FACTS["SERVICES"].c.period)


def refresh(c: Connection, period: date) -> None:
    """Bring providers, services and the star's facts up to the current returns of the month.

    Only what the returns that changed since are about is looked at, and of that only what they describe in another way
    than before: a month costs the same however many months there are.
    """
    for step in _STEPS:
        for statement in _statements(step):
            c.execute(text(statement), {"period": period} if ":period" in statement else {})


@cache
def _statements(step: str) -> tuple[str, ...]:
    file = resources.files("warehouse") / "dimension_sql" / f"{step}.sql"
    statements = _DESCRIBING.sub(_described, file.read_text(encoding="utf-8"))
    return tuple(part for part in statements.split(";\n") if part.strip())


_DESCRIBING = re.compile(r"\{(?P<row>\w+\.)?of_(?P<what>provider|service)\}")


def _described(found: re.Match[str]) -> str:
    """Return the columns that describe a provider or a service, of the row that is named before the point if one is."""
    columns = {"provider": OF_PROVIDER, "service": OF_SERVICE}[found["what"]]
    return ", ".join(f"{found['row'] or ''}{column}" for column in columns)
