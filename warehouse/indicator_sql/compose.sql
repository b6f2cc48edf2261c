-- Every declared figure of every area that services are expected in, with its value, its coverage and its note codes.
insert into mart_v1.indicator (
    indicator_id, measure, area_code, period_kind, period_start, breakdown, category, area_level,
    numerator, denominator, value, services_expected, services_returned, coverage, note_codes,
    only_provider, largest, second_largest
)
with figure as (
    select
        declared.indicator_id,
        declared.measure,
        coverage.area_code,
        coverage.period_kind,
        coverage.period_start,
        declared.breakdown,
        declared.category,
        coverage.area_level,
        measured.numerator,
        measured.denominator,
        case
            when measured.denominator is null then measured.numerator
            when measured.denominator > 0 then declared.factor * measured.numerator / measured.denominator
        end as value,
        coverage.services_expected,
        coverage.services_returned,
        cast(coverage.services_returned as numeric) / coverage.services_expected as coverage,
        coalesce(measured.is_estimated, false) as is_estimated,
        span.is_provisional,
        behind.only_provider,
        behind.largest,
        behind.second_largest
    from pg_temp.coverage
    join pg_temp.span
        on span.period_kind = coverage.period_kind and span.period_start = coverage.period_start
    join pg_temp.declared
        on declared.area_level = coverage.area_level and declared.is_snapshot = coverage.is_snapshot
    left join pg_temp.measured
        on measured.indicator_id = declared.indicator_id
        and measured.measure = declared.measure
        and measured.area_code = coverage.area_code
        and measured.period_kind = coverage.period_kind
        and measured.period_start = coverage.period_start
        and measured.breakdown = declared.breakdown
        and measured.category = declared.category
    left join pg_temp.behind
        on behind.source = declared.source
        and behind.area_code = coverage.area_code
        and behind.period_kind = coverage.period_kind
        and behind.period_start = coverage.period_start
        and behind.breakdown = declared.breakdown
        and behind.category = declared.category
    where coverage.services_expected > 0
)

select
    indicator_id, measure, area_code, period_kind, period_start, breakdown, category, area_level,
    numerator, denominator, value, services_expected, services_returned, coverage,
    array_remove(
        array[
            case when is_estimated and value is not null then 'e' end,
            case when is_provisional then 'p' end,
            case when value is null then 'x' end
        ],
        null
    ),
    only_provider, largest, second_largest
from figure
