-- Headline figures of the releases that a release rests on, each as the newest of them has it; none of its own periods.
with newest as (
    select distinct on (
        figure.indicator_id, figure.measure, figure.area_code, figure.period_kind, figure.period_start
    )
        figure.*
    from core.released_figure as figure
    join core.release on release.release_id = figure.release_id
    where figure.release_id = any(cast(:rests_on as text[]))
        and release.period < :period
        and figure.breakdown = 'all'
        and (figure.period_kind, figure.period_start) not in (
            select * from unnest(cast(:kinds as text[]), cast(:starts as date[]))
        )
    order by
        figure.indicator_id, figure.measure, figure.area_code, figure.period_kind, figure.period_start,
        release.period desc
)

select *
from newest
order by period_start, array_position(array['month', 'quarter', 'year'], period_kind), position, release_id
