"""Holds the figures of the pipeline against those of the oracle, cell by cell."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import sqlalchemy as sa

from bench.oracle.measure import KEY, NUMBERS

TOLERANCE = 1e-9
"""How far apart two figures may be, relative to their size: the oracle counts in floating point."""

_SHOWN = 20
_ROW = [*KEY, "area_level"]


@dataclass(frozen=True, slots=True)
class Comparison:
    """What was compared: figures there twice, their cells that agree, those that differ, and figures there once."""

    figures: int
    equal: int
    differing: pd.DataFrame
    only_pipeline: pd.DataFrame
    only_oracle: pd.DataFrame

    @property
    def compared(self) -> int:
        """Return how many cells stand on both sides."""
        return self.equal + len(self.differing)

    @property
    def agrees(self) -> bool:
        """Tell whether every cell is the same, and no figure is missing on either side."""
        return bool(self.compared) and not (len(self.differing) or len(self.only_pipeline) or len(self.only_oracle))


def pipeline_figures(connection: sa.Connection) -> pd.DataFrame:
    """Return every figure as the warehouse holds it before protection, its numbers as floating point."""
    held = pd.read_sql(sa.text("select * from mart_v1.indicator"), connection)
    held = held.assign(period_start=[f"{day:%Y-%m}" for day in held["period_start"]])
    return held[[*_ROW, *NUMBERS]].astype(dict.fromkeys(NUMBERS, float))


def compare(pipeline: pd.DataFrame, oracle: pd.DataFrame) -> Comparison:
    """Compare the figures of both, number by number.

    Where neither has a value, a sum of nothing may be blank or nought: the words say no more than that it is not known.
    """
    both = pipeline.merge(oracle, on=_ROW, how="outer", suffixes=("_pipeline", "_oracle"), indicator="where")
    twice = both[both["where"] == "both"]
    unknown = twice["value_pipeline"].isna() & twice["value_oracle"].isna()
    told = [_side_by_side(twice, number, unknown) for number in NUMBERS]
    cells = pd.concat(told, ignore_index=True)
    is_equal = np.isclose(cells["pipeline"], cells["oracle"], rtol=TOLERANCE, atol=0, equal_nan=True)
    return Comparison(
        figures=len(twice),
        equal=int(is_equal.sum()),
        differing=cells[~is_equal],
        only_pipeline=both[both["where"] == "left_only"][_ROW],
        only_oracle=both[both["where"] == "right_only"][_ROW],
    )


def _side_by_side(twice: pd.DataFrame, number: str, unknown: pd.Series) -> pd.DataFrame:
    sides = {side: twice[f"{number}_{side}"] for side in ("pipeline", "oracle")}
    if number in ("numerator", "denominator"):
        sides = {side: one.mask(unknown & one.isna(), 0) for side, one in sides.items()}
    return twice[_ROW].assign(number=number, **sides)


def report(told: Comparison) -> str:
    """Return the comparison as text: the counts, then what differs by indicator, then the first places."""
    share = told.equal / told.compared if told.compared else 0
    lines = [
        f"figures on both sides: {told.figures:,}; cells compared: {told.compared:,}",
        f"equal: {told.equal:,} ({share:.4%}); differing: {len(told.differing):,}",
        f"only in the pipeline: {len(told.only_pipeline):,}; only in the oracle: {len(told.only_oracle):,}",
    ]
    for title, found in _found(told).items():
        if len(found):
            counted = found.groupby(["indicator_id", "measure", "breakdown"]).size()
            lines += ["", f"{title}, by indicator:", counted.to_string(), found.head(_SHOWN).to_string(index=False)]
    return "\n".join(lines)


def _found(told: Comparison) -> dict[str, pd.DataFrame]:
    return {
        "differing": told.differing,
        "only in the pipeline": told.only_pipeline,
        "only in the oracle": told.only_oracle,
    }
