-- landing.current_at(known_at timestamptz)
-- The submission that stood for each provider and month at a moment: of those that had come by then and are sound by
-- the rules of today, and that no revert decided by then had set aside, the one with the highest number; then the
-- latest; then by hash. Example:
-- select * from landing.current_at('2026-10-20 12:00 Europe/London') where period = '2026-08-01'
returns table (period date, provider_id text, submission_no integer, submission_id bigint) language sql stable as $$
    select distinct on (submission.period, submission.provider_id)
        submission.period, submission.provider_id, submission.submission_no, submission.submission_id
    from landing.submission
    where submission.state in ('accepted', 'queried')
        and submission.received_at <= known_at
        and submission.submission_id not in (select aside.submission_id from landing.set_aside_at(known_at) as aside)
    order by
        submission.period,
        submission.provider_id,
        submission.submission_no desc,
        submission.received_at desc,
        submission.sha256 desc
$$
