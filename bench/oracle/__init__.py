"""The national indicators measured a second time, apart from the pipeline: plain pandas over the files that came.

It is written from the words of the indicator catalogue and of decision 0004, and shares no code with what measures them
in the warehouse. Where the two differ, one of them misreads the words: `make oracle`.
"""

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

    from resources.settings import Settings


def figures_of(folder: Path, settings: "Settings") -> "pd.DataFrame":
    """Return every declared figure of the returns in `folder`, unrounded and with nothing hidden."""
    from bench.oracle.measure import Oracle
    from bench.oracle.reading import read_folder
    from bench.oracle.rows import laid_out

    rows = laid_out(read_folder(folder))
    return Oracle(rows, settings.coverage_floor_authority, settings.suppression_threshold).figures()
