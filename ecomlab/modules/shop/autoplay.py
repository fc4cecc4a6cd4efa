"""How the library plays those whom the department deals with: its company's accountant, and the courier's driver."""

from __future__ import annotations

from decimal import Decimal

from ...kernel.plays import Player, autoplays

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
    me = play.look.sessions("courier_driver")[0]
    for row in play.look.all(
        "select h.number from shop_handover h join document d using (number) where h.courier = $me and d.state = 'drawn_up' order by h.number", me=me
    ):
        play.shop.sign_handover(row.number)
