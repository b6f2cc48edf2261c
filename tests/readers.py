"""Those who log in to the warehouse: the addresses and connections of real logins, over TCP and with a password.

Roles are the whole server's, and shared by all tests: a test that changes one needs a server of its own.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from sqlalchemy import make_url, text

from resources.embedded import EmbeddedServer
from warehouse import roles
from warehouse.connection import connect

PASSWORD = "as-good-as-any-other"


def give_logins(server: EmbeddedServer) -> None:
    """Let each role that may log in do so; workers come here at the same time, and the first does it."""
    engine = connect(server.url("postgres"))
    with engine.begin() as c:
        c.execute(text("select pg_advisory_xact_lock(2)"))
        there = roles.can_log_in(c)
        for role in roles.LOGINS:
            if role.name not in there:
                roles.give_login(c, role, PASSWORD)
    engine.dispose()


def address(url: str, role: str, password: str = PASSWORD) -> str:
    """Return the SQLAlchemy address of the same database for another user."""
    return make_url(url).set(username=role, password=password).render_as_string(hide_password=False)


@contextmanager
def connected(url: str, role: str, password: str = PASSWORD) -> Iterator[psycopg.Connection]:
    """Give a connection of `role`; each statement is a transaction."""
    plain = address(url, role, password).replace("postgresql+psycopg://", "postgresql://", 1)
    with psycopg.connect(plain, autocommit=True) as connection:
        yield connection
