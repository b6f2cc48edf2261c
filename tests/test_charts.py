"""Charts and readers: ten charts show something on made data, and a reader sees one release in one transaction."""

from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from bench.readers import MONTH, Seen, compare, publish_under_readers
from bench.star import chart_queries, fill, percentile_95, report, timings
from readers import address
from warehouse.connection import connect
from warehouse.protection import protect
from warehouse.roles import PUBLIC


@pytest.fixture
def nation(database: str, logins: None) -> Iterator[sa.Engine]:
    """A warehouse with two years of made returns of a few providers."""
    engine = connect(database)
    fill(engine, months=25, providers=5)
    with engine.begin() as c:
        protect(c, MONTH)
    yield engine
    engine.dispose()


def test_every_chart_shows_something_and_is_told_with_its_seconds(nation: sa.Engine) -> None:
    taken = timings(nation, runs=2)
    assert len(taken) == 10
    assert list(taken) == list(chart_queries())
    assert 0 < percentile_95(taken) <= max(seconds for runs in taken.values() for seconds in runs)
    assert "95th percentile" in report(taken, {"fct_activity": 1})


def test_a_reader_sees_one_release_in_one_transaction_while_others_are_published(nation: sa.Engine) -> None:
    public = sa.make_url(address(nation.url.render_as_string(hide_password=False), PUBLIC))
    seen = publish_under_readers(nation, public, releases=5, readers=4)
    assert seen.troubles == []
    assert len(seen.releases) > 1
    assert seen.transactions > 8


@pytest.mark.parametrize(
    "answers",
    [
        (("r1", 9, 1, "r1", 5), ("r2", 9, 1, "r2", 6)),
        (("r1", 9, 2, "r1", 5), ("r1", 9, 2, "r1", 5)),
        (("r2", 9, 1, "r1", 5), ("r2", 9, 1, "r1", 5)),
    ],
    ids=["another the second time", "two at once", "figures of another"],
)
def test_two_releases_in_one_transaction_would_be_told(answers: tuple[tuple[object, ...], ...]) -> None:
    seen = Seen()
    compare(seen, *answers)
    assert len(seen.troubles) == 1
