"""*Decode*: the bytes of one delivered file become a grid of text for each sheet, or are refused whole with a reason.

What the cells mean, which sheets there must be and what may stand in them belongs to the contract, not here. Call it
through `run_in_children`: some crafted workbooks end the process that parses them.
"""

from collections.abc import Collection
from typing import assert_never

from resources.reading.model import Limits, Refused, Workbook, wanted
from resources.reading.ods import read_ods
from resources.reading.sniff import kind_of, opened
from resources.reading.text import read_csv_zip
from resources.reading.xlsx import read_xlsx


def decode(data: bytes, limits: Limits, only: Collection[str] | None = None) -> Workbook:
    """The sheets of a file as submitted; `only` names the sheets wanted, whatever their case, spaces and diacritics."""
    try:
        return _decoded(data, limits, only)
    except MemoryError as error:
        raise Refused("FILE_TOO_COMPLEX", "reading it takes more memory than a return may") from error
    except BaseException as error:
        if type(error).__name__ != "PanicException":  # calamine's, which is no Exception
            raise
        raise Refused("FILE_DAMAGED", "the workbook cannot be read (PanicException)") from None


def _decoded(data: bytes, limits: Limits, only: Collection[str] | None) -> Workbook:
    archive = opened(data, limits)
    kind = kind_of(archive)
    match kind:
        case "xlsx":
            return read_xlsx(archive, limits, wanted(only))
        case "ods":
            return read_ods(archive, limits, wanted(only))
        case "csv":
            return read_csv_zip(archive, limits, wanted(only))
        case _:
            assert_never(kind)
