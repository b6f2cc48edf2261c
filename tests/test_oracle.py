"""The figures of the pipeline against a count of the same files in plain pandas, which shares no code with it."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pytest
from operating import Operation, a_file, read_here

from assets.indicate import indicate
from bench.oracle import figures_of
from bench.oracle.compare import compare, pipeline_figures, report
from dayops_pipeline.sample.folder import Order, prepared, write_sample
from makers import SERVICE, Cells, Sheets, a_return, a_row
from resources.settings import load_settings
from warehouse.connection import connect

FEBRUARY, MARCH = "2026-02", "2026-03"
"""The last months of a year: one held against one month of the baseline, the other against the mean of two."""

BEFORE = ("2020-01", "2020-02")
BLAENAU_GWENT, TORFAEN, MONMOUTHSHIRE = "W06000019", "W06000020", "W06000021"
HALL, HOUSE, FORMER = "DOS990001", "DOS990002", "W06000017"
"""Two services of odd returns, and a code that Rhondda Cynon Taf had before."""


@dataclass(frozen=True)
class Counted:
    """The figures of the same returns, as the pipeline and as the oracle counted them."""

    pipeline: pd.DataFrame
    oracle: pd.DataFrame


def sent(folder: Path) -> Path:
    """Make returns, of the baseline only the months that these are held against, and a provider's odd ones.

    Torfaen has no January in the baseline: it can be compared in February, and not in March.
    """
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("dayops_pipeline.sample.baseline.BASELINE_MONTHS", BEFORE)
        write_sample(prepared(Order(providers=4, months=(FEBRUARY, MARCH), seed=2)), folder)
    [january] = (path for path in folder.glob("*Torfaen*") if f"{BEFORE[0]} baseline" in path.name)
    january.unlink()
    for month in (FEBRUARY, MARCH):
        (folder / f"Hall {month}.xlsx").write_bytes(a_file(odd(month)))
    return folder


def odd(month: str) -> Sheets:
    """A return of a service that moves into the community within February, with cells that come and go.

    Another service of it has too few people for their recovery to be shown.
    """
    is_first = month == FEBRUARY
    moved = a_service(setting="COMMUNITY", tier="1", open_from="2026-02-16", places_per_session="6")
    services = [a_service(), moved] if is_first else [moved]
    services.append(a_service() | {"service_id": HOUSE, "service_la": BLAENAU_GWENT})
    came = {TORFAEN: 9, "SELF": 2, MONMOUTHSHIRE: 4} if is_first else {TORFAEN: 7, "SELF": 5, FORMER: 3}
    activity = [those(*one, is_first) for one in came.items()]
    activity.append(those(BLAENAU_GWENT, 2, is_first) | {"service_id": HOUSE})
    sheets = a_return("LITE", month, SERVICES=services, ACTIVITY=activity)
    if not is_first:
        whose = (("SELF", None), (TORFAEN, None), ("SELF", HALL))
        sheets["WAITING"] = [a_row("WAITING", commissioning_la=area, service_id=of) for area, of in whose]
        sheets["WORKFORCE"] = [a_row("WORKFORCE", service_la=TORFAEN)]
    for row in (row for rows in sheets.values() for row in rows if row.get("service_id") == SERVICE):
        row["service_id"] = HALL
    said = {"profile": "LITE", "period": month, "provider_id": "DOP99000", "lead_la": MONMOUTHSHIRE}
    return sheets | {"RETURN": [a_row("RETURN", **said, declared_on="2026-04-10")]}


def a_service(**changes: str) -> Cells:
    return a_row("SERVICES", service_la=TORFAEN, open_sessions_planned="40", open_sessions_held="40", **changes)


def those(commissioner: str, people: int, is_digital_known: bool) -> Cells:
    """The row of people whom an authority arranged support for, or who arranged it themselves."""
    counts = {"people_attended": str(people), "people_digital": "1" if is_digital_known else None}
    return a_row("ACTIVITY", commissioning_la=commissioner, **counts)


@pytest.fixture(scope="module")
def counted(scratch: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Counted]:
    """Returns of two months taken into the warehouse and measured, and counted again from the files."""
    folder = tmp_path_factory.mktemp("oracle")
    settings = load_settings(environ={}, file=folder / "none.toml", home=folder / "home", warehouse_url=scratch)
    operation = Operation(settings.model_copy(update={"returns": str(sent(folder / "in"))}))
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("resources.reading.run_in_children", read_here)
        operation.night()
    assert (
        operation.rows("select file_name, state from landing.submission where state not in ('accepted', 'queried')")
        == []
    )
    for month in (FEBRUARY, MARCH):
        indicate(operation.engine, settings, month)
    with connect(scratch).connect() as connection:
        yield Counted(pipeline_figures(connection), figures_of(folder / "in", settings))


def test_every_cell_is_what_counting_the_files_apart_from_the_pipeline_gives(counted: Counted) -> None:
    told = compare(counted.pipeline, counted.oracle)
    assert told.agrees, report(told)
    assert told.compared > 50_000


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
