"""How the model student does each task, through public commands only; and who is on the network before."""

from __future__ import annotations

import datetime
from typing import Any

from ...books.cast import own_person
from ...kernel.plays import Player, plays


def _me(play: Player) -> str:
    return str(play.brief("EDI001")["gln"])


def _number(play: Player, table: str, column: str, value: str) -> str:
    """The number of one of the student's own records."""
    return str(play.look.value(f"select number from {table} where member = $me and {column} = $value", me=_me(play), value=value))


def _seller(play: Player) -> str:
    return _number(play, "edi_partner", "gln", play.brief("EDI014")["gln"])


@plays("EDI001")
def _join(play: Player) -> None:
    asked = play.brief("EDI001")
    password = play.password("edi")
    play.edi.register(
        company_name=asked["company"],
        uscc=asked["uscc"],
        gln=asked["gln"],
        mailbox=own_person(play.look).mailbox,
        level="UNOC",
        password=password,
        confirm=password,
    )
    play.edi.sign_in(gln=asked["gln"], password=password)


@plays("EDI002")
def _look_around(play: Player) -> None:
    play.edi.sign_in(gln=_me(play), password=play.password("edi"))
    play.edi.system_map()


@plays("EDI003")
def _create_type(play: Player) -> None:
    play.edi.create_partner_type(play.brief("EDI003")["name"])


@plays("EDI004")
def _change_type(play: Player) -> None:
    asked = play.brief("EDI004")
    play.edi.change_partner_type(_number(play, "edi_partner_type", "name", asked["old"]), asked["name"])


@plays("EDI005")
def _delete_type(play: Player) -> None:
    play.edi.delete_partner_type(_number(play, "edi_partner_type", "name", play.brief("EDI005")["name"]))


@plays("EDI006")
def _create_partner(play: Player) -> None:
    asked = play.brief("EDI006")
    kind = _number(play, "edi_partner_type", "name", asked["type"])
    play.edi.create_partner(name=asked["name"], gln=asked["gln"], partner_type=kind, level=asked["level"], contact="采购对接 Order desk")


@plays("EDI007")
def _change_partner(play: Player) -> None:
    asked = play.brief("EDI007")
    play.edi.change_partner(_number(play, "edi_partner", "gln", asked["gln"]), contact=asked["contact"], level=asked["level"])


@plays("EDI008")
def _delete_partner(play: Player) -> None:
    play.edi.delete_partner(_number(play, "edi_partner", "gln", play.brief("EDI008")["gln"]))


@plays("EDI009")
def _search_partners(play: Player) -> None:
    play.edi.search_partners(gln=play.brief("EDI009")["end"])


@plays("EDI010")
def _create_product(play: Player) -> None:
    asked = play.brief("EDI010")
    play.edi.create_product(gtin=asked["gtin"], name=asked["name"], measure_unit=asked["code"], list_price=asked["price"])


@plays("EDI011")
def _change_product(play: Player) -> None:
    asked = play.brief("EDI011")
    play.edi.change_product(_number(play, "edi_product", "gtin", asked["gtin"]), list_price=asked["price"])


@plays("EDI012")
def _delete_product(play: Player) -> None:
    play.edi.delete_product(_number(play, "edi_product", "gtin", play.brief("EDI012")["gtin"]))


@plays("EDI013")
def _search_products(play: Player) -> None:
    asked = play.brief("EDI013")
    play.edi.search_products(at_least=asked["least"], at_most=asked["most"])


def _enter(play: Player, *lines: tuple[str, Any]) -> str:
    rows = [{"product": _number(play, "edi_product", "gtin", gtin), "quantity": count} for gtin, count in lines]
    return str(play.edi.create_document(partner=_seller(play), lines=rows, delivery_day=play.look.day + datetime.timedelta(days=14)))


@plays("EDI014")
def _create_document(play: Player) -> None:
    asked = play.brief("EDI014")
    _enter(play, (asked["first_gtin"], asked["first_count"]), (asked["second_gtin"], asked["second_count"]))


@plays("EDI015")
def _search_documents(play: Player) -> None:
    play.edi.search_documents(partner=_seller(play))


@plays("EDI016")
def _void(play: Player) -> None:
    asked = play.brief("EDI016")
    made = _enter(play, (play.brief("EDI014")["first_gtin"], asked["count"]))
    play.edi.void(made, reason=asked["code"])


def _own_order(play: Player) -> str:
    """The document of EDI014: the student's first one."""
    return str(play.look.value("select min(number) from document where kind = 'edi_document' and owner = $me", me=_me(play)))


@plays("EDI017")
def _send(play: Player) -> None:
    document = _own_order(play)
    play.edi.make_flat_file(document)
    play.edi.make_message(document)
    play.edi.message(document)
    play.edi.send(document)


@plays("EDI018")
def _acknowledgements(play: Player) -> None:
    found = play.edi.search_acknowledgements(document=_own_order(play), acknowledgement="technical")
    number = found[0].number if found else play.look.value("select min(number) from edi_acknowledgement")
    play.edi.acknowledgement(number)
