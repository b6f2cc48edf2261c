"""The figures of the pipeline against a count of the same files in plain pandas, which shares no code with it."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pytest
from operating import Operation, read_here

from assets.indicate import indicate
from bench.oracle import figures_of
from bench.oracle.compare import compare, pipeline_figures, report
from dayops_pipeline.sample.folder import Order, prepared, write_sample
from resources.settings import load_settings
from warehouse.connection import connect

MONTHS = ("2026-03", "2026-04")
"""The last month of a year, held against the mean of two months, and the first of the next, held against one."""

BEFORE = ("2019-04", "2020-01", "2020-02")


@dataclass(frozen=True)
class Counted:
    """The figures of the same returns, as the pipeline and as the oracle counted them."""

    pipeline: pd.DataFrame
    oracle: pd.DataFrame


def sent(folder: Path) -> Path:
    """Make returns, and of the baseline only the months that these are held against."""
    write_sample(prepared(Order(providers=6, months=MONTHS, seed=2)), folder)
    for path in folder.glob("*baseline*"):
        if not any(month in path.name for month in BEFORE):
            path.unlink()
    return folder


@pytest.fixture(scope="module")
def counted(scratch: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Counted]:
    """Returns of two months taken into the warehouse and measured, and counted again from the files."""
    folder = tmp_path_factory.mktemp("oracle")
    settings = load_settings(environ={}, file=folder / "none.toml", home=folder / "home", warehouse_url=scratch)
    operation = Operation(settings.model_copy(update={"returns": str(sent(folder / "in"))}))
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("resources.reading.run_in_children", read_here)
        operation.night()
    for month in MONTHS:
        indicate(operation.engine, settings, month)
    with connect(scratch).connect() as connection:
        yield Counted(pipeline_figures(connection), figures_of(folder / "in", settings))


def test_every_cell_is_what_counting_the_files_apart_from_the_pipeline_gives(counted: Counted) -> None:
    told = compare(counted.pipeline, counted.oracle)
    assert told.agrees, report(told)
    assert told.compared > 100_000


def test_every_indicator_has_a_value_that_is_compared(counted: Counted) -> None:
    known = counted.oracle[counted.oracle["value"] > 0]
    assert known["indicator_id"].nunique() == 30


def test_a_cell_that_differs_is_named(counted: Counted) -> None:
    is_changed = counted.pipeline["indicator_id"].eq("DO07") & counted.pipeline["category"].eq("LD")
    value = counted.pipeline["value"].mask(is_changed, counted.pipeline["value"] * (1 + 1e-8))
    told = compare(counted.pipeline.assign(value=value), counted.oracle)
    assert not told.agrees
    assert len(told.differing) == (is_changed & value.notna()).sum() > 0
    assert "DO07" in report(told)


def test_a_figure_that_only_one_side_has_is_named(counted: Counted) -> None:
    told = compare(counted.pipeline.iloc[1:], counted.oracle.iloc[:-1])
    assert not told.agrees
    assert (len(told.only_oracle), len(told.only_pipeline)) == (1, 1)
