-- mart_v1.explain_quarantine(of_indicator text, of_area text, of_kind text, from_day date)
-- How many rows of the returns behind an area's figures stand in quarantine, by sheet and by the rule that they broke; one
-- that broke two counts for both. Where is_measured, the figure is measured from that sheet, and lacks them.
-- Example: select * from mart_v1.explain_quarantine('DO02', 'W06000023', 'month', '2026-08-01')
returns table (
    sheet text, is_measured boolean, rule_id text, rule_version integer, sentence_en text, sentence_cy text, rows bigint,
    submissions bigint
) language sql stable security definer set search_path = pg_catalog, pg_temp as $$
    select
        refused.sheet,
        exists (
            select from release_v1.indicator_definition as definition
            where definition.indicator_id = of_indicator and refused.sheet = any(definition.sheets)
        ) as is_measured,
        broken.rule_id,
        rule.version,
        rule.sentence_en,
        rule.sentence_cy,
        count(*) as rows,
        count(distinct refused.submission_id)
    from core.returns_behind(of_indicator, of_area, of_kind, from_day) as behind
    join restricted.quarantine as refused on refused.submission_id = behind.submission_id
    cross join unnest(refused.rules) as broken (rule_id)
    left join core.rule on rule.rule_id = broken.rule_id
    group by refused.sheet, broken.rule_id, rule.version, rule.sentence_en, rule.sentence_cy
    order by is_measured desc, rows desc, refused.sheet, broken.rule_id
$$
