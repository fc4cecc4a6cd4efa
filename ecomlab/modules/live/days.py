"""A business day of a shop that has left an instruction: couriers bring cash, advertisements are paid, customers come, and orders are dealt with."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Any

from ...books import clock, promotions
from ...kernel.doing import Doing, Looking
from ..b2c import many
from . import advertising

if TYPE_CHECKING:
    from .trade import Trade

#: By what a customer is called, and where parcels go.
_SURNAMES = ("王 Wang", "李 Li", "张 Zhang", "刘 Liu", "陈 Chen", "杨 Yang", "黄 Huang", "赵 Zhao", "吴 Wu", "周 Zhou", "徐 Xu", "孙 Sun", "马 Ma")
_CITIES = ("杭州 Hangzhou", "苏州 Suzhou", "成都 Chengdu", "武汉 Wuhan", "西安 Xi'an", "广州 Guangzhou", "青岛 Qingdao")


@clock.daily
def begin(do: Doing) -> None:
    """One look at the instructions says whether there is anything to do, because every day of every such world comes here."""
    for shop in do.all("select i.*, m.member, m.place from live_instruction i join b2c_merchant m using (merchant) order by i.merchant"):
        _collect(do, shop)
        if shop.holds:
            _trade(do, shop)


def _collect(do: Doing, shop: Any) -> None:
    """What was shipped by the instruction, to be paid at the door, and is due today. Orders that were worked by hand are collected by hand."""
    owed = do.all(
        """select o.number, s.member, o.amount from b2c_order o join live_order v using (number) join document d using (number)
           join b2c_shopper s on s.user_name = o.shopper
           where o.merchant = $m and o.due_day = $day and o.payment_kind = 'cash_on_delivery' and not v.by_hand and d.state = 'shipped' order by o.number""",
        m=shop.merchant, day=do.day,
    )  # fmt: skip
    if owed:
        many.collect(do, shop, owed)


def _trade(do: Doing, shop: Any) -> None:
    from .trade import day_of_trade  # the model needs numpy, which a server that only grades other scenarios does without

    advertising.pay(do, shop)
    trade = day_of_trade(do, shop, _late(do, shop.merchant))
    baskets = _baskets(do, shop, trade)
    known = many.shoppers(do, sorted({b.user_name for b in baskets}))
    many.enrol(do, [_newcomer(name) for name in dict.fromkeys(b.user_name for b in baskets) if name not in known])
    by_hand, rest = baskets[: shop.by_hand], baskets[shop.by_hand :]
    placed = many.place(do, shop, by_hand) if by_hand else []
    sent = many.fulfil(do, shop, rest) if rest else []
    do.insert("live_order", [(n, shop.merchant, True) for n in placed] + [(n, shop.merchant, False) for n in sent])
    do.insert("live_day", [(shop.merchant, do.day, *trade.counts, len(baskets))])
    do.insert("live_product", [(shop.merchant, do.day, p.product, p.price, p.looked, p.asked, p.sold, p.lost) for p in trade.products])


def _late(look: Looking, merchant: str) -> int:
    """How many orders have waited for their shipment for more than a day."""
    return int(
        look.value(
            """select count(*) from b2c_order o join document d using (number)
               where o.merchant = $m and d.state in ('placed', 'paid', 'accepted') and o.placed_day < $day""",
            m=merchant,
            day=look.day - datetime.timedelta(days=1),
        )  # fmt: skip
    )


def _baskets(do: Doing, shop: Any, trade: Trade) -> list[many.Basket]:
    """What is ordered, the earliest first, at today's prices less what promotions take off."""
    found = []
    for basket in trade.baskets:
        quote = promotions.quote(do, shop.member, basket.goods, can_give=lambda product: False) if trade.promoted else None
        lines = quote.lines if quote else [promotions.QuoteLine(g[0], g[1], g[2], g[1] * g[2]) for g in basket.goods]
        parts = [many.Part(line.product, line.quantity, line.unit_price, line.amount) for line in lines]
        found.append(many.Basket(f"k{basket.customer}", sorted(parts), basket.at_the_door))
    return found


def _newcomer(user_name: str) -> many.Newcomer:
    """A customer as the shop's books have her; the number alone says who it is."""
    n = int(user_name[1:])
    zh, en = _SURNAMES[n % len(_SURNAMES)].split()
    title_zh, title_en = (("女士", "Ms"), ("先生", "Mr"))[n // len(_SURNAMES) % 2]
    city = _CITIES[n // 7 % len(_CITIES)]
    return many.Newcomer(
        user_name, f"{zh}{title_zh} {title_en} {en}", f"{user_name}@guest.example", f"139{n % 100_000_000:08d}",
        f"{city} 中山路 {n % 300 + 1} 号 Zhongshan Road {n % 300 + 1}",
    )  # fmt: skip
