-- landing.delivery_state
-- Each delivery with the one state that it ended in, and the reason.
--   source_path: Where the file lay, relative to the source.
--   sha256: SHA-256 of the file's bytes.
--   submission_id: The submission that these bytes are.
--   received_at: When the file first came to this place.
--   provider_id: The provider that it is from, where it could be read.
--   period: First day of the month that it is about, where it could be read.
--   submission_no: The submission number that it gives, where it could be read.
--   state: received, accepted, queried, refused, superseded or duplicate.
--   reason: Why, for machines: a word, and after a colon what it refers to.
with delivered as (
    select
        delivery.source_path,
        delivery.received_at,
        submission.submission_id,
        submission.sha256,
        submission.provider_id,
        submission.period,
        submission.submission_no,
        submission.state,
        submission.is_current,
        first_value(delivery.source_path) over same_bytes as first_path
    from landing.delivery
    join landing.submission on submission.sha256 = delivery.sha256
    window same_bytes as (partition by delivery.sha256 order by delivery.received_at, delivery.source_path)
),

found as (
    select
        submission_id,
        count(*) filter (where severity = 'query') as queries,
        min(rule_id || ':' || says) filter (where severity = 'error') as first_error
    from landing.finding
    group by submission_id
)

select
    delivered.source_path,
    delivered.sha256,
    delivered.submission_id,
    delivered.received_at,
    delivered.provider_id,
    delivered.period,
    delivered.submission_no,
    case
        when delivered.source_path <> delivered.first_path then 'duplicate'
        when delivered.state in ('received', 'read') then 'received'
        when delivered.state = 'refused' or delivered.is_current then delivered.state
        when aside.submission_id is null and current.submission_id is null then delivered.state
        else 'superseded'
    end as state,
    case
        when delivered.source_path <> delivered.first_path then 'same_bytes:' || delivered.first_path
        when delivered.state in ('received', 'read') then 'not_checked'
        when delivered.state = 'refused' then coalesce(found.first_error, 'refused')
        when not delivered.is_current and aside.submission_id is not null then 'reverted_to:' || aside.reverted_to
        when not delivered.is_current and current.submission_id is not null
            then 'replaced_by:' || current.submission_no
        when delivered.state = 'queried' then 'queries:' || coalesce(found.queries, 0)
        else 'sound'
    end as reason
from delivered
left join found on found.submission_id = delivered.submission_id
left join landing.set_aside_at('infinity') as aside on aside.submission_id = delivered.submission_id
left join landing.submission as current
    on current.provider_id = delivered.provider_id
    and current.period = delivered.period
    and current.is_current
