"""Who is at the desk before the student arrives: sixteen customers with accounts, and a desk that has been at work for five days."""

from __future__ import annotations

from decimal import Decimal

from ...kernel.plays import Player, cast, scene
from ...kernel.secrets import Issued
from ..b2c.prologue import own_shop, promise_thirty_days
from .briefs import PACKED, SHIPPED_FIRST, STUCK, WITHDRAWN
from .data import customers

#: Goods that the shop has when nobody has given it any: how many products, and pieces of each.
PRODUCTS, PIECES = 4, 60


@cast
def _customers(play: Player) -> None:
    """Each has a mailbox, a card account and a name in the mall."""
    for c in customers(play.look):
        user, locked = c.user_name, Issued(f"cast/desk-{c.position}")
        if play.look.value("select 1 from mailbox where address = $m", m=c.mailbox) is None:
            play.email.register(user_name=user, full_name=c.name, password=locked, confirm=locked)
        play.ebank.register_personal(
            full_name=c.name, mobile=f"139000001{c.position:02d}", mailbox=c.mailbox, password=locked, confirm=locked, pin=c.pin, confirm_pin=c.pin, agree=True
        )
        play.b2c.register(
            user_name=user, full_name=c.name, mailbox=c.mailbox, phone=f"139000001{c.position:02d}", password=locked, confirm=locked,
            postal_address=f"{c.city} 中山路 {c.position + 1} 号 Zhongshan Road {c.position + 1}",
        )  # fmt: skip


@scene(
    "service.at_work", "DESK001", "DESK002", "DESK003", "DESK004", "DESK005", "DESK006", "DESK007", "DESK008", "DESK009", "DESK010", "DESK011", "DESK013",
    "DESK014", "DESK015", "DESK016", "DESK017", "DESK018",
)  # fmt: skip
def _at_work(play: Player) -> None:
    """A desk in the student's shop, five days old: seven orders are shipped, of six the papers are out, three of these packed; six wait.

    Everybody has gone home: the student signs in at each post.
    """
    _goods(play)
    promise_thirty_days(play)
    play.service.open_desk()
    for clerk in clerks(play):
        play.service.sign_in(clerk, play.password("shopkeeper"))
    play.lab.advance(1)
    play.service.print_batch()
    for order in _printed(play, *SHIPPED_FIRST):
        play.b2c.ship(play.look.value("select sales_order from b2c_order where number = $n", n=order))
    play.lab.advance(3)
    play.service.print_batch()
    for order in _printed(play, PACKED, WITHDRAWN[2], STUCK[1]):
        play.service.record_packed(order)
    play.lab.advance(1)
    for clerk in clerks(play):
        play.lab.sign_out(play.look.value("select post from service_clerk where clerk = $c", c=clerk), clerk)


def _printed(play: Player, *positions: int) -> list[str]:
    """The printed orders of the customers in these positions."""
    who = customers(play.look)
    rows = play.look.all(
        """select p.web_order from service_papers p join document d using (number) join b2c_order o on o.number = p.web_order
           where list_contains($who, o.shopper) and d.state = 'printed' order by p.number""",
        who=[who[p].user_name for p in positions],
    )
    return [r.web_order for r in rows]


def clerks(play: Player) -> list[str]:
    """One clerk of each post, as who the student works: the first by name."""
    return [r.clerk for r in play.look.all("select min(clerk) as clerk from service_clerk group by post order by 1")]


def _goods(play: Player) -> None:
    """Something to sell, in a shop that has not posted its opening stock yet."""
    shop, look = own_shop(play), play.look
    if look.value("select 1 from b2c_opening_stock s join document d using (number) where s.merchant = $m and d.state = 'posted'", m=shop.merchant):
        return
    rows = list(look.scenario.rows("products"))
    look.stream("service.goods").shuffle(rows)
    for r in rows[:PRODUCTS]:
        cost = Decimal(r["cost"])
        play.b2c.add_product(product=r["gtin"], price=(cost * Decimal("1.4")).quantize(Decimal("0.1")), cost=cost)
    play.b2c.post_opening(play.b2c.save_opening([{"product": r["gtin"], "quantity": PIECES} for r in rows[:PRODUCTS]]))
