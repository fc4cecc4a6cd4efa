"""A business day of a shop that has left an instruction: couriers bring cash, advertisements are paid, customers come, and orders are dealt with."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Any

from ...books import clock, ledger, promotions
from ...books.batches import Batch
from ...kernel.doing import Doing
from .. import ebank
from ..b2c import RETURN_DAYS, many
from . import advertising, returning
from .posting import Posting

if TYPE_CHECKING:
    from .trade import Trade

#: By what a customer is called, and where parcels go.
_SURNAMES = ("王 Wang", "李 Li", "张 Zhang", "刘 Liu", "陈 Chen", "杨 Yang", "黄 Huang", "赵 Zhao", "吴 Wu", "周 Zhou", "徐 Xu", "孙 Sun", "马 Ma")
_CITIES = ("杭州 Hangzhou", "苏州 Suzhou", "成都 Chengdu", "武汉 Wuhan", "西安 Xi'an", "广州 Guangzhou", "青岛 Qingdao")


#: The shops that have left an instruction: what it says, who and where they are, what they promise, the cash that they have, whether they have ever had
#: a budget for advertisements, and how many orders have waited for their shipment for more than a day.
_SHOPS = """
    select i.*, m.member, m.place, w.uscc, coalesce(g.return_days, $lawful) as return_days, r.courier, r.free_from, coalesce(c.balance, 0) as cash,
        exists (select 1 from live_budget b where b.merchant = i.merchant) as advertises, (
        select count(*) from b2c_order o join document d using (number)
        where o.merchant = i.merchant and d.state in ('placed', 'paid', 'accepted') and o.placed_day < $yesterday) as late
    from live_instruction i join b2c_merchant m using (merchant) join member w on w.number = m.member
    left join b2c_page g on g.merchant = i.merchant and g.page = 'after_sales' left join b2c_postage_rule r on r.merchant = i.merchant
    left join ledger_balance c on c.owner = m.member and c.account = $cash and c.sub = '' order by i.merchant"""


@clock.daily
def begin(do: Doing) -> None:
    """One look at the instructions says whether there is anything to do, because every day of every such world comes here."""
    for told in do.all(_SHOPS, lawful=RETURN_DAYS, cash=ledger.CASH, yesterday=do.day - datetime.timedelta(days=1)):
        account = ebank.settlement_account(do, told.merchant)
        shop = many.Shop(told.merchant, told.member, told.place, account, told.return_days)
        with Batch(do) as batch:
            returning.take_back(batch, shop, told, _collect(batch, shop))
            if told.holds:
                _trade(batch, shop, told)


def _collect(batch: Batch, shop: many.Shop) -> set[str]:
    """What was shipped by the instruction, to be paid at the door, and is due today; gives the orders. Those worked by hand are collected by hand."""
    owed = batch.do.all(
        """select o.number, s.member, o.amount - coalesce(sum(r.amount), 0) as amount
           from b2c_order o join live_order v using (number) join document d using (number) join b2c_shopper s on s.user_name = o.shopper
           left join (select t.web_order, t.amount from b2c_return t join document x using (number) where x.state = 'refunded') r on r.web_order = o.number
           where o.merchant = $m and o.due_day = $day and o.payment_kind = 'cash_on_delivery' and not v.by_hand and d.state in ('shipped', 'returned')
             and o.number not in (select web_order from b2c_payment)
           group by o.number, s.member, o.amount having o.amount > coalesce(sum(r.amount), 0) order by o.number""",
        m=shop.merchant, day=batch.do.day,
    )  # fmt: skip
    if owed:
        many.collect(batch, shop, owed)
    return {r.number for r in owed}


def _trade(batch: Batch, shop: many.Shop, told: Any) -> None:
    from .trade import day_of_trade  # the model needs numpy, which a server that only grades other scenarios does without

    do = batch.do
    spent = advertising.pay(batch, shop) if told.advertises else {}
    posting = Posting(do, told, batch.products) if told.courier else None
    trade = day_of_trade(do, told, batch.products, posting, spent)
    baskets = _baskets(batch, shop, trade, posting)
    by_hand, rest = [b._replace(at_the_door=True) for b in baskets[: told.by_hand]], baskets[told.by_hand :]
    placed, sent = many.place(batch, shop, by_hand), many.fulfil(batch, shop, rest)
    batch.add("live_order", [(n, shop.merchant, True) for n in placed] + [(n, shop.merchant, False) for n in sent])
    batch.add("live_day", [(shop.merchant, do.day, *trade.counts, len(baskets))])
    batch.add("live_product", [(shop.merchant, do.day, p.product, p.price, p.looked, p.asked, p.sold, p.lost) for p in trade.products])


def _baskets(batch: Batch, shop: many.Shop, trade: Trade, posting: Posting | None) -> list[many.Basket]:
    """What is ordered, the earliest first, at today's prices less what promotions take off; who orders for the first time is registered."""
    names = dict.fromkeys(f"k{order.customer}" for order in trade.baskets)
    who = many.known(batch.do, list(names))
    new = [_newcomer(batch.do, name) for name in names if name not in who]
    many.enrol(batch, new)
    who.update({p.user_name: p for p in new})
    found = []
    for basket in trade.baskets:
        quote = promotions.quote(batch.do, shop.member, basket.goods, can_give=lambda product: False, rules=trade.rules)
        parts = [many.Part(line.product, line.quantity, line.unit_price, line.amount) for line in quote.lines]
        shopper = who[f"k{basket.customer}"]
        charged = posting.charged(shopper.postal_address, parts) if posting else None
        found.append(many.Basket(shopper, sorted(parts), basket.at_the_door or shop.account is None, charged))
    return found


def _newcomer(do: Doing, user_name: str) -> many.Shopper:
    """A customer as the shop's books have her; the number in her name alone says who it is."""
    n = int(user_name[1:])
    zh, en = _SURNAMES[n % len(_SURNAMES)].split()
    title_zh, title_en = (("女士", "Ms"), ("先生", "Mr"))[n // len(_SURNAMES) % 2]
    city = _CITIES[n // 7 % len(_CITIES)]
    return many.Shopper(
        user_name, do.number("MB"), f"{zh}{title_zh} {title_en} {en}", f"{user_name}@guest.example", f"139{n % 100_000_000:08d}",
        f"{city} 中山路 {n % 300 + 1} 号 Zhongshan Road {n % 300 + 1}", do.day,
    )  # fmt: skip
