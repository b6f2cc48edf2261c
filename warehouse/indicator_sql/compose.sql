-- Every declared figure of every area that services are expected in, with its value and what makes it honest: its 95%
-- interval, its coverage, how far it reaches, who is in no sum, and its note codes.
insert into mart_v1.indicator (
    indicator_id, measure, area_code, period_kind, period_start, breakdown, category, area_level,
    numerator, denominator, value, services_expected, services_returned, coverage, note_codes,
    only_provider, largest, second_largest,
    through, lower, upper, missing_authorities
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
        declared.factor,
        case
            when measured.denominator is null then measured.numerator
            when measured.denominator > 0 then declared.factor * measured.numerator / measured.denominator
        end as value,
        definition.interval_method,
        definition.is_count,
        -- Where people count once a month, the same ones come each month: what is known is that of an average month.
        case when definition.is_distinct or declared.is_snapshot then 1 else greatest(coverage.months_returned, 1) end
            as months,
        coverage.services_expected,
        coverage.services_returned,
        cast(coverage.services_returned as numeric) / coverage.services_expected as coverage,
        coalesce(measured.is_estimated, false) as is_estimated,
        span.is_provisional,
        behind.only_provider,
        behind.largest,
        behind.second_largest,
        case when declared.is_snapshot then span.snapshot_month else span.last_month end as through,
        left_out.authorities as missing_authorities,
        exists (
            select from unnest(declared.breaks) as since
            where since <= span.period_end
                and since >= case
                    -- A month's snapshot stands for the quarter that it ends.
                    when declared.is_snapshot and span.period_kind = 'month' then span.period_start - interval '2 months'
                    else span.period_start
                end
        ) as is_break
    from pg_temp.coverage
    join pg_temp.span
        on span.period_kind = coverage.period_kind and span.period_start = coverage.period_start
    join pg_temp.declared
        on declared.area_level = coverage.area_level and declared.is_snapshot = coverage.is_snapshot
    join release_v1.indicator_definition definition
        on definition.indicator_id = declared.indicator_id and definition.measure = declared.measure
    join pg_temp.left_out
        on left_out.area_code = coverage.area_code
        and left_out.period_kind = coverage.period_kind
        and left_out.period_start = coverage.period_start
        and left_out.is_snapshot = coverage.is_snapshot
        and left_out.has_baseline = declared.has_baseline
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
    figure.indicator_id, figure.measure, figure.area_code, figure.period_kind, figure.period_start, figure.breakdown,
    figure.category, figure.area_level, figure.numerator, figure.denominator, figure.value, figure.services_expected,
    figure.services_returned, figure.coverage,
    array_remove(
        array[
            case when figure.is_break and figure.value is not null then 'b' end,
            case when figure.is_estimated and figure.value is not null then 'e' end,
            case when figure.is_provisional then 'p' end,
            case
                when figure.value is null then null
                when figure.interval_method = 'wilson' and figure.denominator < :reliability_denominator * figure.months
                    then 'u'
                when figure.interval_method = 'byar' and not figure.is_count and figure.numerator < :reliability_count
                    then 'u'
            end,
            case when figure.value is null then 'x' end
        ],
        null
    ),
    only_provider, largest, second_largest,
    figure.through,
    case figure.interval_method
        when 'wilson' then figure.factor * share.lower
        when 'byar' then figure.factor * counted.lower / coalesce(figure.denominator, 1)
    end,
    case figure.interval_method
        when 'wilson' then figure.factor * share.upper
        when 'byar' then figure.factor * counted.upper / coalesce(figure.denominator, 1)
    end,
    figure.missing_authorities
from figure
left join lateral core.wilson(figure.numerator / figure.months, figure.denominator / figure.months) as share
    on figure.interval_method = 'wilson' and figure.value is not null
left join lateral core.byar(figure.numerator) as counted
    on figure.interval_method = 'byar' and figure.value is not null
