-- DO20: a service in Welsh offered without asking, accepted, and given, where known, on the registers of people.
insert into pg_temp.measured (
    indicator_id, measure, area_code, area_level, period_kind, period_start, breakdown, category,
    numerator, denominator
)
with cell as (
    select
        tree.ancestor_code as area_code,
        tree.level as area_level,
        month.period_kind,
        month.period_start,
        count(*) filter (where person.active_offer_made = 'Y') as made,
        count(*) filter (where person.active_offer_made in ('Y', 'N')) as made_known,
        count(*) filter (where person.active_offer_accepted = 'Y') as accepted,
        count(*) filter (where person.active_offer_accepted in ('Y', 'N')) as accepted_known,
        count(*) filter (where person.delivered_in_preferred = 'Y') as delivered,
        count(*) filter (where person.delivered_in_preferred in ('Y', 'N')) as delivered_known
    from restricted.current_person person
    join pg_temp.service using (submission_id, service_id)
    join pg_temp.span_month month on month.period = service.period
    join core.area_tree tree
        on tree.area_code = case person.commissioning_la when 'SELF' then service.service_la else person.commissioning_la end
    group by tree.ancestor_code, tree.level, month.period_kind, month.period_start
)

select
    'DO20', part.measure, cell.area_code, cell.area_level, cell.period_kind, cell.period_start, 'all', 'ALL',
    part.numerator, part.denominator
from cell
cross join lateral (
    values
        ('main', cell.made, cell.made_known),
        ('accepted', cell.accepted, cell.accepted_known),
        ('delivered', cell.delivered, cell.delivered_known)
) as part (measure, numerator, denominator)
