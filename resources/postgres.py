"""The addresses of Postgres: of the server that is named in the settings, else of the embedded one.

How the embedded server is kept belongs in `embedded`; tables, roles and migrations in `warehouse`.
"""

import psycopg

from resources.embedded import DAGSTER, WAREHOUSE, EmbeddedServer, EmbeddedStatus, ServerError
from resources.settings import Settings

__all__ = [
    "EmbeddedStatus",
    "ServerError",
    "dagster_storage_url",
    "embedded_status",
    "stop_embedded",
    "warehouse_url",
]


def warehouse_url(settings: Settings) -> str:
    """Gives the warehouse's SQLAlchemy address, starting the embedded server where none is named."""
    if settings.warehouse_url is not None:
        return settings.warehouse_url.get_secret_value()
    return EmbeddedServer(settings.postgres_dir).started().url(WAREHOUSE)


def dagster_storage_url(settings: Settings) -> str:
    """Gives the address of Dagster's storage, for psycopg2: a database beside the warehouse, or a schema within it."""
    if settings.warehouse_url is not None:
        return _schema_within(settings.warehouse_url.get_secret_value(), DAGSTER)
    return _for_psycopg2(EmbeddedServer(settings.postgres_dir).started().url(DAGSTER))


def embedded_status(settings: Settings) -> EmbeddedStatus:
    """Says how the embedded server stands, without starting it."""
    return EmbeddedServer(settings.postgres_dir).status()


def stop_embedded(settings: Settings) -> None:
    """Stops the embedded server, if it runs; what it keeps stays."""
    EmbeddedServer(settings.postgres_dir).stop()


def _for_psycopg2(url: str) -> str:
    return url.replace("postgresql+psycopg://", "postgresql+psycopg2://", 1)


def _schema_within(url: str, schema: str) -> str:
    from sqlalchemy.engine import make_url

    address = make_url(url)
    with psycopg.connect(address.set(drivername="postgresql").render_as_string(hide_password=False)) as connection:
        connection.execute(f"create schema if not exists {schema}".encode())
    given = address.query.get("options", "")
    options = " ".join(filter(None, [given if isinstance(given, str) else " ".join(given), f"-csearch_path={schema}"]))
    return _for_psycopg2(address.update_query_dict({"options": options}).render_as_string(hide_password=False))
