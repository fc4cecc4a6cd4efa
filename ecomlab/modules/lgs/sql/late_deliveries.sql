-- Late deliveries (迟到的配送): trips of vehicles that were due in the period, and how many came later than agreed; trips, days, ratios.
--
-- A trip is late if it arrived after the day on which it was due. One that has not arrived by the end of the period is under way and neither on time nor
-- late yet, so a share of the last days looks better than it will be. late_trip_share = late trips / trips that arrived; days_late is the mean of the
-- late ones. owner: whose trips, as carrier, shipper or purchaser.
with trips as (
    select case $by when 'carrier' then t.carrier
                    when 'shipper' then s.shipper
                    when 'month' then strftime(t.due, '%Y-%m')
           end as group_key, t.due, case when $end is null or t.arrived <= $end then t.arrived end as arrived
    from lgs_trip t join lgs_slip s on s.number = t.delivery_order
    where t.due is not null
      and ($owner is null or t.carrier = $owner or s.shipper = $owner or s.purchaser = $owner)
      and ($start is null or t.due >= $start)
      and ($end is null or t.due <= $end)
), counted as (
    select group_key, count(*) as trips, count(arrived) as arrived, count(*) filter (arrived > due) as late,
           avg(arrived - due) filter (arrived > due) as days_late, max(arrived - due) filter (arrived > due) as most_days_late
    from trips
    group by group_key
)
select c.group_key, m.name as group_name, c.trips::bigint as trips, (c.trips - c.arrived)::bigint as trips_under_way,
       (c.arrived - c.late)::bigint as trips_on_time, c.late::bigint as late_trips,
       if(c.arrived = 0, null, c.late / c.arrived)::decimal(9,4) as late_trip_share, c.days_late::decimal(9,2) as days_late,
       c.most_days_late::decimal(9,2) as most_days_late
from counted c left join member m on m.number = c.group_key
order by if($by = 'month', c.group_key, null), c.late desc, c.group_key;
