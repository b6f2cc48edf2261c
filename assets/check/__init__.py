"""*Check*: cells as submitted become accepted rows, rows put aside, and findings that say what to mend.

How a return is read, answered or loaded does not belong here. All but `asset` does without Dagster, which takes a
second to import: `dayops check` asks the same rules. `judge` and `number` need no database either.
"""

from assets.check.judging import judge
from assets.check.month import Checked, check
from assets.check.numbering import Numbered, number
from assets.check.verdicts import Judged

__all__ = ["Checked", "Judged", "Numbered", "check", "judge", "number"]
