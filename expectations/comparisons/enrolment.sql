-- Client groups of a service whose people enrolled do not follow from those of the month before.
with now as (
    select told.*, service_month.provider_id
      from group_month as told
      join service_month
        on service_month.submission_id = told.submission_id
       and service_month.service_id = told.service_id
     where told.period = $this_month
       and service_month.is_sound
),

-- Services that were told of the month before, whether or not any of this client group came.
before as (
    select service_month.provider_id, service_month.service_id, service_month.submission_id
      from service_month
      join return_month using (submission_id)
     where service_month.period = $this_month - interval '1 month'
       and service_month.is_sound
       and not return_month.is_nil
),

compared as (
    select
        now.*,
        coalesce(earlier.enrolled, 0) as enrolled_before,
        coalesce(earlier.enrolled, 0) + now.starters - now.leavers as enrolled_expected
      from now
      join before
        on before.provider_id = now.provider_id
       and before.service_id = now.service_id
      left join group_month as earlier
        on earlier.submission_id = before.submission_id
       and earlier.service_id = now.service_id
       and earlier.client_group = now.client_group
)

select
    submission_id,
    row,
    enrolled::varchar as value,
    enrolled_expected::varchar as expected,
    enrolled_before::varchar as other
  from compared
 where enrolled <> enrolled_expected
 order by all
