"""What a house holds: made-up returns make way for real ones, and real ones for nothing."""

from pathlib import Path

import click
import pytest
import sqlalchemy as sa

from dayops_pipeline.cli import holding
from resources.settings import Settings
from warehouse.connection import connect


def sources(settings: Settings, folder: str) -> Settings:
    return settings.model_copy(update={"returns": folder})


def address(settings: Settings) -> str:
    assert settings.warehouse_url is not None
    return settings.warehouse_url.get_secret_value()


def fill(settings: Settings) -> Path:
    book = settings.archive_dir / "deliveries.jsonl"
    book.parent.mkdir(parents=True, exist_ok=True)
    book.write_text("")
    return book


def take_in(settings: Settings, folder: str, *, is_made_up: bool) -> bool:
    taken = sources(settings, folder)
    return holding.take_in(taken, address(settings), is_made_up=is_made_up)


def has_tables(settings: Settings) -> bool:
    with connect(address(settings)).connect() as connection:
        return connection.execute(sa.text("select to_regclass('landing.submission')")).scalar() is not None


def test_what_was_taken_in_last_is_remembered(settings: Settings) -> None:
    assert holding.held(settings) is None
    assert not take_in(settings, "/sample", is_made_up=True)
    held = holding.held(settings)
    assert held is not None
    assert (held.returns, held.is_made_up) == ("/sample", True)


def test_made_up_returns_are_cleared_when_real_ones_come(settings: Settings) -> None:
    take_in(settings, "/sample", is_made_up=True)
    book = fill(settings)
    assert take_in(settings, "/returns", is_made_up=False)
    assert not book.exists()
    assert not has_tables(settings)


def test_the_same_made_up_returns_again_clear_nothing(settings: Settings) -> None:
    take_in(settings, "/sample", is_made_up=True)
    book = fill(settings)
    assert not take_in(settings, "/sample", is_made_up=True)
    assert book.exists()
    assert has_tables(settings)


@pytest.mark.parametrize("is_noted", [True, False])
def test_real_returns_never_make_way_for_made_up_ones(settings: Settings, is_noted: bool) -> None:
    if is_noted:
        take_in(settings, "/returns", is_made_up=False)
    book = fill(settings)
    with pytest.raises(click.UsageError, match="holds real returns"):
        take_in(settings, "/sample", is_made_up=True)
    assert book.exists()
    assert has_tables(settings)


def test_real_returns_may_come_from_another_folder_and_nothing_is_cleared(settings: Settings) -> None:
    take_in(settings, "/returns", is_made_up=False)
    book = fill(settings)
    assert not take_in(settings, "/other", is_made_up=False)
    assert book.exists()


def test_a_warehouse_that_did_not_hold_the_made_up_returns_is_left_alone(settings: Settings) -> None:
    holding.take_in(sources(settings, "/sample"), "postgresql://elsewhere/dayops", is_made_up=True)
    with pytest.raises(click.UsageError, match="was another one"):
        take_in(settings, "/returns", is_made_up=False)
    assert has_tables(settings)


def test_an_address_that_may_hold_a_password_is_not_written_down(settings: Settings) -> None:
    take_in(settings, "sftp://me:secret@host/returns", is_made_up=False)
    assert holding.held(settings) is None
    assert not [path for path in settings.home.rglob("*") if path.is_file() and b"secret" in path.read_bytes()]
