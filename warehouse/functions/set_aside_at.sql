-- landing.set_aside_at(known_at timestamptz)
-- The submissions that a revert kept from standing for their month at a moment: of each provider and month, the last
-- revert that was decided by then and not undone by then holds. Example:
-- select * from landing.set_aside_at('infinity')
returns table (submission_id bigint, revert_id text, reverted_to integer) language sql stable as $$
    with held as (
        select distinct on (revert.provider_id, revert.period) revert.*
        from landing.revert
        where revert.decided_at <= known_at and (revert.undone_at is null or revert.undone_at > known_at)
        order by revert.provider_id, revert.period, revert.decided_at desc, revert.revert_id desc
    )

    select submission.submission_id, held.revert_id, held.submission_no
    from held
    cross join unnest(held.set_aside) as aside (sha256)
    join landing.submission on submission.sha256 = aside.sha256
$$
