"""What each student is asked: values that follow from the seed of the world."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from ...books.cast import own_company
from ...kernel.doing import Looking
from ...kernel.evidence import asks
from ...kernel.terms import term
from .numbers import gln_of
from .products import COUNTED, UNITS
from .starter import OLD_TYPE, SUPPLIER, UNUSED_TYPE, goods, partners


@asks("EDI001", "EDI002")
def _membership(look: Looking) -> dict[str, Any]:
    own = own_company(look)
    return {"company": own.name, "uscc": own.uscc, "gln": gln_of(look, own.uscc)}


@asks("EDI003")
def _new_type(look: Looking) -> dict[str, Any]:
    name = look.stream("edi.type").choice(("代工厂 Contract manufacturer", "经纪商 Broker", "仓储商 Warehouse keeper", "检验机构 Inspection body"))
    return {"name": f"{name} {look.mark}"}


@asks("EDI004")
def _renamed_type(look: Looking) -> dict[str, Any]:
    name = look.stream("edi.renamed").choice(("零售商 Retailer", "批发商 Wholesaler", "连锁店 Chain store"))
    return {"old": OLD_TYPE, "name": f"{name} {look.mark}"}


@asks("EDI005")
def _unused_type(look: Looking) -> dict[str, Any]:
    return {"name": UNUSED_TYPE}


@asks("EDI006")
def _new_partner(look: Looking) -> dict[str, Any]:
    new = partners(look)[4]
    return {"name": new.company.name, "gln": new.gln, "type": SUPPLIER, "level": new.level}


@asks("EDI007")
def _changed_partner(look: Looking) -> dict[str, Any]:
    found = partners(look)[1]
    contact = look.stream("edi.contact").choice(("王敏 Wang Min", "李强 Li Qiang", "赵静 Zhao Jing", "孙涛 Sun Tao"))
    return {"name": found.company.name, "gln": found.gln, "contact": contact, "level": "UNOC"}


@asks("EDI008")
def _left_partner(look: Looking) -> dict[str, Any]:
    found = partners(look)[3]
    return {"name": found.company.name, "gln": found.gln}


@asks("EDI009")
def _sought_partner(look: Looking) -> dict[str, Any]:
    found = partners(look)[2]
    return {"gln": found.gln, "end": found.gln[-6:]}


@asks("EDI010")
def _new_product(look: Looking) -> dict[str, Any]:
    new = goods(look)[5]
    return {"gtin": new.gtin, "name": new.name, "unit": UNITS[new.unit], "code": new.unit, "price": new.price}


@asks("EDI011")
def _changed_product(look: Looking) -> dict[str, Any]:
    found = goods(look)[2]
    return {"gtin": found.gtin, "name": found.name, "price": (found.price * Decimal("1.08")).quantize(Decimal("0.01"))}


@asks("EDI012")
def _dropped_product(look: Looking) -> dict[str, Any]:
    found = goods(look)[3]
    return {"gtin": found.gtin, "name": found.name}


@asks("EDI013")
def _sought_product(look: Looking) -> dict[str, Any]:
    found = goods(look)[4]
    return {"gtin": found.gtin, "least": found.price - 3, "most": found.price + 3}


@asks("EDI014", "EDI015", "EDI017", "EDI018")
def _order(look: Looking) -> dict[str, Any]:
    seller, (first, second) = partners(look)[0], goods(look)[:2]
    chance = look.stream("edi.order")
    return {
        "seller": seller.company.name, "gln": seller.gln,
        "first": first.name, "first_gtin": first.gtin, "first_count": chance.randint(20, 80), "first_unit": COUNTED[first.unit],
        "second": second.name, "second_gtin": second.gtin, "second_count": chance.randint(100, 240), "second_unit": COUNTED[second.unit],
    }  # fmt: skip


@asks("EDI016")
def _mistake(look: Looking) -> dict[str, Any]:
    chance = look.stream("edi.mistake")
    reason = chance.choice(("entered_twice", "wrong_quantity", "order_withdrawn"))
    product = goods(look)[0]
    return {
        "seller": partners(look)[0].company.name, "product": product.name, "count": chance.randint(500, 900), "unit": COUNTED[product.unit],
        "code": reason, "reason": term(reason),
    }  # fmt: skip
