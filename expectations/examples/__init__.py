"""An example of everything that is said to providers: what breaks each rule, and what keeps it.

They are shown on the rule's page and run as tests. Words and cells only: what a good return holds, the tests say.
"""

from expectations.examples.model import Described, Example, Other, Place, Sheets, Shown
from expectations.examples.of_cells import CELL_EXAMPLES
from expectations.examples.of_files import FILE_EXAMPLES
from expectations.examples.of_returns import RETURN_EXAMPLES
from expectations.examples.of_rows import ROW_EXAMPLES
from expectations.examples.of_sums import SUM_EXAMPLES

EXAMPLES: tuple[Example, ...] = (*FILE_EXAMPLES, *CELL_EXAMPLES, *ROW_EXAMPLES, *SUM_EXAMPLES, *RETURN_EXAMPLES)

__all__ = ["EXAMPLES", "Described", "Example", "Other", "Place", "Sheets", "Shown"]
