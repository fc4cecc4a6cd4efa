"""What a prologue plays of this module: who is there before the student arrives, and tasks that later modules presuppose to be done."""

from __future__ import annotations

from typing import Any

from ...books.cast import companies, own_company, own_person, persons
from ...kernel.names import both
from ...kernel.plays import Player, cast, plays
from ...kernel.secrets import Issued
from .. import ca
from ..ca.prologue import fetch


@cast
def _clients(play: Player) -> None:
    """Two companies and two persons that can be paid, and a company with a shop. The first is the supplier that students play in B2B."""
    for i, other in enumerate(companies(play.look)[1:4]):
        password, pin = (Issued(f"cast/bank-{i}"), Issued(f"cast/pin-{i}")) if i else (play.password("supplier-bank"), play.pin("supplier"))
        client = play.ebank.register_corporate(
            company_name=other.name, uscc=other.uscc, capital="2000000", contact=other.name, mailbox=other.mailbox,
            password=password, confirm=password, pin=pin, confirm_pin=pin, agree=True,
        )  # fmt: skip
        if i == 2:
            zh, _, en = other.name.partition(" ")
            open_shop(play, client, other.name, other.mailbox, password, pin, f"{zh}网店 {en} Online")
    for i, someone in enumerate(persons(play.look)[1:3]):
        password, pin = Issued(f"cast/person-{i}"), Issued(f"cast/person-pin-{i}")
        play.ebank.register_personal(
            full_name=someone.name, mobile=f"1390000000{i}", mailbox=someone.mailbox, password=password, confirm=password, pin=pin, confirm_pin=pin, agree=True
        )


def open_shop(play: Player, client: dict[str, str], name: str, mailbox: str, password: Any, pin: Any, shop_name: str) -> None:
    """Gives a company that has just registered a merchant contract; nobody stays signed in."""
    certificate, customer = client["certificate"], client["customer_number"]
    play.ca.verify_download(certificate, ca.download_password(play.look, certificate))
    play.ca.download("pem")
    play.ebank.sign_in_corporate(certificate, customer, password)
    play.ebank.apply_merchant(
        shop_name=shop_name, category="other", contact=name, mailbox=mailbox,
        password=password, confirm=password, pin=pin, confirm_pin=pin, agree=True,
    )  # fmt: skip
    play.lab.sign_out("corporate_client", customer)
    play.lab.sign_out("certificate_holder", certificate)


def own_customer(play: Player, kind: str) -> Any:
    """The student's own customer of that kind: number, account, certificate."""
    return play.look.one(
        """select c.number, c.certificate, a.number as account from bank_customer c join bank_account a on a.customer = c.number
           where c.kind = $kind and c.mailbox = $mailbox order by c.number limit 1""",
        kind=kind, mailbox=own_person(play.look).mailbox,
    )  # fmt: skip


@plays("EBANK001")
def _register_corporate(play: Player) -> None:
    own, me = own_company(play.look), own_person(play.look)
    password, pin = play.password("corporate"), play.pin("corporate")
    play.ebank.register_corporate(
        company_name=own.name, uscc=own.uscc, capital=play.brief("EBANK001")["capital"], contact=me.name, mailbox=me.mailbox,
        password=password, confirm=password, pin=pin, confirm_pin=pin, agree=True,
    )  # fmt: skip


@plays("EBANK002")
def _sign_in_corporate(play: Player) -> None:
    own = own_customer(play, "corporate")
    fetch(play, own.certificate)
    play.ebank.sign_in_corporate(own.certificate, own.number, play.password("corporate"))


@plays("EBANK004")
def _deposit(play: Player) -> None:
    play.ebank.deposit(own_customer(play, "corporate").account, play.brief("EBANK004")["amount"], play.pin("corporate"))


@plays("EBANK010")
def _register_personal(play: Player) -> None:
    me = own_person(play.look)
    password, pin = play.password("personal"), play.pin("personal")
    play.ebank.register_personal(
        full_name=me.name, mobile="13800138000", mailbox=me.mailbox, password=password, confirm=password, pin=pin, confirm_pin=pin, agree=True
    )
    play.ebank.sign_in_personal(own_customer(play, "personal").account, password)


@plays("EBANK011")
def _deposit_personal(play: Player) -> None:
    play.ebank.deposit_personal(own_customer(play, "personal").account, play.brief("EBANK011")["amount"], play.pin("personal"))


@plays("EBANK016")
def _apply_merchant(play: Player) -> None:
    me, company = own_person(play.look), both(own_company(play.look).name)
    password, pin = play.password("merchant"), play.pin("merchant")
    play.ebank.apply_merchant(
        shop_name=f"{company.zh}小店 {company.en} Shop {play.look.mark}", category="books", contact=me.name, mailbox=me.mailbox,
        password=password, confirm=password, pin=pin, confirm_pin=pin, agree=True,
    )  # fmt: skip
