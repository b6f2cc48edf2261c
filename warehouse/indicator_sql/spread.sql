-- DO06 as it may be shown: how far apart the authorities are whose own recovery is shown, and so nothing more than they say.
with spread as (
    select
        tree.ancestor_code as area_code,
        recovery.period_kind,
        recovery.period_start,
        count(*) as authorities,
        max(recovery.value) - min(recovery.value) as between_ends,
        100 * stddev_pop(recovery.value) / nullif(avg(recovery.value), 0) as variation
    from mart_v1.indicator recovery
    join mart_v1.protected_indicator shown using (
        indicator_id, measure, area_code, period_kind, period_start, breakdown, category
    )
    join core.area_tree tree on tree.area_code = recovery.area_code and tree.level <> 'authority'
    where recovery.indicator_id = 'DO02' and recovery.breakdown = 'all' and shown.status = 'shown'
        and (recovery.period_kind, recovery.period_start) in (
            select * from unnest(cast(:kinds as text[]), cast(:starts as date[]))
        )
    group by tree.ancestor_code, recovery.period_kind, recovery.period_start
),

worked_out as (
    select
        figure.indicator_id, figure.measure, figure.area_code, figure.period_kind, figure.period_start,
        case when spread.authorities > 1 then round(
            case figure.measure when 'range' then spread.between_ends else spread.variation end,
            definition.decimal_places
        ) end as value
    from mart_v1.protected_indicator figure
    join release_v1.indicator_definition definition using (indicator_id, measure)
    left join spread using (area_code, period_kind, period_start)
    where figure.indicator_id = 'DO06' and figure.status = 'shown'
        and (figure.period_kind, figure.period_start) in (
            select * from unnest(cast(:kinds as text[]), cast(:starts as date[]))
        )
)

update mart_v1.protected_indicator figure
set
    value = worked_out.value,
    status = case when worked_out.value is null then 'not_available' else 'shown' end,
    reason = case when worked_out.value is null then 'too_few_shown' end,
    note_codes = case
        when worked_out.value is not null then figure.note_codes
        else array(select code from unnest(array_remove(figure.note_codes, 'k') || array['x']) as code order by code collate "C")
    end
from worked_out
where figure.indicator_id = worked_out.indicator_id
    and figure.measure = worked_out.measure
    and figure.area_code = worked_out.area_code
    and figure.period_kind = worked_out.period_kind
    and figure.period_start = worked_out.period_start
    and figure.breakdown = 'all'
