"""How the model student does each task, and who trades there before.

The student plays both sides: the own company buys, and the supplier's password stands in `lab.prepared()`, as does that
of its carrier, in whose name the goods are received and delivered.
"""

from __future__ import annotations

import datetime
from typing import Any

from ...books.cast import own_company, own_person
from ...kernel.plays import Player, plays
from ..ca.prologue import fetch
from .briefs import number_of_certificate, own_member, supplier_member, warehouses
from .checks import TABLES
from .prologue import PLATE

_ACCOUNT = """select min(a.number) from bank_account a join bank_customer c on c.number = a.customer
    where c.member = $member and a.kind = 'corporate'"""


def _newest(play: Player, kind: str, *states: str) -> Any:
    """The number of the newest document of a kind between the student's two companies, in one of these states."""
    return play.look.value(
        f"""select t.number from {TABLES[kind]} t join document d using (number)
            where t.purchaser = $purchaser and t.supplier = $supplier and list_contains($states, d.state) order by t.number desc limit 1""",
        purchaser=own_member(play.look), supplier=supplier_member(play.look), states=list(states),
    )  # fmt: skip


@plays("B2B001")
def _register(play: Player) -> None:
    own, me = own_company(play.look), own_person(play.look)
    password = play.password("purchaser")
    play.b2b.register(
        company_name=own.name, uscc=own.uscc, trade="purchaser", city=own.city, contact=me.name, mailbox=me.mailbox, password=password, confirm=password,
        agree=True,
    )  # fmt: skip


@plays("B2B003")
def _sign_in_purchaser(play: Player) -> None:
    certificate = number_of_certificate(play.look, own_member(play.look))
    fetch(play, certificate)
    play.b2b.sign_in_purchaser(certificate, play.password("purchaser"))


@plays("B2B004")
def _sign_in_supplier(play: Player) -> None:
    play.b2b.sign_in_supplier(number_of_certificate(play.look, supplier_member(play.look)), play.password("supplier"))


@plays("B2B011")
def _send_goods(play: Player) -> None:
    asked = play.brief("B2B011")
    play.b2b.stock_levels()
    play.b2b.send_goods(warehouses(play.look)[0], [{"product": asked["sent_gtin"], "quantity": asked["sent_pieces"]}])


@plays("B2B013")
def _transfer(play: Player) -> None:
    asked = play.brief("B2B013")
    play.b2b.transfer(*warehouses(play.look), [{"product": asked["moved_gtin"], "quantity": asked["moved_pieces"]}])


@plays("B2B014")
def _transfer_detail(play: Player) -> None:
    play.b2b.transfer_detail(_last_transfer(play).number)


def _last_transfer(play: Player) -> Any:
    return play.look.one(
        """select s.number, d.state, d.day from lgs_slip s join document d using (number) where s.kind = 'transfer_order' and s.shipper = $supplier
           order by s.number desc limit 1""",
        supplier=supplier_member(play.look),
    )


@plays("B2B015")
def _find_transfers(play: Player) -> None:
    asked, row = play.brief("B2B015"), _last_transfer(play)
    values = {"state": row.state, "product": asked["moved_gtin"], "from_day": row.day}
    play.b2b.transfers(**{asked["field"]: values[asked["field"]]})


@plays("B2B005")
def _fill_cart(play: Player) -> None:
    asked = play.brief("B2B005")
    play.b2b.browse(supplier=supplier_member(play.look))
    play.b2b.add_to_cart(supplier_member(play.look), asked["ordered_gtin"], asked["pieces"])


@plays("B2B006")
def _order(play: Player) -> None:
    asked, own = play.brief("B2B006"), own_company(play.look)
    day = play.look.day + datetime.timedelta(days=asked["days"])
    play.b2b.cart()
    play.b2b.place_order(supplier_member(play.look), asked["payment"], day, f"{own.province} {own.city}")


@plays("B2B007")
def _inquire(play: Player) -> None:
    asked, seller = play.brief("B2B007"), supplier_member(play.look)
    play.b2b.add_to_cart(seller, asked["inquired_gtin"], asked["inquired_pieces"])
    play.b2b.inquire(seller, "长期采购，请给优惠价 We buy regularly; please quote your best price")


@plays("B2B008")
def _accept(play: Player) -> None:
    for row in play.b2b.received_orders("placed"):
        if row.purchaser == play.brief("B2B008")["company"]:
            play.b2b.received_order_detail(row.number)
            play.b2b.accept_order(row.number, warehouses(play.look)[0])
        elif not play.b2b.credit_check(row.number)[0].covered:
            play.b2b.reject_order(row.number, "账户余额不足以付款 Your account does not cover the order")


@plays("B2B009")
def _confirm(play: Player) -> None:
    number = _newest(play, "purchase_order", "accepted")
    play.b2b.order_detail(number)
    play.b2b.confirm_order(number)


@plays("B2B010")
def _send(play: Player) -> None:
    number = play.look.value("select sales_order from b2b_order where number = $n", n=_newest(play, "purchase_order", "confirmed"))
    play.b2b.sales_detail(number)
    play.b2b.send_order(number)


@plays("B2B022")
def _quote(play: Player) -> None:
    asked, number = play.brief("B2B022"), _newest(play, "inquiry", "inquired")
    play.b2b.received_inquiries(number)
    play.b2b.quote(number, [{"product": asked["inquired_gtin"], "price": asked["quote"]}])


@plays("B2B023")
def _negotiate(play: Player) -> None:
    number = _newest(play, "inquiry", "quoted")
    play.b2b.inquiries(number)
    play.b2b.open_negotiation(number)


@plays("B2B024")
def _propose_supplier(play: Player) -> None:
    asked, number = play.brief("B2B024"), _newest(play, "negotiation", "neither_agrees")
    play.b2b.supplier_negotiations(number)
    play.b2b.propose_as_supplier(number, quality=asked["quality"], inspection=asked["inspection"], message="质量和检验按此办理 On these terms of quality")


@plays("B2B025")
def _propose_purchaser(play: Player) -> None:
    asked, number = play.brief("B2B025"), _newest(play, "negotiation", "neither_agrees", "one_agrees")
    play.b2b.negotiations(number)
    play.b2b.propose_as_purchaser(
        number, incoterm=asked["incoterm"], delivery_place=asked["place"], payment_kind=asked["contract_payment"],
        delivery_day=play.look.day + datetime.timedelta(days=asked["contract_days"]), message="交货和付款按此办理 On these terms of delivery and payment",
    )  # fmt: skip


@plays("B2B026")
def _agree_supplier(play: Player) -> None:
    number = _newest(play, "negotiation", "neither_agrees", "one_agrees")
    play.b2b.supplier_versions(number)
    play.b2b.agree_as_supplier(number)


@plays("B2B027")
def _agree_purchaser(play: Player) -> None:
    number = _newest(play, "negotiation", "neither_agrees", "one_agrees")
    play.b2b.versions(number)
    play.b2b.agree_as_purchaser(number)


@plays("B2B028")
def _sign_purchaser(play: Player) -> None:
    number = _newest(play, "purchase_contract", "unsigned", "one_signature")
    play.b2b.contracts(number)
    play.b2b.sign_as_purchaser(number, number_of_certificate(play.look, own_member(play.look)))


@plays("B2B029")
def _sign_supplier(play: Player) -> None:
    number = _newest(play, "purchase_contract", "unsigned", "one_signature")
    play.b2b.supplier_contracts(number)
    play.b2b.sign_as_supplier(number, number_of_certificate(play.look, supplier_member(play.look)))


def deliver(play: Player, order: str) -> None:
    """The supplier's carrier delivers a delivery order: accepted, picked, a vehicle assigned and sent, arrived and signed for."""
    carrier = play.look.value("select carrier from lgs_slip where number = $n", n=order)
    play.lgs.sign_in(carrier, play.password("supplier-carrier"))
    made = play.lgs.accept_delivery(order)
    play.lgs.pick(made["outbound_slip"])
    play.lgs.assign_vehicle(made["dispatch_order"], PLATE)
    play.lgs.dispatch(made["dispatch_order"])
    trip = play.look.one("select due, arrives from lgs_trip where number = $n", n=made["dispatch_order"])
    play.lab.advance(days=(trip.arrives - play.look.day).days)
    play.lgs.deliver(order, "收货员 Receiving clerk", "道路施工 Road works" if trip.arrives > trip.due else "")


@plays("B2B030")
def _receivables(play: Player) -> None:
    deliver(play, play.look.value("select max(number) from document where kind = 'delivery_order' and owner = $s", s=supplier_member(play.look)))
    play.b2b.receivables()
    play.b2b.receivable_detail(own_member(play.look))


@plays("B2B031")
def _freight(play: Player) -> None:
    play.b2b.freight_payable_detail(play.b2b.freight_payables()[0].number)


@plays("B2B032")
def _payables(play: Player) -> None:
    play.b2b.payable_detail(play.b2b.payables()[0].number, open_only=True)


@plays("B2B017")
def _settle(play: Player) -> None:
    number = _newest(play, "settlement", "unsettled", "part_settled")
    row = play.look.one("select amount - paid_amount as open_amount from b2b_settlement where number = $n", n=number)
    bank = play.look.one(
        """select c.number as customer, a.number as account, -coalesce(b.balance, 0) as held from bank_customer c join bank_account a on a.customer = c.number
           left join ledger_balance b on b.owner = 'BANK' and b.account = '2011' and b.sub = a.number
           where c.member = $own and c.kind = 'corporate' order by a.number limit 1""",
        own=own_member(play.look),
    )
    if bank.held < row.open_amount:  # the account does not cover it: pay cash in first
        play.ebank.sign_in_corporate(number_of_certificate(play.look, own_member(play.look)), bank.customer, play.password("corporate"))
        play.ebank.deposit(bank.account, row.open_amount - bank.held, play.pin("corporate"))
    play.b2b.payable_detail(supplier_member(play.look), open_only=True)
    if not all(line.matches for line in play.b2b.match(number)):
        play.b2b.correct_invoice(number)
    play.b2b.settle(number, bank.account, row.open_amount, play.pin("corporate"))
    bill = play.look.value("select min(number) from document where kind = 'freight_bill' and state = 'unpaid' and owner = $s", s=supplier_member(play.look))
    play.b2b.settle_freight(bill, play.look.value(_ACCOUNT, member=supplier_member(play.look)), play.pin("supplier"))
