"""What each task asks of whom, and what it must show."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from ...books.cast import own_company, own_person
from ...kernel.doing import Looking
from ...kernel.evidence import Evidence, asks, check, goal
from ...kernel.terms import term
from .numbers import gln_of
from .products import UNITS
from .starter import OLD_TYPE, SUPPLIER, UNUSED_TYPE, goods, partners


@asks("EDI001", "EDI002")
def _membership(look: Looking) -> dict[str, Any]:
    own = own_company(look)
    return {"company": own.name, "uscc": own.uscc, "gln": gln_of(look, own.uscc), "mailbox": own_person(look).mailbox}


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
    return {"name": found.company.name, "gln": found.gln, "contact": f"{contact} {look.mark}", "level": "UNOC"}


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
        "seller": seller.company.name, "gln": seller.gln, "first": first.name, "first_gtin": first.gtin, "first_count": chance.randint(20, 80),
        "second": second.name, "second_gtin": second.gtin, "second_count": chance.randint(100, 400),
    }  # fmt: skip


@asks("EDI016")
def _mistake(look: Looking) -> dict[str, Any]:
    chance = look.stream("edi.mistake")
    reason = chance.choice(("entered_twice", "wrong_quantity", "order_withdrawn"))
    return {"seller": partners(look)[0].company.name, "product": goods(look)[0].name, "count": chance.randint(500, 900), "code": reason, "reason": term(reason)}


def _ordered(seen: Evidence) -> list[Any]:
    """The student's documents for exactly what is asked, the latest state with each."""
    return seen.look.all(
        """select d.number, d.state from document d join edi_order o using (number) join edi_order_line l on l.number = d.number
           where o.supplier = $gln and d.owner in (select e.gln from edi_member e where e.password not like 'issued:cast/%')
           group by all having count(*) = 2
             and count(*) filter ((l.gtin = $first and l.quantity = $first_count) or (l.gtin = $second and l.quantity = $second_count)) = 2
           order by d.number""",
        gln=seen.brief["gln"], first=seen.brief["first_gtin"], first_count=seen.brief["first_count"],
        second=seen.brief["second_gtin"], second_count=seen.brief["second_count"],
    )  # fmt: skip


def _went_through(seen: Evidence, state: str) -> bool:
    """Whether a document for what is asked has been in this state."""
    numbers = {r.number for r in _ordered(seen)}
    return any(r.document in numbers for r in seen.look.all("select distinct document from document_history where state = $state", state=state))


def _own_documents(seen: Evidence) -> set[str]:
    return {r.number for r in _ordered(seen)}


def _voided(seen: Evidence) -> list[Any]:
    return seen.did("edi.void", where=lambda d: seen.look.value("select 1 from edi_order_line where number = $n and name = $name and quantity = $count",
                                                                n=d.arguments["document"], name=seen.brief["product"], count=seen.brief["count"]))  # fmt: skip


def _with(seen: Evidence, command: str, field: str) -> list[Any]:
    """The entries of a command whose number in this field is the one asked for, however it was grouped."""
    return seen.did(command, where=lambda d: d.arguments[field].replace(" ", "").replace("-", "") == seen.brief[field])


def _now(seen: Evidence, column: str) -> bool:
    """Whether the partner asked about has the value asked for in this column, and a change gave it."""
    value = seen.brief[column]
    return bool(seen.did("edi.change_partner", **{column: value})) and seen.look.value(
        f"select {column} = $value from edi_partner where gln = $gln order by number limit 1", value=value, gln=seen.brief["gln"]
    )


def _repriced(seen: Evidence) -> list[Any]:
    number = seen.look.value("select number from edi_product where gtin = $gtin order by number limit 1", gtin=seen.brief["gtin"])
    return seen.did("edi.change_product", product=number, list_price=seen.brief["price"])


def _to_seller(seen: Evidence) -> list[Any]:
    return seen.look.all(
        "select 1 from edi_order o join document d using (number) join edi_member e on e.gln = d.owner where o.supplier = $gln", gln=seen.brief["gln"]
    )


check(
    "EDI001",
    goal("joined", "0.8", "加入了 EDI 网络", "You have joined the EDI network", lambda s: s.did("edi.register")),
    goal(
        "as_company", "0.7", "以本企业的名义加入：GLN {gln}", "It is your own company that joined, under GLN {gln}",
        lambda s: s.look.one("select 1 from edi_member e join member m on m.number = e.member where e.gln = $gln and m.uscc = $uscc",
                             gln=s.brief["gln"], uscc=s.brief["uscc"]),
    ),
    goal("signed_in", "0.5", "登录成功", "You have signed in", lambda s: {d.result for d in s.did("edi.register")} & {d.result for d in s.did("edi.sign_in")}),
)  # fmt: skip
check(
    "EDI002",
    goal("signed_in", "0.8", "以会员身份登录", "You are signed in as a member", lambda s: s.did("edi.sign_in")),
    goal("looked", "1.2", "浏览了系统结构图", "You have looked at the structure of the system", lambda s: s.looked_up("edi.system_map")),
)
check(
    "EDI003",
    goal("created", "1", "新建了一个伙伴类型", "A partner type is created", lambda s: s.did("edi.create_partner_type")),
    goal("named", "1", "类型名称为“{name}”", "Its name is “{name}”", lambda s: s.did("edi.create_partner_type", name=s.brief["name"])),
)
check(
    "EDI004",
    goal("changed", "1", "修改了一个伙伴类型", "A partner type is changed", lambda s: s.did("edi.change_partner_type")),
    goal(
        "named", "1", "“{old}”改名为“{name}”", "“{old}” is now “{name}”",
        lambda s: s.did("edi.change_partner_type", name=s.brief["name"]) and not s.look.one(
            "select 1 from edi_partner_type t join edi_member e on e.gln = t.member where t.name = $old", old=s.brief["old"]),
    ),
)  # fmt: skip
check(
    "EDI005",
    goal("deleted", "1", "删除了一个伙伴类型", "A partner type is deleted", lambda s: s.did("edi.delete_partner_type")),
    goal(
        "unused", "1", "“{name}”已不在类型表中", "“{name}” is no longer among the types",
        lambda s: s.did("edi.delete_partner_type") and not s.look.one("select 1 from edi_partner_type where name = $name", name=s.brief["name"]),
    ),
)  # fmt: skip
check(
    "EDI006",
    goal("created", "0.8", "新建了一个贸易伙伴", "A trading partner is created", lambda s: s.did("edi.create_partner")),
    goal("gln", "0.6", "其 GLN 为 {gln}", "Its GLN is {gln}", lambda s: _with(s, "edi.create_partner", "gln")),
    goal(
        "kept", "0.6", "名称为“{name}”，类型为“{type}”，字符集为 {level}", "Its name is “{name}”, its type “{type}”, its repertoire {level}",
        lambda s: s.look.one(
            """select 1 from edi_partner p join edi_partner_type t on t.number = p.partner_type
               where p.gln = $gln and p.name = $name and t.name = $type and p.level = $level""", **s.brief)
        or s.did("edi.create_partner", name=s.brief["name"], level=s.brief["level"]),
    ),
)  # fmt: skip
check(
    "EDI007",
    goal("changed", "0.8", "修改了一个贸易伙伴", "A trading partner is changed", lambda s: s.did("edi.change_partner")),
    goal("contact", "0.6", "{name} 的联系人为“{contact}”", "The contact at {name} is “{contact}”", lambda s: _now(s, "contact")),
    goal("level", "0.6", "与其约定的字符集为 {level}", "The repertoire agreed with it is {level}", lambda s: _now(s, "level")),
)  # fmt: skip
check(
    "EDI008",
    goal("deleted", "1", "删除了一个贸易伙伴", "A trading partner is deleted", lambda s: s.did("edi.delete_partner")),
    goal(
        "left", "1", "{name} 已不在伙伴之中", "{name} is no longer among the partners",
        lambda s: s.did("edi.delete_partner") and not s.look.one("select 1 from edi_partner where gln = $gln", gln=s.brief["gln"]),
    ),
)  # fmt: skip
check(
    "EDI009",
    goal("searched", "0.8", "按条件查到了贸易伙伴", "A search has found trading partners", lambda s: s.looked_up("edi.search_partners")),
    goal(
        "found", "1.2", "查到且只查到 GLN 末六位为 {end} 的伙伴", "A search has found the partner whose GLN ends in {end}, and it alone",
        lambda s: [d for d in s.looked_up("edi.search_partners") if [r.gln for r in d.result] == [s.brief["gln"]]],
    ),
)  # fmt: skip
check(
    "EDI010",
    goal("created", "0.8", "新建了一个商品", "A product is created", lambda s: s.did("edi.create_product")),
    goal("gtin", "0.6", "其 GTIN 为 {gtin}", "Its GTIN is {gtin}", lambda s: _with(s, "edi.create_product", "gtin")),
    goal(
        "kept", "0.6", "名称“{name}”、单位 {unit}、目录价 {price} 元", "Name “{name}”, unit {unit}, list price {price} CNY",
        lambda s: s.did("edi.create_product", name=s.brief["name"], measure_unit=s.brief["code"], list_price=s.brief["price"]),
    ),
)  # fmt: skip
check(
    "EDI011",
    goal("changed", "1", "修改了一个商品", "A product is changed", lambda s: s.did("edi.change_product")),
    goal("price", "1", "“{name}”的目录价改为 {price} 元", "The list price of “{name}” is now {price} CNY", _repriced),
)
check(
    "EDI012",
    goal("deleted", "1", "删除了一个商品", "A product is deleted", lambda s: s.did("edi.delete_product")),
    goal(
        "dropped", "1", "“{name}”已不在商品之中", "“{name}” is no longer among the products",
        lambda s: s.did("edi.delete_product") and not s.look.one("select 1 from edi_product where gtin = $gtin", gtin=s.brief["gtin"]),
    ),
)  # fmt: skip
check(
    "EDI013",
    goal("searched", "0.8", "按条件查到了商品", "A search has found products", lambda s: s.looked_up("edi.search_products")),
    goal(
        "found", "1.2", "按价格 {least} 至 {most} 元查询，结果中有 GTIN {gtin}", "A search by price from {least} to {most} CNY has found GTIN {gtin}",
        lambda s: [
            d for d in s.looked_up("edi.search_products", at_least=s.brief["least"], at_most=s.brief["most"]) if s.brief["gtin"] in [r.gtin for r in d.result]
        ],
    ),
)  # fmt: skip
check(
    "EDI014",
    goal("entered", "0.6", "录入了一份单证", "A document is entered", lambda s: s.did("edi.create_document")),
    goal("seller", "0.4", "卖方为 {seller}", "Its seller is {seller}", _to_seller),
    goal("lines", "1", "商品为 {first} {first_count}、{second} {second_count}", "It orders {first_count} of {first} and {second_count} of {second}", _ordered),
)
check(
    "EDI015",
    goal("searched", "0.8", "按条件查到了单证", "A search has found documents", lambda s: s.looked_up("edi.search_documents")),
    goal(
        "found", "1.2", "以卖方 {seller} 为条件查到给它的单证", "A search by the seller {seller} has found the documents to it",
        lambda s: s.looked_up("edi.search_documents", where=lambda d: d.arguments["partner"] and {r.partner_name for r in d.result} == {s.brief["seller"]}),
    ),
)  # fmt: skip
check(
    "EDI016",
    goal("voided", "0.8", "作废了一份单证", "A document is voided", lambda s: s.did("edi.void")),
    goal("mistaken", "0.6", "它订购 {product} {count}", "It is the one that orders {count} of {product}", lambda s: _voided(s)),
    goal("reason", "0.6", "作废原因为“{reason}”", "The reason given is “{reason}”", lambda s: s.did("edi.void", reason=s.brief["code"])),
)
check(
    "EDI017",
    goal("flat_file", "0.5", "给 {seller} 的单证生成了平面文件", "The document to {seller} has a flat file", lambda s: _went_through(s, "flat_file_made")),
    goal("message", "0.5", "由平面文件生成了 EDI 报文", "The EDI message is made from the flat file", lambda s: _went_through(s, "message_made")),
    goal("sent", "0.6", "报文已发送", "The message is sent", lambda s: _went_through(s, "message_sent")),
    goal("acknowledged", "0.4", "对方系统接收了报文", "The partner's system has accepted the message", lambda s: _went_through(s, "message_acknowledged")),
)
check(
    "EDI018",
    goal("searched", "0.8", "查到了回执", "A search has found acknowledgements", lambda s: s.looked_up("edi.search_acknowledgements")),
    goal(
        "found", "0.7", "按单证查到给 {seller} 的那份订单的回执", "A search by document has found the acknowledgement of the order to {seller}",
        lambda s: s.looked_up("edi.search_acknowledgements", where=lambda d: d.arguments["document"] in _own_documents(s)),
    ),
    goal("opened", "0.5", "打开了这份回执的报文", "The message of an acknowledgement is opened", lambda s: s.looked_up("edi.acknowledgement")),
)  # fmt: skip
