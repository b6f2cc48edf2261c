"""Reading what people really send: a delivered file becomes text in cells, or a plain reason to refuse it."""

from resources.reading.cells import ranges
from resources.reading.child import Died, Done, run_in_children
from resources.reading.decode import decode
from resources.reading.letters import letter_problem
from resources.reading.model import CellProblem, Grid, Limits, Note, Refused, Workbook, folded

__all__ = [
    "CellProblem",
    "Died",
    "Done",
    "Grid",
    "Limits",
    "Note",
    "Refused",
    "Workbook",
    "decode",
    "folded",
    "letter_problem",
    "ranges",
    "run_in_children",
]
