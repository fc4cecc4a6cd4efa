"""What a new business day brings to the desk: yesterday's talks end, customers order, write, review and send back.

All follows from the world's seed and from how many days the desk has been open. In its first days each of sixteen customers has a part,
on which the tasks rest; from then on whoever has no order on its way may order, ask, bargain or complain.
"""

from __future__ import annotations

import datetime
from random import Random
from typing import Any

from ...books import clock, documents
from ...kernel.doing import Doing
from ..b2c.members import shop_of
from . import cases, talks
from .briefs import FIRST_DAY, RETURNED, SECOND, SHIPPED_FIRST, WAITING, parts
from .data import Customer, customers, messages
from .kinds import CONVERSATION, REVIEW
from .talks import FOR_SALE

#: When the first wave of customers orders and when the second, in days after the opening; on FIRST_DAY the desk begins its daily round.
ORDERS_FROM = {1: SHIPPED_FIRST, 4: SECOND, FIRST_DAY: WAITING}
#: What customers write about on any day, in the order in which they come, with the minutes after 8:30 between which they do.
ROUND = (
    ("question", 2, 6), ("bargain_quantity", 7, 12), ("question", 13, 18), ("bargain_regular", 19, 26), ("complaint", 27, 34), ("bargain_again", 35, 42),
    ("bargain", 60, 150), ("complaint", 180, 240), ("bargain", 660, 750),
)  # fmt: skip
BARGAINS = ("bargain_campaign", "bargain_discounted", "bargain_elsewhere")
#: Customers who order on a day by themselves, and who write a review: on the first day and on others.
BUYERS = 3
REVIEWERS = {FIRST_DAY: 6}
USUAL_REVIEWERS = 4


@clock.daily
def begin(do: Doing) -> None:
    """One look at whether there is a desk; then its day."""
    desk = do.one("select * from service_desk limit 1")
    if desk is None:
        return
    since = (do.day - desk.opened).days
    shop = shop_of(do, desk.merchant)
    who = customers(do)
    _end_talks(do)
    for position in ORDERS_FROM.get(since, ()):
        _order(do, shop, who[position], do.stream(f"service.order/{since}/{position}"))
    if since == FIRST_DAY - 1:
        _send_back(do, who)
    if since >= FIRST_DAY:
        chance = do.stream(f"service.day/{do.day}")
        if since > FIRST_DAY:
            _buy(do, shop, who, chance)
        _write(do, shop, who, chance, first=since == FIRST_DAY)
        _review(do, shop, chance, REVIEWERS.get(since, USUAL_REVIEWERS))


def _end_talks(do: Doing) -> None:
    """Whoever was not answered, or not convinced, does not come back; what was only to be answered is closed."""
    rows = do.all(
        """select c.number, c.intent, d.state from service_conversation c join document d using (number)
           where d.state in ('opened', 'answered') and c.day < $day order by c.number""",
        day=do.day,
    )
    for r in rows:
        documents.find(do, CONVERSATION, r.number).move_to("closed" if r.state == "answered" and r.intent not in FOR_SALE else "lost")


def _goods(do: Doing, shop: Any) -> list[str]:
    """What the shop can sell at once, a few pieces of each."""
    rows = do.all(
        """select s.product from b2c_product s join stock_level l on l.product = s.product and l.owner = $owner and l.place = $place
           where s.merchant = $merchant and s.on_sale and l.on_hand - l.reserved >= 3 order by s.product""",
        owner=shop.member, place=shop.place, merchant=shop.merchant,
    )  # fmt: skip
    return [r.product for r in rows]


def _order(do: Doing, shop: Any, who: Customer, chance: Random) -> None:
    if goods := _goods(do, shop):
        talks.buy(do, shop, who.user_name, chance.choice(goods), 1)


def _idle(do: Doing, shop: Any, who: list[Customer]) -> list[Customer]:
    """The customers who wait for no order from the shop."""
    waiting = {
        r.shopper
        for r in do.all(
            "select o.shopper from b2c_order o join document d using (number) where o.merchant = $m and d.state in ('placed', 'paid', 'accepted')",
            m=shop.merchant,
        )  # fmt: skip
    }
    return [c for c in who if c.user_name not in waiting]


def _buy(do: Doing, shop: Any, who: list[Customer], chance: Random) -> None:
    idle = _idle(do, shop, who)
    for customer in chance.sample(idle, min(BUYERS, len(idle))):
        _order(do, shop, customer, chance)


def _send_back(do: Doing, who: list[Customer]) -> None:
    """Two customers send back what they have received; the box of one of them is damaged."""
    for position in RETURNED:
        order = do.value(
            """select o.number from b2c_order o join document d using (number) where o.shopper = $who and d.state = 'shipped'
               and o.received_day + o.return_days >= $day order by o.number limit 1""",
            who=who[position].user_name, day=do.day,
        )  # fmt: skip
        if order:
            damaged = position == parts(do).damaged
            cases.announce(do, order, "收到时已破损 It arrived damaged" if damaged else "尺寸不合适 It does not fit", damaged)


def _write(do: Doing, shop: Any, who: list[Customer], chance: Random, first: bool) -> None:
    """Customers write over the day; on the first day also those who want something changed or withdrawn."""
    goods = _goods(do, shop)
    idle = _idle(do, shop, who) or who[10:14]  # nobody whose order a task is about
    chance.shuffle(idle)
    for i, (intent, earliest, latest) in enumerate(ROUND):
        kind = chance.choice(BARGAINS) if intent == "bargain" else intent
        message = chance.choice(messages(do, kind))
        if kind in FOR_SALE and not goods:
            continue
        product = chance.choice(goods) if goods else ""
        _open(do, shop, idle[i % len(idle)], message.code, kind, product, "", chance.randint(earliest, latest))
    if first:
        for wish in parts(do).wishes:
            row = do.one(
                """select o.number, l.product from b2c_order o join b2c_order_line l using (number) where o.shopper = $who and o.merchant = $m
                   order by o.number desc limit 1""",
                who=who[wish.position].user_name, m=shop.merchant,
            )  # fmt: skip
            if row:
                _open(do, shop, who[wish.position], wish.message, "withdraw" if wish.kind == "withdraw" else "change", row.product, wish.wanted,
                      chance.randint(1, 30), row.number)  # fmt: skip


def _open(do: Doing, shop: Any, who: Customer, message: str, intent: str, product: str, wanted: str, minutes: int, order: str | None = None) -> None:
    made = documents.create(do, CONVERSATION, owner=shop.merchant)
    arrives = datetime.datetime.combine(do.day, datetime.time(8, 30)) + datetime.timedelta(minutes=minutes)
    do.execute(
        """insert into service_conversation values
           ($n, $merchant, $shopper, $day, $arrives, $message, $intent, $wanted, $product, $order, null, null, false, false, null, null)""",
        n=made.number, merchant=shop.merchant, shopper=who.user_name, day=do.day, arrives=arrives, message=message, intent=intent, wanted=wanted,
        product=product, order=order,
    )  # fmt: skip


def _review(do: Doing, shop: Any, chance: Random, reviewers: int) -> None:
    """Customers who have their goods review them, first those who have not yet; of three reviews two are bad or medium."""
    rows = do.all(
        """select o.number, o.shopper, count(r.number) as before from b2c_order o join document d using (number)
           left join service_review r on r.web_order = o.number
           where o.merchant = $m and d.state = 'shipped' and o.received_day <= $day
             and not exists (select 1 from b2c_return t where t.web_order = o.number)
           group by all order by before, o.number limit $most""",
        m=shop.merchant, day=do.day, most=reviewers,
    )  # fmt: skip
    told = list(do.scenario.rows("desk_reviews"))
    bad, good = [r for r in told if int(r["stars"]) <= 3], [r for r in told if int(r["stars"]) > 3]
    chosen = chance.sample(bad, len(bad))
    for i, row in enumerate(rows):
        said = chance.choice(good) if i % 3 == 2 else chosen.pop()
        made = documents.create(do, REVIEW, owner=shop.merchant, parent=row.number)
        do.execute(
            "insert into service_review values ($n, $m, $order, $shopper, $day, $stars, $message, null, null, null, null)",
            n=made.number, m=shop.merchant, order=row.number, shopper=row.shopper, day=do.day, stars=int(said["stars"]), message=said["code"],
        )  # fmt: skip
