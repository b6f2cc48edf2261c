-- What was drawn becomes a release's figures; one whose value differs from the published release before is marked r.
insert into core.released_figure (
    release_id, indicator_id, measure, area_code, period_kind, period_start, breakdown, category, position, area_level,
    version, through, value, lower, upper, note_codes, coverage, services_expected, services_returned,
    missing_authorities, numerator, denominator
)
select
    :release_id,
    drawn.indicator_id, drawn.measure, drawn.area_code, drawn.period_kind, drawn.period_start, drawn.breakdown,
    drawn.category, drawn.position, drawn.area_level, drawn.version, drawn.through, drawn.value, drawn.lower,
    drawn.upper,
    case
        when drawn.value is not null and before.through = drawn.through and before.value is distinct from drawn.value
            then array(select code from unnest(drawn.note_codes || 'r'::text) as code order by code collate "C")
        else drawn.note_codes
    end,
    drawn.coverage, drawn.services_expected, drawn.services_returned, drawn.missing_authorities, drawn.numerator,
    drawn.denominator
from pg_temp.drawn
left join core.released_figure as before
    on before.release_id = :compared_with
    and before.indicator_id = drawn.indicator_id
    and before.measure = drawn.measure
    and before.area_code = drawn.area_code
    and before.period_kind = drawn.period_kind
    and before.period_start = drawn.period_start
    and before.breakdown = drawn.breakdown
    and before.category = drawn.category
