"""What the Dagster UI is told of each asset beside its own docstring: where its code is, its columns, and what follows.

Definitions only, and cheap: every process of Dagster loads this. Columns of the warehouse's own tables are told when
they are written. Numbers of a month belong to the stages.
"""

import inspect
import warnings
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import dagster as dg

from assets.periods import OWNERS
from expectations import contract
from expectations.contract import Need, Sheet
from expectations.rules import CONTRACT

if TYPE_CHECKING:
    from resources.house import House


# --- what stands in the warehouse beside the stages -------------------------------------------------------------------


def _table(name: str, stage: str, dep: str, description: str) -> dg.AssetSpec:
    """Return a table or view of the warehouse as an asset that nobody runs: it follows from `dep`."""
    return dg.AssetSpec(
        name.split("."),
        deps=[dep],
        description=f"{description} Its name in the warehouse is `{name}`.",
        group_name=stage,
        kinds={"postgres", "view"},
        owners=OWNERS,
        metadata={"dagster/table_name": name},
    )


TABLES = (
    _table(
        "restricted.quarantined_row",
        "check",
        "checked_returns",
        "Every refused row as it was typed, with the rules it broke: `dayops quarantine`. Never leaves the warehouse.",
    ),
    _table(
        "landing.delivery_state",
        "load",
        "loaded_returns",
        "Every delivered file with the one state that it ended in, and why: `dayops returns`.",
    ),
    _table(
        "mart_v1.fct_indicator",
        "protect",
        "protected_indicators",
        "The star that analysts' BI tools join: facts `mart_v1.fct_*`, dimensions `mart_v1.dim_*`, with"
        " `mart_v1.relationships` and `mart_v1.data_dictionary` to say how.",
    ),
    _table(
        "release_v1.latest_indicator",
        "publish",
        "release",
        "Each figure as it was last published, for everyone: a prepared release shows here once it is approved and its"
        " time has come.",
    ),
)
"""What people look into with SQL or BI, one for a family of tables."""


KEPT_IN = {
    "national_indicators": "mart_v1.indicator",
    "protected_indicators": "mart_v1.protected_indicator",
    "release": "core.released_figure",
}
"""The table that a stage writes, of those that write one."""


# --- what the stages are told to be -----------------------------------------------------------------------------------


def described(assets: Iterable[Any], house: "House") -> list[Any]:
    """Return the assets with their code and their columns told, and the tables that follow from them."""
    code_url = _code_url(house)
    return [*(_described(one, code_url) for one in assets), *TABLES]


def _described(asset: Any, code_url: str | None) -> Any:
    if isinstance(asset, dg.AssetSpec):
        return asset  # nothing of ours makes it
    code = _code(asset, code_url)
    return asset.map_asset_specs(lambda spec: spec.merge_attributes(metadata=_told(spec) | code))


def _told(spec: dg.AssetSpec) -> dict[str, Any]:
    name = KEPT_IN.get(spec.key.to_user_string())
    told: dict[str, Any] = {"dagster/table_name": name} if name else {}
    return told | ({"dagster/column_schema": _columns_of_returns()} if spec.key == _ROWS else {})


_ROWS = dg.AssetKey("loaded_returns")
_ROOT = Path(__file__).parents[1]


def _code(asset: dg.AssetsDefinition, code_url: str | None) -> dict[str, Any]:
    """Return where the asset's stage is written: a file, or its page as GitHub, GitLab and Gitea spell it."""
    stage: Any = inspect.unwrap(asset.op.compute_fn.decorated_fn)  # type: ignore[union-attr]
    path, line = Path(stage.__code__.co_filename), stage.__code__.co_firstlineno
    with warnings.catch_warnings():
        # That an asset leads to its code is a beta of Dagster; without it, a person has to search.
        warnings.simplefilter("ignore", dg.BetaWarning)
        place = _place(path, line, code_url)
        return {"dagster/code_references": dg.CodeReferencesMetadataValue(code_references=[place])}


def _place(path: Path, line: int, code_url: str | None) -> dg.LocalFileCodeReference | dg.UrlCodeReference:
    name = path.relative_to(_ROOT).as_posix()
    if code_url:
        return dg.UrlCodeReference(url=f"{code_url.rstrip('/')}/{name}#L{line}", label=name)
    return dg.LocalFileCodeReference(file_path=str(path), line_number=line, label=name)


def _code_url(house: "House") -> str | None:
    """Return where this code is on the web; a setting that cannot be used is told by what runs, not by the UI."""
    from resources.settings import SettingsError

    try:
        return house.settings().code_url
    except SettingsError:
        return None


def _columns_of_returns() -> dg.TableSchema:
    """Return every column of the tables that rows are loaded into, `table.column`, as the contract declares it."""
    loaded = [sheet for sheet in CONTRACT.sheets if sheet.name != "RETURN"]
    return dg.TableSchema(columns=[column for sheet in loaded for column in _columns(sheet)])


def _columns(sheet: Sheet) -> Iterator[dg.TableColumn]:
    for column in sheet.columns:
        yield dg.TableColumn(
            f"{sheet.table}.{column.name}",
            _TYPES.get(type(column.kind), "text"),
            f"{column.label}. {column.about}",
            dg.TableColumnConstraints(nullable=column.need is not Need.REQUIRED),
        )


_TYPES: dict[type, str] = {
    contract.Count: "integer",
    contract.Amount: "numeric",
    contract.Day: "date",
    contract.Month: "date",
    contract.Flag: "boolean",
}
"""What Postgres keeps a kind as, for people to read; `warehouse.columns` is what decides it."""
