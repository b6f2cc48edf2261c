-- What was measured of each service in each month, where nothing was found in the figures, with its own earlier months.
with sound as (
    select
        service_month.provider_id,
        service_month.service_id,
        service_measure.measure,
        service_measure.period,
        service_measure.submission_id,
        service_measure.row,
        service_measure.amount
      from service_measure
      join service_month
        on service_month.submission_id = service_measure.submission_id
       and service_month.service_id = service_measure.service_id
     where service_month.is_sound
)

select
    now.*,
    month_before.amount as a_month_before,
    year_before.amount as a_year_before,
    abs(now.amount - month_before.amount) > 10
        and abs(now.amount - month_before.amount) * 2 > month_before.amount as has_changed_since_month,
    abs(now.amount - year_before.amount) > 10
        and abs(now.amount - year_before.amount) * 4 > year_before.amount * 3 as has_changed_since_year
  from sound as now
  left join sound as month_before
    on month_before.provider_id = now.provider_id
   and month_before.service_id = now.service_id
   and month_before.measure = now.measure
   and month_before.period = now.period - interval '1 month'
  left join sound as year_before
    on year_before.provider_id = now.provider_id
   and year_before.service_id = now.service_id
   and year_before.measure = now.measure
   and year_before.period = now.period - interval '1 year'
