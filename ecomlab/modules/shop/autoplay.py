"""How the library plays the cashier, and those whom the department deals with: its accountant, the courier's driver, a supplier."""

from __future__ import annotations

import contextlib
from decimal import Decimal
from typing import Any

from ...kernel.plays import Player, autoplays
from ...kernel.refusals import Refusal
from ..b2c import transfers_to

#: Up to this difference the accountant lets the company bear it, CNY.
SMALL = Decimal(10)


@autoplays(
    "shop_accountant",
    "按审批单编号先后审批收银差额：由收银员承担的一律同意；由企业承担的，不超过 10 元时同意，否则不同意。不付款。",
    "Decides on till differences by the numbers of the approvals: agrees that the cashier bears one; agrees that the company bears one of up to 10 CNY, "
    "and not more. Pays nothing.",
)
def _accountant(play: Player) -> None:
    me = play.look.sessions("shop_accountant")[0]
    for row in play.look.all(
        """select a.number, a.amount, t.asked from approval a join document d using (number) join shop_till t on t.number = a.about
           join b2c_merchant m on m.merchant = t.merchant where d.state = 'requested' and a.role = 'shop_accountant' and m.member = $me order by a.number""",
        me=me,
    ):
        play.shop.decide_difference(row.number, "yes" if row.asked == "cashier" or row.amount <= SMALL else "no")


@autoplays(
    "courier_driver",
    "按编号先后，签收列给本公司的每张快递交接单，带走单上的全部包裹。",
    "Signs every list of parcels for its own courier, by number, and takes all parcels on it.",
)
def _driver(play: Player) -> None:
    for number in _drawn_up(play, "shop_handover", "courier", "courier_driver"):
        play.shop.sign_handover(number)


@autoplays(
    "joint_supplier",
    "按编号先后，确认各店为自己编制的每张结算单。",
    "Confirms every statement that shops have drawn up for it, by number.",
)
def _supplier(play: Player) -> None:
    for number in _drawn_up(play, "shop_statement", "supplier", "joint_supplier"):
        play.shop.confirm_statement(number)


def _drawn_up(play: Player, table: str, party: str, role: str) -> list[str]:
    """The documents that wait for the signature of whoever is signed in in that role, by number. party: the column that says whose they are."""
    me = play.look.sessions(role)[0]
    rows = play.look.all(f"select t.number from {table} t join document d using (number) where t.{party} = $me and d.state = 'drawn_up' order by 1", me=me)
    return [row.number for row in rows]


@autoplays(
    "cashier",
    "收银台未开的先开台。收下每位顾客的款项，查不到的汇款先不收；给要买储值卡的顾客售卡、充值。收完清点、日结，移交财务；有差额的请企业承担。不查询汇款。",
    "Opens the till of the day. Takes the money of everybody at the counter, but for transfers that name no order, and sells or tops up the "
    "store cards that are asked for. Then counts and closes the till "
    "and hands it to finance; asks that the company bears a difference. Enquires about no transfer.",
)
def _cashier(play: Player) -> None:
    merchant = play.look.sessions("cashier")[0]
    till = open_till(play, merchant)
    if till and play.look.value("select day from shop_till where number = $n", n=till) != play.look.day:
        finish(play, till)
        till = ""
    till = till or str(play.shop.open_till()["till"])
    for visit in play.shop.counter():
        take(play, visit)
    for wish in play.shop.card_customers():
        put_on_card(play, wish)
    finish(play, till)


def open_till(play: Player, merchant: str) -> str:
    """The till of a shop that is not closed; '' if all are."""
    sql = "select t.number from shop_till t join document d using (number) where t.merchant = $m and d.state in ('open', 'counted')"
    return str(play.look.value(sql, m=merchant) or "")


def take(play: Player, visit: Any) -> None:
    """Takes the money of a row of the counter; what is refused, and a transfer that names no order, waits."""
    reference = visit.paper or play.look.value("select transaction from b2c_payment where web_order = $n", n=visit.web_order) or ""
    if visit.way == "bank_transfer":
        merchant = play.look.value("select merchant from b2c_order where number = $n", n=visit.web_order)
        sent = [r for r in transfers_to(play.look, merchant) if r.purpose == visit.web_order]
        if not sent:
            return
        reference = sent[0].transaction
    means = {"means": visit.means} if visit.means in ("card", "store_card") else {}
    with contextlib.suppress(Refusal):
        play.shop.take_payment(visit.web_order, visit.way, visit.amount, reference, **means)


def put_on_card(play: Player, wish: Any) -> None:
    """Does what a row of those who want a store card asks for."""
    paid = (wish.amount, wish.means, wish.paper, wish.invoice_title)
    if wish.store_card:
        play.shop.top_up_card(wish.store_card, *paid)
    else:
        play.shop.sell_card(wish.shopper, *paid)


def finish(play: Player, till: str) -> None:
    """Counts a till, closes it and hands it over."""
    there = play.shop.drawer(till)
    cash, cards, cheques = (sum((r.amount for r in there if r.means == means), Decimal("0.00")) for means in ("cash", "card", "cheque"))
    play.shop.count_till(till, cash, cards, cheques)
    if play.shop.close_till(till)["difference"]:
        play.shop.ask_decision(till, "company")
    play.shop.hand_to_finance(till)
