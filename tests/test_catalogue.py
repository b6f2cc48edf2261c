"""What the Dagster UI is told of every asset, job, schedule and sensor, so that nothing in it stands unexplained."""

from typing import Any

import dagster as dg
import pytest

from assets.shown import lineage_of, schema_of, share_pct
from dayops_pipeline.catalogue import KEPT_IN, TABLES
from dayops_pipeline.definitions import build
from expectations.sheets import SHEETS
from resources.house import House
from warehouse.columns import type_of
from warehouse.figures import indicator, protected_indicator
from warehouse.metadata import metadata
from warehouse.tables import FACTS
from warehouse.views import all_views


@pytest.fixture(scope="module")
def definitions() -> dg.Definitions:
    return build(House())


def the_asset(definitions: dg.Definitions, name: str) -> dg.AssetSpec:
    return next(one for one in definitions.resolve_all_asset_specs() if one.key.to_user_string() == name)


def test_every_asset_says_what_it_is_whose_it_is_and_where_in_the_walk(definitions: dg.Definitions) -> None:
    for asset in definitions.resolve_all_asset_specs():
        assert asset.description, asset.key
        assert asset.owners == ["team:data-engineering"], asset.key
        assert asset.kinds, asset.key
        assert asset.group_name != "default", asset.key


def test_every_job_schedule_sensor_and_check_says_what_it_is(definitions: dg.Definitions) -> None:
    repository = definitions.get_repository_def()
    jobs = [job for job in repository.get_all_jobs() if not job.name.startswith("__")]
    graph = repository.asset_graph
    checks: list[Any] = [graph.get_check_spec(key) for key in graph.asset_check_keys]
    named = [*jobs, *repository.schedule_defs, *repository.sensor_defs, *checks]
    assert [one.name for one in named if not one.description] == []


def test_every_stage_leads_to_its_code(definitions: dg.Definitions) -> None:
    graph = definitions.resolve_asset_graph()
    stages = [one for one in definitions.resolve_all_asset_specs() if graph.get(one.key).is_executable]
    assert len(stages) > 9
    assert all("dagster/code_references" in one.metadata for one in stages)


def test_code_is_a_link_where_it_is_known_where_it_is_on_the_web(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DAYOPS_CODE_URL", "https://git.example.org/dayops/blob/main")
    told = the_asset(build(House()), "read_returns").metadata["dagster/code_references"]
    [reference] = told.code_references
    assert reference.url.startswith("https://git.example.org/dayops/blob/main/assets/read.py#L")


def test_a_setting_that_cannot_be_used_does_not_keep_the_ui_from_loading(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DAYOPS_ROUNDING_BASE", "many")
    assert the_asset(build(House()), "read_returns").description


def test_what_a_stage_is_said_to_write_is_a_table_of_the_warehouse(definitions: dg.Definitions) -> None:
    for asset, name in KEPT_IN.items():
        assert name in metadata.tables
        assert the_asset(definitions, asset).metadata["dagster/table_name"] == name


def test_the_tables_beside_the_walk_are_views_of_the_warehouse() -> None:
    assert {".".join(one.key.path) for one in TABLES} <= {view.name for view in all_views()}


def test_the_columns_of_loaded_rows_are_those_of_the_fact_tables(definitions: dg.Definitions) -> None:
    schema = the_asset(definitions, "loaded_returns").metadata["dagster/column_schema"]
    told = {column.name: column.type for column in schema.columns}
    assert {name.rpartition(".")[0] for name in told} == {table.fullname for table in FACTS.values()}
    facts = [(sheet, column) for sheet in SHEETS if sheet.name != "RETURN" for column in sheet.columns]
    for sheet, column in facts:
        kept = str(type_of(column.kind)).lower().partition("(")[0]
        assert told[f"{sheet.table}.{column.name}"] == kept


def test_a_column_comes_from_the_column_of_its_name_and_a_new_one_from_none() -> None:
    deps = lineage_of(protected_indicator, [("national_indicators", indicator)]).deps_by_column
    [source] = deps["value"]
    assert (source.asset_key, source.column_name) == (dg.AssetKey("national_indicators"), "value")
    assert "status" not in deps


def test_each_column_of_a_table_is_told_with_what_the_catalogue_says() -> None:
    columns = {column.name: column for column in schema_of(indicator).columns}
    assert columns["value"].description == "The figure, unrounded; null where it cannot be known."
    assert columns["value"].constraints.nullable
    assert not columns["measure"].constraints.nullable


def test_a_share_of_nothing_is_nought() -> None:
    assert (share_pct(1, 8), share_pct(0, 0)) == (12.5, 0.0)
