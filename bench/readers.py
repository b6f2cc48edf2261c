"""`make bench-readers`: releases published one after another while readers read them, each within one transaction.

A reader logs in as the public does. In each transaction it asks twice, with a pause between, what is released of one
month; both answers must be the same, of one release, and as many figures as that release has. No query may fail.
"""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

import click
import psycopg
import sqlalchemy as sa

from bench.star import a_warehouse, address_as, fill

MONTH = date(2026, 8, 1)

_ASKED = """
    select
        (select release_id from latest_release where period = %(month)s) as release_id,
        count(*) as figures,
        count(distinct figure.release_id) as releases,
        min(figure.release_id) as told,
        sum(figure.value) as total
    from latest_indicator as figure
    where figure.period_kind = 'month' and figure.period_start = %(month)s
"""

_OTHER_VALUES = sa.text("""
    update mart_v1.protected_indicator set value = value + 5
    where period_kind = 'month' and period_start = :month and value is not null
""")


@dataclass(slots=True)
class Seen:
    """What the readers saw: transactions, releases, and where one saw two releases, half of one, or an error."""

    transactions: int = 0
    releases: set[str] = field(default_factory=set)
    troubles: list[str] = field(default_factory=list)


def publish_under_readers(engine: sa.Engine, public: sa.URL, releases: int, readers: int) -> Seen:
    """Publish `releases` of a month that has figures, each with other ones, under so many `readers` at `public`."""
    address = public.set(drivername="postgresql").render_as_string(hide_password=False)
    seen, over = Seen(), threading.Event()
    with engine.begin() as connection:
        _publish(connection)
    with _reading(address, readers, seen, over):
        for _ in range(releases):
            with engine.begin() as connection:
                connection.execute(_OTHER_VALUES, {"month": MONTH})
                _publish(connection)
    return seen


def _publish(connection: sa.Connection) -> None:
    """Prepare a release and approve it for this very moment."""
    from warehouse import approval, release

    made, now = release.freeze(connection, MONTH), datetime.now(UTC)
    if made is not None:
        given = approval.Approval(by="bench", at=now, publish_at=now, reason="other values")
        approval.approve(connection, made.release_id, given)


@contextmanager
def _reading(address: str, readers: int, seen: Seen, over: threading.Event) -> Iterator[None]:
    threads = [threading.Thread(target=_read, args=(address, seen, over)) for _ in range(readers)]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        over.set()
        for thread in threads:
            thread.join()


def _read(address: str, seen: Seen, over: threading.Event) -> None:
    try:
        with psycopg.connect(address) as connection:
            while not over.is_set():
                with connection.transaction():
                    compare(seen, *(_asked(connection) for _ in range(2)))
    except psycopg.Error as error:
        seen.troubles.append(f"{type(error).__name__}: {error}")


def _asked(connection: psycopg.Connection) -> tuple[object, ...]:
    time.sleep(0.01)
    return connection.execute(_ASKED, {"month": MONTH}).fetchone() or ()


def compare(seen: Seen, first: tuple[object, ...], second: tuple[object, ...]) -> None:
    """Note in `seen` what two answers within one transaction say, and what they should not."""
    seen.transactions += 1
    seen.releases.add(str(first[0]))
    if first != second:
        seen.troubles.append(f"two answers in one transaction: {first} and {second}")
    if first[2] != 1 or first[0] != first[3]:
        seen.troubles.append(f"not one release in one answer: {first}")


@click.command()
@click.option("--releases", default=50, show_default=True, help="Releases to publish.")
@click.option("--readers", default=8, show_default=True, help="Readers at a time.")
def readers(releases: int, readers: int) -> None:
    """Publish under readers; exit code 1 where one of them saw what it should not."""
    from warehouse.protection import protect
    from warehouse.roles import PUBLIC

    with a_warehouse() as engine:
        fill(engine, months=4, providers=60)
        with engine.begin() as connection:
            protect(connection, MONTH)
        seen = publish_under_readers(engine, address_as(engine, PUBLIC), releases, readers)
    click.echo(
        f"bench-readers: {releases} releases under {readers} readers: {seen.transactions:,} transactions that saw "
        f"{len(seen.releases)} releases; troubles: {len(seen.troubles)}"
    )
    for trouble in seen.troubles[:10]:
        click.echo(f"  {trouble}")
    raise SystemExit(bool(seen.troubles) or len(seen.releases) < 2)


if __name__ == "__main__":
    readers()
