"""What the floor manager looks at: how often pickers took the wrong goods, and how full the bins are."""

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
