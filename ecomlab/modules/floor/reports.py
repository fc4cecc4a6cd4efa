"""What the floor manager looks at: how often pickers took the wrong goods, how full the bins are, why goods come back, and what a parcel costs."""

from __future__ import annotations

from ...books.periods import FromDay, ToDay, check_period, within
from ...kernel.command import query
from ...kernel.doing import Doing
from ...kernel.table import Table
from .staff import MANAGER, site


@query(role=MANAGER, title=("拣货差错表", "Picking errors"))
def picking_errors(do: Doing, from_day: FromDay = None, to_day: ToDay = None) -> Table:
    """What the first scan of each order found, by day and product: day, product, product_name, orders (scanned), wrong (pieces too many of it), missing."""
    check_period(from_day, to_day)
    return do.table(
        f"""select s.day, s.product, p.name as product_name, count(*)::integer as orders, sum(greatest(s.quantity - s.wanted, 0))::integer as wrong,
                   sum(greatest(s.wanted - s.quantity, 0))::integer as missing
            from floor_scan s join floor_order f using (sales_order) join product p on p.gtin = s.product
            where f.merchant = $m and s.scan = 1 and {within('s.day')} group by all order by s.day, s.product""",
        m=site(do).merchant, from_day=from_day, to_day=to_day,
    )  # fmt: skip


@query(role=MANAGER, title=("货位使用表", "Use of space"))
def space_use(do: Doing) -> Table:
    """How full each zone is: zone, bins, capacity (pieces), there, free."""
    return do.table(
        """select b.zone, count(*)::integer as bins, sum(b.capacity)::integer as capacity, coalesce(sum(l.there), 0)::integer as there,
                  (sum(b.capacity) - coalesce(sum(l.there), 0))::integer as free
           from floor_bin b left join (select bin, sum(quantity) as there from floor_lot where merchant = $m group by bin) l using (bin)
           where b.merchant = $m group by b.zone order by b.zone""",
        m=site(do).merchant,
    )


@query(role=MANAGER, title=("退货原因表", "Returns by cause"))
def returns_by_cause(do: Doing, from_day: FromDay = None, to_day: ToDay = None) -> Table:
    """Why goods have come back to the floor, the most frequent cause first: cause, returns, pieces, faulty (pieces).

    The cause is what the floor has found where goods were faulty, else what the customer says.
    """
    check_period(from_day, to_day)
    return do.table(
        f"""select coalesce(f.cause, r.reason) as cause, count(distinct f.number)::integer as returns,
                   sum(coalesce(l.scanned, l.announced))::integer as pieces, sum(coalesce(l.faulty, 0))::integer as faulty
            from floor_return f join b2c_return r on r.number = f.request join floor_return_line l on l.number = f.number
            join document d on d.number = f.number
            where f.merchant = $m and {within('d.day')} group by 1 order by returns desc, 1""",
        m=site(do).merchant, from_day=from_day, to_day=to_day,
    )  # fmt: skip


@query(role=MANAGER, title=("包裹成本表", "Cost of parcels"))
def parcel_costs(do: Doing, from_day: FromDay = None, to_day: ToDay = None) -> Table:
    """What parcels have cost, as far as it was worked out, CNY: day, parcels, courier_cost, packing_cost, work_cost, cost_per_parcel."""
    check_period(from_day, to_day)
    return do.table(
        f"""select c.day, count(*)::integer as parcels, sum(c.courier_cost)::decimal(18,2) as courier_cost, sum(c.packing_cost)::decimal(18,2) as packing_cost,
                   sum(c.work_cost)::decimal(18,2) as work_cost,
                   (sum(c.courier_cost + c.packing_cost + c.work_cost) / count(*))::decimal(18,2) as cost_per_parcel
            from floor_cost c join document d on d.number = c.parcel where d.owner = $m and {within('c.day')} group by c.day order by c.day""",
        m=site(do).merchant, from_day=from_day, to_day=to_day,
    )  # fmt: skip
