"""What a prologue plays of this module: who is there before the student arrives, and tasks that later modules presuppose to be done."""

from __future__ import annotations

import datetime
from typing import Any

from ...books.cast import Company, carriers
from ...kernel.plays import Player, cast
from ...kernel.secrets import Issued
from .. import ca
from .briefs import MAIN, OTHER, short_of_money, supplier_of, wares

PLATE = "苏X9B2T6"


@cast
def _traders(play: Player) -> None:
    """A supplier with offers and goods in a carrier's warehouse, whom the student plays, and a purchaser that orders without money."""
    seller, debtor, firm = supplier_of(play.look), short_of_money(play.look), carriers(play.look)[2]
    if play.look.value("select 1 from bank_customer c join member m on m.number = c.member where m.uscc = $uscc", uscc=seller.uscc) is None:
        _bank_client(play, seller.name, seller.uscc, seller.mailbox, play.password("supplier-bank"), play.pin("supplier"))
    _bank_client(play, firm.name, firm.uscc, seller.mailbox, Issued("cast/carrier-bank"), Issued("cast/carrier-pin"))
    password = play.password("supplier-carrier")
    carrier = play.lgs.register(
        company_name=firm.name, uscc=firm.uscc, city=firm.city, contact="调度室 Dispatch office", phone="0512-66660002", mailbox=seller.mailbox,
        base_fee="35.00", rate_per_kg="1.10", password=password, confirm=password,
    )  # fmt: skip
    play.lgs.sign_in(carrier, password)
    for name in (MAIN, OTHER):
        play.lgs.add_warehouse(name=name, city=firm.city, address=f"{firm.city} 港区 Port district", contact="仓管 Keeper", capacity=20000)
    play.lgs.add_vehicle(plate=PLATE, model="厢式货车 Van", load_kg="4500", driver="孙师傅 Sun")
    main = play.look.value("select min(number) from lgs_warehouse where carrier = $carrier", carrier=carrier)
    certificate = _member(play, seller, "supplier", play.password("supplier"))
    member = play.b2b.sign_in_supplier(certificate, play.password("supplier"))
    play.b2b.publish([{"product": product, "price": price} for product, _, _, price in wares(play.look)])
    play.lgs.shipper_sign_in(certificate)
    play.lgs.review(play.lgs.apply(carrier, certificate, True), "approved")
    slip = play.b2b.send_goods(main, [{"product": product, "quantity": pieces * 2 // 3} for product, _, pieces, _ in wares(play.look)])
    rows = play.look.all("select product, at_gate from lgs_line where slip = $slip order by 1", slip=slip)
    play.lgs.receive(slip, [{"product": r.product, "counted": r.at_gate} for r in rows])
    for role, actor in (("supplier", member), ("shipper", member), ("carrier", carrier)):
        play.lab.sign_out(role, actor)
    password = Issued("cast/purchaser")
    buyer = play.b2b.sign_in_purchaser(_member(play, debtor, "purchaser", password), password)
    play.b2b.add_to_cart(member, wares(play.look)[1][0], 20)
    play.b2b.place_order(member, "days_60", play.look.day + datetime.timedelta(days=10), f"{debtor.province} {debtor.city}")
    play.lab.sign_out("purchaser", buyer)


def _bank_client(play: Player, name: str, uscc: str, mailbox: str, password: Any, pin: Any) -> None:
    play.ebank.register_corporate(
        company_name=name, uscc=uscc, capital="2000000", contact=name, mailbox=mailbox,
        password=password, confirm=password, pin=pin, confirm_pin=pin, agree=True,
    )  # fmt: skip


def _member(play: Player, company: Company, trade: str, password: Any) -> str:
    """Registers a company and installs its certificate; gives the certificate."""
    number = play.b2b.register(
        company_name=company.name, uscc=company.uscc, trade=trade, city=company.city, contact=company.name, mailbox=company.mailbox,
        password=password, confirm=password, agree=True,
    )["certificate"]  # fmt: skip
    play.ca.verify_download(number, ca.download_password(play.look, number))
    play.ca.download("pem")
    play.lab.sign_out("certificate_holder", number)
    return str(number)
