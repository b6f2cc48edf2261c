-- Services of which a figure is far from the middle of its months before, by how far those lie apart; six months at least.
with usual as (
    select
        provider_id,
        service_id,
        count(*) as months,
        median(amount::double) as middle,
        mad(amount::double) as apart
      from measured
     where period < $this_month
       and measure = $column
     group by provider_id, service_id
    having count(*) >= 6
)

select
    now.submission_id,
    now.row,
    plain(now.amount) as value,
    plain(usual.middle::decimal(18, 2)) as expected,
    usual.months::varchar as other
  from measured as now
  join usual using (provider_id, service_id)
 where now.period = $this_month
   and now.measure = $column
   and abs(now.amount::double - usual.middle) > greatest(5 * 1.4826 * usual.apart, usual.middle * 0.4, 10)
   and now.has_changed_since_month is not true
   and now.has_changed_since_year is not true
 order by all
