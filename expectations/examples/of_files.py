"""Examples in words, of whole files, sheets, headers, numbers and months: rules F01 to F05, V01 and V02."""

from expectations.examples.model import Described, Place

_WHOLE = "The form, filled in and saved as XLSX."
_AS_CSV = "A zip that holds one CSV file for each sheet, and nothing else."


def _file(rule: str, says: str, fails: str, passes: str = _WHOLE) -> Described:
    return Described(rule=rule, says=says, fails=fails, passes=passes)


def _at(rule: str, says: str, place: Place, fails: str, passes: str) -> Described:
    return Described(rule=rule, says=says, at=(place,), fails=fails, passes=passes)


FILE_EXAMPLES: tuple[Described, ...] = (
    _file("F01", "FILE_EMPTY", "A file of 0 bytes."),
    _file("F01", "FILE_DAMAGED", "The first half of a workbook, as a broken upload leaves it."),
    _file("F01", "ZIP_UNSAFE", "A zip with a file that would be unpacked outside its folder (../notes.csv).", _AS_CSV),
    _file("F01", "XML_UNSAFE", "A workbook that defines an abbreviation which stands for another file."),
    _file("F02", "WRONG_FILE_TYPE", "A letter saved as PDF."),
    _file("F02", "FILE_OLD_FORMAT", "A workbook saved as Excel 97-2003 (XLS)."),
    _file("F02", "FILE_PASSWORD", "A workbook that asks for a password when it is opened."),
    _file("F02", "FILE_HAS_MACROS", "A workbook with a macro in it (XLSM)."),
    _file("F02", "FILE_IGNORED", "A zip of CSV files with a letter (notes.docx) beside them.", _AS_CSV),
    _file("F03", "FILE_TOO_LARGE", "A file over the limit of 25 MB."),
    _at(
        "F03",
        "SHEET_TOO_LARGE",
        Place("FINANCE"),
        "A sheet with a figure in its last row, 1,048,576.",
        "A sheet that ends with its last row of figures.",
    ),
    _file("F03", "FILE_TOO_COMPLEX", "A workbook that takes more than a minute to read."),
    _at(
        "F04",
        "ENCODING_UNKNOWN",
        Place("SERVICES"),
        "A CSV file with letters that no encoding has.",
        "A CSV file saved as UTF-8.",
    ),
    _at(
        "F04",
        "ENCODING_CP1252",
        Place("SERVICES"),
        "A CSV file saved as Windows-1252, with “Canolfan Môn” in it.",
        "The same file saved as UTF-8.",
    ),
    _at(
        "F04",
        "ENCODING_UTF16",
        Place("FINANCE"),
        "A CSV file saved as “Unicode text” (UTF-16).",
        "The same file saved as UTF-8.",
    ),
    _at(
        "F04",
        "LETTER_GARBLED",
        Place("SERVICES", 2, "service_name_cy"),
        "The service's name is “TÅ· Glas”: “Tŷ Glas”, opened as Windows-1252 and saved again.",
        "The service's name is “Tŷ Glas”.",
    ),
    _at(
        "F04",
        "LETTER_LOST",
        Place("SERVICES", 2, "service_name_cy"),
        "The service's name is “T? Glas”: “Tŷ Glas”, saved by a program that has no ŷ.",
        "The service's name is “Tŷ Glas”.",
    ),
    _at(
        "F05",
        "CELL_EXCEL_ERROR",
        Place("FINANCE", 2, "cost_staff"),
        "Staff costs are #REF!, because the cell that the formula looked at was deleted.",
        "Staff costs are the figure 1200.",
    ),
    _at(
        "F05",
        "FORMULA_NO_VALUE",
        Place("FINANCE", 2, "cost_staff"),
        "Staff costs are the formula =1000+200, saved by a program that did not calculate it.",
        "Staff costs are the figure 1200.",
    ),
    _at(
        "F05",
        "FORMULA_CACHED",
        Place("FINANCE"),
        "Staff costs are the formula =1000+200, saved with its result.",
        "Staff costs are the figure 1200.",
    ),
    _at(
        "F05",
        "CELL_MERGED",
        Place("FINANCE", 2, "cost_agency"),
        "The cells of staff costs and agency costs are merged into one.",
        "Staff costs and agency costs each have their own cell.",
    ),
    _at(
        "F05",
        "CELL_CONTROL_CHAR",
        Place("SERVICES", 2, "service_name_en"),
        "The service's name holds a letter that cannot be seen, as copying from another program leaves it.",
        "The service's name was typed anew.",
    ),
    _at(
        "F05",
        "CELL_TOO_LONG",
        Place("SERVICES", 2, "service_name_en"),
        "The service's name has 40,000 letters.",
        "The service's name has 20 letters.",
    ),
    _at(
        "F05",
        "ROW_FIELD_COUNT",
        Place("FINANCE", 2),
        "A line of FINANCE.csv has a comma too many, so that it has one cell more than its header.",
        "Every line of FINANCE.csv has as many cells as its header.",
    ),
    _file(
        "V01",
        "sheets_received",
        "A workbook without the sheets FINANCE and CARERS: 9 of 11 sheets.",
        "A workbook with every sheet, each of which may hold its header alone.",
    ),
    _at(
        "V01",
        "sheet_missing",
        Place("FINANCE"),
        "A workbook without the sheet FINANCE.",
        "A workbook with the sheet FINANCE, which may hold its header alone.",
    ),
    _at(
        "V01",
        "sheet_twice",
        Place("FINANCE"),
        "A workbook with the sheets FINANCE and “Finance .”.",
        "A workbook with one sheet FINANCE.",
    ),
    _file("V01", "sheet_unknown", "A workbook with a sheet “Totals”, of the provider's own.", _WHOLE),
    _at(
        "V01",
        "sheet_unexpected",
        Place("PEOPLE"),
        "A LITE return with rows on the sheet PEOPLE, which only a FULL return takes.",
        "A LITE return without the sheet PEOPLE.",
    ),
    _at(
        "V01",
        "SHEET_HIDDEN",
        Place("FINANCE"),
        "A workbook whose sheet FINANCE is hidden.",
        "The same workbook, every sheet shown.",
    ),
    _at(
        "V01",
        "CELLS_HIDDEN",
        Place("FINANCE"),
        "The sheet FINANCE with a hidden column of figures.",
        "The same sheet, every column shown.",
    ),
    _at(
        "V01",
        "ROW_BLANK",
        Place("FINANCE", 2),
        "The sheet FINANCE with a blank row above its figures.",
        "The sheet FINANCE with blank rows under its figures alone.",
    ),
    _at(
        "V01",
        "header_missing",
        Place("FINANCE", 1, "cost_staff"),
        "The sheet FINANCE without its column “Staff”.",
        "The sheet FINANCE with every column of the form.",
    ),
    _at(
        "V01",
        "header_twice",
        Place("FINANCE", 1, "cost_staff"),
        "The sheet FINANCE with two columns “Staff”.",
        "The sheet FINANCE with one column “Staff”.",
    ),
    _at(
        "V01",
        "header_unknown",
        Place("FINANCE", 1),
        "The sheet FINANCE with a column “Remarks”, of the provider's own.",
        "The sheet FINANCE with the columns of the form alone.",
    ),
    _at(
        "V01",
        "header_blank",
        Place("FINANCE", 1),
        "The sheet FINANCE with figures in a column that has no header.",
        "The sheet FINANCE with figures in the columns of the form alone.",
    ),
    _at(
        "V01",
        "header_absent",
        Place("FINANCE"),
        "The sheet FINANCE with figures, but without its header.",
        "The sheet FINANCE with its header in row 1.",
    ),
    _at(
        "V01",
        "one_row",
        Place("RETURN", 1),
        "The sheet RETURN with two rows, for two months.",
        "The sheet RETURN with one row.",
    ),
    _at(
        "V06",
        "DATE_1904",
        Place("SERVICES", 2, "open_from"),
        "A workbook that counts days from 1904, with the number 42094 for the day on which a service opened.",
        "The same workbook, with the day shown as 1 April 2019.",
    ),
    _at(
        "V02",
        "version_unknown",
        Place("RETURN", 2, "spec_version"),
        "Form version 0.9.",
        "Form version 1.0.",
    ),
    _at(
        "V02",
        "month_not_over",
        Place("RETURN", 2, "period"),
        "A return about September 2026 that is sent on 30 September 2026.",
        "The same return sent on 1 October 2026.",
    ),
    _at(
        "V02",
        "profile_month",
        Place("RETURN", 2, "profile"),
        "A BASELINE return about September 2026.",
        "A FULL return about September 2026.",
    ),
    _at(
        "V02",
        "number_repeated",
        Place("RETURN", 2, "submission_no"),
        "Submission 1 was accepted, and other figures come as submission 1.",
        "Submission 1 was accepted, and other figures come as submission 2.",
    ),
    _at(
        "V02",
        "number_skipped",
        Place("RETURN", 2, "submission_no"),
        "Submission 1 was accepted, and then submission 3 comes.",
        "Submission 1 was accepted, and then submission 2 comes.",
    ),
)
