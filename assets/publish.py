"""*Publish*: protected indicators become a release: frozen in the warehouse, and a folder of files.

The night only prepares. What becomes public, and when, people decide: `approve` and `withdraw` write it down, and from
the set time on the warehouse shows it and `publish_due` lays its files out. A month that says nothing new keeps its
last release.
"""

import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import dagster as dg

from assets.periods import EVERY_MONTH, MONTHS, OWNERS
from assets.shown import table_metadata
from assets.turns import in_turn
from resources.house import House

if TYPE_CHECKING:
    from datetime import datetime

    import sqlalchemy as sa

    from expectations.releases import Content
    from resources.settings import Settings
    from warehouse.approval import Approval, State
    from warehouse.release import Release


def files(content: "Content") -> dict[str, bytes]:
    """Return the files of a release, which follow from what it says and from nothing else."""
    from resources.bulletin import bulletin_files
    from resources.pack import pack_files

    return {**pack_files(content), **bulletin_files(content)}


def publish(engine: "sa.Engine", settings: "Settings", period: str) -> "tuple[Release, Path] | None":
    """Prepare a release of the month if it says something new, and see that its folder stands; nothing gets public.

    What the audit of its protection looked at and found is kept in the release.
    Returns the release that says what the month says, with its folder; None where the month has no figures.
    """
    from expectations.months import first_day
    from warehouse import protection
    from warehouse.basis import note_released
    from warehouse.release import freeze

    month = first_day(period)
    with engine.begin() as connection:
        audit = protection.audited(connection, month)
        made = freeze(connection, month, policy=_policy(settings), audit=audit)
        note_released(connection, month)
        folder = None if made is None else lay_out(connection, settings.release_dir, made.release_id)
    return None if made is None or folder is None else (made, folder)


def _policy(settings: "Settings") -> dict[str, object]:
    return {
        "suppression_threshold": settings.suppression_threshold,
        "rounding_base": settings.rounding_base,
        "coverage_floor_authority": settings.coverage_floor_authority,
        "coverage_floor_national": settings.coverage_floor_national,
        "dominance_share": settings.dominance_share,
        "dominance_margin": settings.dominance_margin,
        "reliability_denominator": settings.reliability_denominator,
        "reliability_count": settings.reliability_count,
        "population_vintage": settings.population_vintage,
    }


def lay_out(c: "sa.Connection", release_dir: Path, release_id: str) -> Path:
    """See that the folder of a release stands; one that was approved is left as it is unless it is harmed."""
    from resources.released import is_sound, put
    from warehouse.approval import state_of

    folder, publish_at = release_dir / release_id, state_of(c, release_id).publish_at
    if publish_at is None or not is_sound(folder, publish_at):
        put(folder, files_of(c, release_id))
    return folder


def rebuild(c: "sa.Connection", release_dir: Path, release_id: str) -> Path:
    """Make the folder of a release anew from what is frozen of it."""
    from resources.released import put

    put(release_dir / release_id, files_of(c, release_id))
    return release_dir / release_id


def files_of(c: "sa.Connection", release_id: str) -> dict[str, bytes]:
    """Return every file of a frozen release, manifest included."""
    from resources.pack.manifest import with_manifest
    from warehouse.approval import state_of
    from warehouse.release import content

    said, state = content(c, release_id), state_of(c, release_id)
    told = {"disclosure_control": state.disclosure_control, "content_sha256": state.content_sha256}
    return with_manifest(said, files(said), told)


# --- what people decide -----------------------------------------------------------------------------------------------


def approve(
    engine: "sa.Engine", settings: "Settings", release_id: str, approval: "Approval", *, is_older_meant: bool = False
) -> "State":
    """Approve a release for its time, and write its folder again, which tells of that."""
    from warehouse import approval as deciding

    with engine.begin() as connection:
        state = deciding.approve(connection, release_id, approval, is_older_meant=is_older_meant)
        lay_out(connection, settings.release_dir, release_id)
    return state


def withdraw(
    engine: "sa.Engine", settings: "Settings", release_id: str, *, by: str, reason: str, at: "datetime"
) -> "State":
    """Withdraw an approved release, and take its files from what is published."""
    from warehouse import approval as deciding

    with engine.begin() as connection:
        state = deciding.withdraw(connection, release_id, by=by, reason=reason, at=at)
    publish_due(engine, settings)
    return state


def publish_due(engine: "sa.Engine", settings: "Settings") -> dict[str, list[str]]:
    """Have the folder of what is published hold what is public by now and nothing else; return what came and went."""
    from resources.released import Public
    from resources.released import publish as lay_out_public
    from warehouse.approval import states, withdrawals

    with engine.begin() as connection:
        public = [
            Public(one.release_id, f"{one.period:%Y-%m}", one.number, one.publish_at, one.state == "published")
            for one in states(connection)
            if one.is_public and one.publish_at is not None
        ]

        def make(release_id: str, folder: Path) -> None:
            rebuild(connection, folder.parent, release_id)

        new, gone = lay_out_public(settings.published_dir, public, withdrawals(connection), make)
    return {"published": new, "withdrawn": gone}


# --- in Dagster -------------------------------------------------------------------------------------------------------


@dg.asset(
    pool="figures",
    partitions_def=MONTHS,
    deps=["protected_indicators"],
    group_name="publish",
    kinds={"postgres", "csv"},
    owners=OWNERS,
    freshness_policy=EVERY_MONTH,
)
@in_turn("figures")
def release(context: dg.AssetExecutionContext, house: House) -> dg.MaterializeResult:
    """A frozen release of the month's protected figures with its files, prepared only where it says something new."""
    from warehouse.connection import connect

    began = time.perf_counter()
    engine = connect(house.warehouse_url())
    told = _told(engine, context.partition_key, publish(engine, house.settings(), context.partition_key))
    return dg.MaterializeResult(metadata={**told, "seconds": round(time.perf_counter() - began, 2)})


def _told(engine: "sa.Engine", period: str, prepared: "tuple[Release, Path] | None") -> dict[str, Any]:
    from expectations.months import first_day
    from resources.bulletin import charts_markdown
    from warehouse.figures import indicator, protected_indicator, released_figure
    from warehouse.release import as_markdown, content, headlines

    if prepared is None:
        return {"figures": 0}
    made, folder = prepared
    with engine.begin() as connection:
        table = as_markdown(headlines(connection, first_day(period)))
        charts = charts_markdown(content(connection, made.release_id))
    return {
        "release": made.release_id,
        "is_new": made.is_new,
        "figures": made.figures,
        "content_sha256": made.content_sha256,
        **table_metadata(
            released_figure,
            made.figures,
            [("protected_indicators", protected_indicator), ("national_indicators", indicator)],
        ),
        "folder": dg.MetadataValue.path(str(folder)),
        "wales": dg.MetadataValue.md(table),
        "recovery": dg.MetadataValue.md(charts),
    }


@dg.asset(deps=["release"], group_name="publish", kinds={"csv"}, owners=OWNERS)
def published_releases(house: House) -> dg.MaterializeResult:
    """The files of every release that is public by now, beside their index: approved, its time come, not withdrawn."""
    from warehouse.connection import connect, migrate

    began = time.perf_counter()
    migrate(house.warehouse_url())
    told = publish_due(connect(house.warehouse_url()), house.settings())
    return dg.MaterializeResult(metadata={**told, "seconds": round(time.perf_counter() - began, 2)})
