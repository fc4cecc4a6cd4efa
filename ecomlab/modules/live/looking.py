"""What the owner of a shop sees of its customers."""

from __future__ import annotations

from ...books.periods import FromDay, ToDay, check_period, within
from ...kernel.command import query
from ...kernel.doing import Doing
from ...kernel.table import Table
from ..b2c import SHOPKEEPER


@query(role=SHOPKEEPER, title=("查看每日客流", "View the visitors by day"))
def visitors(do: Doing, from_day: FromDay = None, to_day: ToDay = None) -> Table:
    """The business days with customers, the newest first: day, visitors (of the mall), newcomers, led (by advertisements), looked (at the shop), wanted
    (something here), orders, sold_out, too_dear, too_slow (lost by each), asked, sold, lost (pieces), spent (on advertising, CNY)."""
    check_period(from_day, to_day)
    return do.table(
        f"""select d.day, d.visitors, d.newcomers, d.led, d.looked, d.wanted, d.orders, d.sold_out, d.too_dear, d.too_slow,
                   coalesce(p.asked, 0)::integer as asked, coalesce(p.sold, 0)::integer as sold,
                   coalesce(p.lost, 0)::integer as lost, coalesce(a.spent, 0)::decimal(18,2) as spent
            from live_day d
            left join (select day, sum(asked) as asked, sum(sold) as sold, sum(lost) as lost from live_product where merchant = $actor group by day) p
                on p.day = d.day
            left join (select day, sum(spent) as spent from live_ad where merchant = $actor group by day) a on a.day = d.day
            where d.merchant = $actor and {within("d.day")} order by d.day desc""",
        actor=do.actor, from_day=from_day, to_day=to_day,
    )  # fmt: skip


@query(role=SHOPKEEPER, title=("查看商品的客流", "View the visitors by product"))
def wanted(do: Doing, from_day: FromDay = None, to_day: ToDay = None) -> Table:
    """What customers wanted in a period, by product: product, product_name, price (the mean, CNY), looked, asked, sold, lost (pieces)."""
    check_period(from_day, to_day)
    return do.table(
        f"""select l.product, p.name as product_name, round(avg(l.price), 2)::decimal(18,2) as price, sum(l.looked)::integer as looked,
                   sum(l.asked)::integer as asked, sum(l.sold)::integer as sold, sum(l.lost)::integer as lost
            from live_product l join product p on p.gtin = l.product where l.merchant = $actor and {within("l.day")}
            group by l.product, p.name order by asked desc, l.product""",
        actor=do.actor, from_day=from_day, to_day=to_day,
    )  # fmt: skip
