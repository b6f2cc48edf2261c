-- restricted.quarantined_row
-- Each refused row as submitted, with whose it is, what became of its submission, and the rules that it broke.
--   provider_id: The provider.
--   period: First day of the month that the return is about.
--   submission_no: Number of the submission.
--   submission_id: The submission.
--   state: What became of the submission; refused where all its rows are here.
--   is_current: Whether the submission stands for its provider and month.
--   sheet: Sheet.
--   row_number: Row in the provider's own sheet, from 1.
--   rules: The rules that it broke.
--   contract_version: Version of the contract that refused it.
--   raw: The row's cells as typed, by column.
select
    submission.provider_id,
    submission.period,
    submission.submission_no,
    submission.submission_id,
    submission.state,
    submission.is_current,
    quarantine.sheet,
    quarantine.row_number,
    quarantine.rules,
    quarantine.contract_version,
    quarantine.raw
from restricted.quarantine
join landing.submission on submission.submission_id = quarantine.submission_id
