-- What approved releases tell of a month, its quarter and its year: of the month itself, all of it; of the months beside it
-- in the year, what sums over time could be held against.
select
    told.release_id,
    figure.indicator_id,
    figure.measure,
    figure.area_code,
    figure.period_kind,
    figure.period_start,
    figure.breakdown,
    figure.category,
    figure.through,
    cast(figure.numerator as double precision),
    cast(figure.denominator as double precision),
    case when figure.value is null then 'confidential' else 'shown' end
from core.release_state told
join core.released_figure figure using (release_id)
where told.publish_at is not null
    and (told.withdrawn_at is null or told.withdrawn_at > told.publish_at)
    and told.period between cast(:year as date) and cast(:year as date) + interval '11 months'
    and (
        told.period = :month
        or figure.period_kind = 'month'
        or figure.through between cast(:month as date) - interval '1 month' and cast(:month as date) + interval '1 month'
    )
    and (figure.indicator_id, figure.measure) in (
        select * from unnest(cast(:indicators as text[]), cast(:measures as text[]))
    )
    and figure.numerator is not null
order by told.publish_at, told.release_id, figure.position
