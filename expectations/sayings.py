"""The English of every finding: what is wrong and how to mend it, by the name that a check or a reader's reason gives.

The Welsh stands in `wording/cy.toml` under the same names. `{...}` are filled from the finding, by `wording.say`.
"""

from expectations.contract import Saying

SAYINGS = {
    # the file
    "FILE_EMPTY": Saying("The file is empty.", "Send the filled-in form."),
    "FILE_DAMAGED": Saying(
        "The file cannot be opened: it is damaged or was cut short.", "Save it again and send it again."
    ),
    "FILE_TOO_LARGE": Saying("The file is larger than {expected}.", "Send one month of one provider in each file."),
    "SHEET_TOO_LARGE": Saying(
        "A sheet reaches further than {expected}.", "Delete the empty rows and columns around your figures, and save."
    ),
    "FILE_TOO_COMPLEX": Saying(
        "The file takes too long or too much memory to read.", "Copy your figures into a fresh form and send that."
    ),
    "WRONG_FILE_TYPE": Saying(
        "This is not a workbook or a zip of CSV files.",
        "Send XLSX, ODS, or one zip that holds a CSV file for each sheet.",
    ),
    "FILE_OLD_FORMAT": Saying("This is an old kind of Excel file.", "Save it as XLSX (Excel workbook) and send that."),
    "FILE_PASSWORD": Saying("The file is locked with a password.", "Take the password off, save, and send it again."),
    "FILE_HAS_MACROS": Saying(
        "The file holds macros, embedded files or links to other files.", "Save it as XLSX without them and send that."
    ),
    "ZIP_UNSAFE": Saying("The zip holds something that is unsafe to unpack.", "Make a new zip of the CSV files alone."),
    "XML_UNSAFE": Saying(
        "The workbook holds a definition that is unsafe to read.", "Save it afresh in Excel or LibreOffice."
    ),
    "ENCODING_UNKNOWN": Saying("The text is in no encoding that we can read.", "Save the CSV files as UTF-8."),
    "ENCODING_CP1252": Saying(
        "The text was read as Windows-1252, which has no ŵ or ŷ.",
        "Save the CSV files as UTF-8 and check the Welsh names.",
    ),
    "ENCODING_UTF16": Saying("The text was read as UTF-16.", "Nothing to mend; UTF-8 is safer."),
    "SHEET_HIDDEN": Saying(
        "A sheet is hidden ({value}).", "Show the sheet, check that it holds what you mean to send."
    ),
    "CELLS_HIDDEN": Saying(
        "Some rows or columns of {sheet} are hidden ({value}): they were read with the rest.",
        "Show them, and check that they hold what you mean to send.",
    ),
    "ROW_BLANK": Saying(
        "{sheet} has blank rows between rows that are filled: {value}.",
        "Check that nothing is missing there, then delete the blank rows.",
    ),
    "FORMULA_CACHED": Saying(
        "Some figures are formulas: we took the results that were saved.",
        "Check that the file was calculated when saved.",
    ),
    "FILE_IGNORED": Saying(
        "The zip holds a file that was not read ({value}).", "Leave out everything but the CSV files."
    ),
    # cells that could not be read
    "CELL_EXCEL_ERROR": Saying("{cell} holds the error {value}.", "Mend the formula, or type the figure."),
    "FORMULA_NO_VALUE": Saying(
        "{cell} holds a formula without a result.", "Open the file, let it calculate, and save it."
    ),
    "CELL_MERGED": Saying("{cell} is merged with other cells.", "Unmerge the cells and fill each one."),
    "CELL_CONTROL_CHAR": Saying("{cell} holds a character that cannot be read.", "Type the cell again."),
    "CELL_TOO_LONG": Saying("{cell} holds more text than a cell can.", "Shorten it."),
    "LETTER_GARBLED": Saying(
        "{cell} has letters that were changed on the way: {value}.",
        "Type the name again, and save the file as XLSX, ODS or CSV UTF-8.",
    ),
    "LETTER_LOST": Saying(
        "{cell} has a question mark where a letter may have been lost: {value}.",
        "Check the name. CSV files keep every Welsh letter when they are saved as UTF-8.",
    ),
    "DATE_1904": Saying(
        "{cell} holds the number {value} instead of a date, in a workbook that counts days from 1904.",
        "Show the cells of this column as dates, and save.",
    ),
    "ROW_FIELD_COUNT": Saying(
        "Row {row} has {value} cells where the header has {expected}.", "Look for a stray or missing comma in the row."
    ),
    # sheets and headers
    "sheets_received": Saying(
        "{value} of {expected} sheets were received.", "Put every sheet of the form into one file, and send that."
    ),
    "sheet_missing": Saying(
        "The sheet {sheet} is missing.", "Add it from the form; leave its rows empty if there are none."
    ),
    "sheet_twice": Saying("The sheet {sheet} is there twice.", "Keep one of them."),
    "sheet_unknown": Saying(
        "The sheet {value} is not part of the form.", "Delete it, or give it the name it has in the form."
    ),
    "sheet_unexpected": Saying(
        "The sheet {sheet} has {value} rows, but this return does not take it.",
        "Leave the sheet out, or check the kind of return and the month.",
    ),
    "header_missing": Saying(
        "The sheet {sheet} has no column {label}.", "Add the column, with the header as in the form."
    ),
    "header_twice": Saying("The column {label} is there twice.", "Keep one of them."),
    "header_unknown": Saying(
        "The column {value} is not part of the form.", "Delete it, or give it the header of the form."
    ),
    "header_blank": Saying(
        "A column of {sheet} has cells, but no header, so it was not read.",
        "Give it the header of the form, or clear the column.",
    ),
    "header_absent": Saying("The sheet {sheet} has no header row.", "Copy the header row from the form into row 1."),
    "one_row": Saying("The sheet {sheet} has {value} rows instead of one.", "Keep one row: a file is about one month."),
    # the return as a whole
    "version_unknown": Saying(
        "The form's version {value} is not known.", "Fill in the current form, version {expected}."
    ),
    "month_not_over": Saying("The month {value} is not over yet.", "Send the return once the month has ended."),
    "profile_month": Saying(
        "A {value} return cannot be about this month.",
        "Use BASELINE for April 2019 to February 2020, and FULL or LITE since.",
    ),
    "number_repeated": Saying(
        "Submission {value} for this month was accepted already.", "Give the corrected return the number {expected}."
    ),
    "number_skipped": Saying(
        "This is submission {value}, but number {expected} has not come.", "Number your submissions one after another."
    ),
    # one cell
    "blank": Saying("{label} is blank.", "Fill it in."),
    "blank_figure": Saying("{label} is blank.", "Fill it in; write 0 if there were none."),
    "blank_when": Saying("{label} is blank, but this row needs it ({expected}).", "Fill it in."),
    "not_number": Saying(
        "{label} is {value}, which is not a number.", "Write a plain figure, or 0 if there were none."
    ),
    "not_date": Saying("{label} is {value}, which is not a date.", "Write the date as day/month/year or YYYY-MM-DD."),
    "not_month": Saying("{label} is {value}, which is not a month.", "Write the month as YYYY-MM, such as 2026-08."),
    "not_flag": Saying("{label} is {value}.", "Write TRUE or FALSE."),
    "not_authority": Saying(
        "{label} is {value}, which is no current authority code.", "Use a code such as {expected}."
    ),
    "old_authority": Saying(
        "{label} is {value}, a code that was replaced.", "Use {expected} from now on; we have used it."
    ),
    "name_differs": Saying(
        "{label} says {value}: the code and the name are two authorities.", "Keep the right one of the two."
    ),
    "not_in_list": Saying("{label} is {value}, which is not one of its codes.", "Use one of: {expected}."),
    "wrong_shape": Saying("{label} is {value}.", "It must be {expected}."),
    "too_long": Saying("{label} is longer than {expected} characters.", "Shorten it."),
    "not_whole": Saying("{label} is {value}, which is not a whole number.", "Write a whole number."),
    "out_of_bounds": Saying("{label} is {value}.", "It must be between {expected}."),
    "personal_detail": Saying(
        "{label} holds what looks like a person's details.", "Take names, numbers, dates of birth and postcodes out."
    ),
    "person_ref_shape": Saying(
        "{label} is not a person reference.",
        "Use the 16-character reference made with the national key, never a name or number.",
    ),
    # between cells
    "row_twice": Saying("Row {row} repeats another row of {sheet}: same {expected}.", "Keep one of the rows."),
    "day_outside": Saying("{label} is {value}, outside the month of the return.", "Check the date."),
    "day_after": Saying("{label} is {value}, after the end of the month.", "Check the date."),
    "ends_before_start": Saying("{label} is {value}, after {expected}.", "Check both dates."),
    "more_attended_than_enrolled": Saying(
        "{label} is {value}, more than the {expected} enrolled.",
        "Check both figures: nobody attends who is not enrolled.",
    ),
    "sessions_do_not_add_up": Saying(
        "Sessions attended, not attended and cancelled do not make up the {value} planned.",
        "Check the four figures, or tell us why they differ.",
    ),
    "more_attended_than_planned": Saying(
        "{label} is {value}, more than the {expected} planned.", "Check both figures."
    ),
    "people_without_sessions": Saying(
        "{label} is {value}, more than the {expected} sessions attended.",
        "Each of them came at least once: check both figures.",
    ),
    "hours_per_session": Saying(
        "{label} is {value} for {expected} sessions: less than half an hour or more than six hours each.",
        "Check both figures, or tell us why.",
    ),
    "more_held_than_planned": Saying("{label} is {value}, more than the {expected} planned.", "Check both figures."),
    "over_places": Saying(
        "{value} sessions were attended, more than the places allow ({expected}).", "Check the figures, or tell us why."
    ),
    "far_over_places": Saying(
        "{value} sessions were attended, over a fifth more than the places allow ({expected}).",
        "Check the places, the open sessions and the sessions attended.",
    ),
    "bands_do_not_add_up": Saying(
        "The bands do not add up to {label}, {value}.", "Check the total and its four bands."
    ),
    "pay_does_not_add_up": Saying(
        "The pay bands do not add up to the permanent and fixed-term staff.",
        "Leave agency staff out, and check the five figures.",
    ),
    "wte_differs": Saying(
        "{label} is {value}, which does not fit {expected} contract hours.",
        "Divide the hours by 39 for support workers and drivers, by 37 for others, or tell us why.",
    ),
    "more_agency_hours": Saying("{label} is {value}, more than all hours, {expected}.", "Check both figures."),
    "agency_without_cost": Saying("There are agency staff, but no agency cost.", "Check both sheets, or tell us why."),
    "cost_without_agency": Saying(
        "There is an agency cost, but no agency staff.", "Check both sheets, or tell us why."
    ),
    "only_when": Saying(
        "{label} is {value}, but it belongs only to rows where {expected}.", "Clear it, or mend the other cell."
    ),
    "part_over_whole": Saying("{label} is {value}, more than {expected}.", "Check both figures."),
    "parts_over_whole": Saying("The outcomes achieved are more than the {value} reviewed.", "Check the three figures."),
    "reason_missing": Saying("The service closed, but {label} is blank.", "Give the reason."),
    "nil_reason_missing": Saying("This is a nil return, but {label} is blank.", "Give the reason."),
    "nil_with_activity": Saying(
        "This is a nil return, but other sheets have {value} rows.", "Clear the rows, or write FALSE under nil return."
    ),
    "service_unknown": Saying(
        "{label} is {value}, which is not on the SERVICES sheet.", "Add the service there, or mend the number."
    ),
    "service_not_open": Saying(
        "Service {value} was not open in the month ({expected}).",
        "Check the dates on the SERVICES sheet, or the number.",
    ),
    "service_refused": Saying(
        "The row is about service {value}, whose own row was refused.", "Mend the row on the SERVICES sheet first."
    ),
    "day_service_closed": Saying(
        "{label} is {value}, when service {other} was not open ({expected}).",
        "Check the date, or the dates on SERVICES.",
    ),
    # sums across sheets
    "attendance_differs": Saying(
        "Sessions attended come to {value} for this service and authority, but {expected} half-days attended are on "
        "the attendance sheet.",
        "Check both sheets, or tell us why they differ.",
    ),
    "attendance_far_off": Saying(
        "Sessions attended come to {value} for this service and authority, but {expected} half-days attended are on "
        "the attendance sheet: more than 2 in 100 apart.",
        "Make the two sheets agree.",
    ),
    "people_differ": Saying(
        "{label} is {value}, but {expected} different people of this row came by the attendance sheet.",
        "Check the figure and the sheets of people and attendance, or tell us why they differ.",
    ),
    "out_of_county_differs": Saying(
        "{label} is {value}, but {expected} of the people who came live outside the authority of the site.",
        "Check the figure and the home authorities on the sheet of people, or tell us why they differ.",
    ),
    "respite_over_hours": Saying(
        "Respite hours of this service come to {value}, but people with an unpaid carer had {expected} hours of "
        "support.",
        "Check the respite hours, and who has an unpaid carer, or tell us why.",
    ),
    "cost_per_session": Saying(
        "The costs of this service come to £{value} for each of {expected} sessions attended: less than £10 or more "
        "than £400.",
        "Check the costs and the sessions, or tell us why.",
    ),
    "weekly_charge": Saying(
        "Charges come to £{value} a week for each of {expected} people, more than the £100 that a week may cost them.",
        "Check the charges, or give the flat charge for a session.",
    ),
    "transport_charged": Saying(
        "{label} is {value}, but transport is part of the plan of {expected} people here.",
        "Check both figures, or tell us who was charged.",
    ),
    # between returns
    "enrolment_does_not_follow": Saying(
        "{value} people of this client group are enrolled here. With {other} last month, those who started and those "
        "who left, it would be {expected}.",
        "Check the people enrolled, started and left, or tell us why.",
    ),
    "changed_since_month": Saying(
        "{label} of this service, all rows together, is {value}. The month before it was {expected}: it changed by "
        "more than half.",
        "Check the figure, or tell us what happened.",
    ),
    "changed_since_year": Saying(
        "{label} of this service, all rows together, is {value}. In this month last year it was {expected}: it changed "
        "by more than three quarters.",
        "Check the figure, or tell us what happened.",
    ),
    "unlike_before": Saying(
        "{label} of this service, all rows together, is {value}. In the {other} months before it was mostly near "
        "{expected}.",
        "Check the figure, or tell us what happened.",
    ),
    "cost_changed_since_month": Saying(
        "The costs of this service come to £{value}. The month before they were £{expected}: they changed by more than "
        "half.",
        "Check the costs, or tell us what happened.",
    ),
    "cost_changed_since_year": Saying(
        "The costs of this service come to £{value}. In this month last year they were £{expected}: they changed by "
        "more than three quarters.",
        "Check the costs, or tell us what happened.",
    ),
    "cost_unlike_before": Saying(
        "The costs of this service come to £{value}. In the {other} months before they were mostly near £{expected}.",
        "Check the costs, or tell us what happened.",
    ),
    "service_gone": Saying(
        "Service {value} was reported on last month and is not here now.",
        "Add it, or say when and why it closed.",
    ),
    "unchanged": Saying(
        "Every figure on the sheet {sheet} is as it was last month.",
        "Check that these are this month's figures, or tell us that nothing changed.",
    ),
    "copied": Saying(
        "Every figure on the sheet {sheet} is as in another provider's return.",
        "Check that this is your own return.",
    ),
    "return_missing": Saying(
        "No return that can be used has come for {value}; it was due on {expected}.",
        "Send it, or tell us why there is none.",
    ),
    "reason_for_change_missing": Saying(
        "The figures for this month were final, and this submission changes them: {label} is blank.",
        "Say in a few words why they change.",
    ),
}
