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
    "share_dagster_storage",
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


def share_dagster_storage(settings: Settings, role: str) -> None:
    """Lets `role` keep Dagster's storage within the server that is named; the embedded one has a database for it."""
    if settings.warehouse_url is None:
        return
    _schema_within(settings.warehouse_url.get_secret_value(), DAGSTER)
    with _connected(settings.warehouse_url.get_secret_value()) as connection:
        connection.execute(f"grant usage, create on schema {DAGSTER} to {role}".encode())
        connection.execute(f"grant all on all tables in schema {DAGSTER} to {role}".encode())
        connection.execute(f"grant all on all sequences in schema {DAGSTER} to {role}".encode())


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
    with _connected(url) as connection:
        # Asked first, because the loader may not make one, even where it is there already.
        if connection.execute("select to_regnamespace(%s)", [schema]).fetchone() == (None,):
            connection.execute(f"create schema if not exists {schema}".encode())
    given = address.query.get("options", "")
    options = " ".join(filter(None, [given if isinstance(given, str) else " ".join(given), f"-csearch_path={schema}"]))
    return _for_psycopg2(address.update_query_dict({"options": options}).render_as_string(hide_password=False))


def _connected(url: str) -> psycopg.Connection:
    from sqlalchemy.engine import make_url

    return psycopg.connect(make_url(url).set(drivername="postgresql").render_as_string(hide_password=False))
