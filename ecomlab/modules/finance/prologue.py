"""What a prologue plays of this module: a shop that has sold, with its four people on their posts, and what has happened before the student comes."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from ...books.cast import Person
from ...books.images import sample
from ...kernel.plays import Player, cast, scene
from ...kernel.secrets import Issued
from ..b2c import scripted_shoppers
from ..b2c.prologue import fulfil, own_shop, promise_thirty_days
from ..ebank.prologue import own_customer
from . import briefs

#: Label of each employee's password, and the post.
POSTS = {
    "clerk": "ecommerce_clerk", "colleague": "ecommerce_clerk", "finance": "finance_clerk", "stock": "stock_clerk", "manager": "department_manager",
}  # fmt: skip
#: What a customer pays into the account before an order, unless the goods of this world's shop cost more.
USUAL = Decimal("600.00")
#: What the two customers buy: who, how it is paid, and pieces.
ORDERS = (
    (0, "payment_platform", 2), (0, "payment_platform", 1), (1, "payment_platform", 2), (1, "payment_platform", 1),
    (0, "online", 2), (1, "online", 1), (0, "online", 1),
)  # fmt: skip


def number_of(look: Any, who: str) -> str:
    """The staff number of an employee, as `briefs.staff` calls them."""
    person = briefs.staff(look)[who]
    sql = "select s.number from finance_staff s join member m on m.number = s.person where m.mailbox = $mailbox order by 1 limit 1"
    return str(look.value(sql, mailbox=person.mailbox))


_SIGN_IN = {
    "ecommerce_clerk": "sign_in_ecommerce", "finance_clerk": "sign_in_finance", "stock_clerk": "sign_in_stock", "department_manager": "sign_in_manager",
}  # fmt: skip


def come(play: Player, who: str) -> None:
    """An employee signs in, who does not act for the post already."""
    if play.look.sessions(POSTS[who])[:1] != [number_of(play.look, who)]:
        getattr(play.finance, _SIGN_IN[POSTS[who]])(number_of(play.look, who), play.password(who))


@cast
def _colleagues(play: Player) -> None:
    """Each who works in the department has a mailbox."""
    for person in briefs.staff(play.look).values():
        mailbox = person.mailbox.partition("@")[0]
        if play.look.value("select 1 from access where realm = 'email.password' and name = $m", m=person.mailbox) is None:
            locked = Issued(f"cast/{mailbox}")
            play.email.register(user_name=mailbox, full_name=person.name, password=locked, confirm=locked)


@scene("finance.at_work", *(f"FIN{n:03d}" for n in (1, 2, 3, 4, 5, 7, 9, 11, 12)))
def _at_work(play: Player) -> None:
    """The shop has shipped orders of two customers, taken one back, and got two transfers; a colleague has handed in a record sheet."""
    promise_thirty_days(play)
    for who, person in briefs.staff(play.look).items():
        password = play.password(who)
        play.finance.employ(full_name=person.name, mailbox=person.mailbox, post=POSTS[who], password=password, confirm=password)
    for who in ("finance", "stock", "manager"):
        come(play, who)
    _sell(play)
    _transfers(play)
    _colleagues_float(play)
    for who in ("finance", "stock", "manager"):
        play.lab.sign_out(POSTS[who], number_of(play.look, who))


def _sell(play: Player) -> None:
    shop, customers = own_shop(play), scripted_shoppers(play.look)[:2]
    for row in play.look.all(
        """select o.number from b2c_order o join document d using (number) where o.merchant = $m
           and (d.state = 'paid' or (d.state = 'placed' and o.payment_kind = 'cash_on_delivery')) order by 1""",
        m=shop.merchant,
    ):
        fulfil(play, row.number)
    product = play.look.value(
        "select product from stock_level where owner = $o and place = $p order by on_hand - reserved desc, product limit 1", o=shop.member, p=shop.place
    )
    made = [_buy(play, customers[who], who, shop.merchant, product, kind, pieces) for who, kind, pieces in ORDERS]
    _give_back(play, customers[1], 1, made[3], product, ORDERS[3][2])


def _as_customer(play: Player, person: Person, position: int) -> str:
    name = person.mailbox.partition("@")[0]
    play.b2c.sign_in(name, Issued(f"cast/shopper-{position}"))
    return name


def _account(look: Any, person: Person) -> Any:
    sql = "select c.number, a.number as account from bank_customer c join bank_account a on a.customer = c.number where c.kind = 'personal' and c.mailbox = $m"
    return look.one(sql, m=person.mailbox)


def _pin(position: int) -> Issued:
    return Issued(f"cast/person-pin-{position}")


def _buy(play: Player, person: Person, position: int, merchant: str, product: str, kind: str, pieces: int) -> str:
    account = _account(play.look, person)
    play.ebank.sign_in_personal(account.account, Issued(f"cast/person-{position}"))
    price = play.look.value("select price from b2c_product where merchant = $m and product = $p", m=merchant, p=product)
    # postage may come on top of what the goods cost
    play.ebank.deposit_personal(account.account, max(USUAL, pieces * price + 100), _pin(position))
    play.lab.sign_out("personal_client", account.number)
    name = _as_customer(play, person, position)
    play.b2c.add_to_cart(merchant, product, pieces)
    (order,) = play.b2c.check_out()
    play.b2c.choose_delivery(order, "express", kind)
    play.b2c.set_recipient(order, person.name, "杭州市人民路 1 号 1 People's Road, Hangzhou", f"1390000000{position}")
    play.b2c.confirm_order(order)
    play.b2c.pay_online(order, account.account, _pin(position))
    play.lab.sign_out("shopper", name)
    fulfil(play, order)
    return str(order)


def _give_back(play: Player, person: Person, position: int, order: str, product: str, pieces: int) -> None:
    name = _as_customer(play, person, position)
    request = play.b2c.request_return(order, [{"product": product, "quantity": pieces}], "颜色不符 Another colour than expected")
    play.lab.sign_out("shopper", name)
    play.b2c.accept_return(request, "restocked")


def _transfers(play: Player) -> None:
    """The customer who was to pay at the door has transferred price and postage; the other one something that nobody can name."""
    look, wires, own = play.look, briefs.wire(play.look), own_customer(play, "corporate").account
    shop, customers = own_shop(play), scripted_shoppers(play.look)[:2]
    payer = customers[1].mailbox.partition("@")[0]
    owed = look.value(
        "select amount from b2c_order where merchant = $m and shopper = $s and payment_kind = 'cash_on_delivery' order by number limit 1",
        m=shop.merchant, s=payer,
    )  # fmt: skip
    name = look.value("select name from member where number = $n", n=shop.member)
    for position, amount, purpose in ((1, owed + wires["postage"], "货款 For the goods"), (0, wires["unknown"], "转账 Transfer")):
        account = _account(play.look, customers[position])
        play.ebank.sign_in_personal(account.account, Issued(f"cast/person-{position}"))
        play.ebank.deposit_personal(account.account, amount, _pin(position))
        play.ebank.transfer_personal(account.account, own, name, amount, purpose, _pin(position))
        play.lab.sign_out("personal_client", account.number)


def _colleagues_float(play: Player) -> None:
    look = play.look
    come(play, "colleague")
    number = play.finance.ask_float("300.00", "小额赔付 Small compensations")
    play.finance.decide(play.look.value("select number from approval where about = $n", n=number), "approved")
    account = own_customer(play, "corporate").account
    play.finance.grant_float(number, account, play.pin("corporate"))
    order = look.value(
        "select min(number) from b2c_order where merchant = $m and payment_kind = 'online' and shipped_day is not null", m=own_shop(play).merchant
    )
    for i, paid in enumerate(briefs.colleagues(look)):
        proof = {"picture": sample(60, 40, (40 * i, 90, 120))} if paid.cause == "faulty" else {"receipt": paid.says}
        play.finance.compensate(number, order, paid.cause, paid.amount, paid.says, **proof)
    play.finance.hand_in(number)
    play.lab.sign_out("ecommerce_clerk", number_of(play.look, "colleague"))
