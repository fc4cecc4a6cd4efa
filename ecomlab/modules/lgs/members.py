"""Who takes part: carriers, who register and sign in with a password, and shippers, who show their company's certificate."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from ...books import access, ledger, members, stock
from ...books.wording import holds, pattern
from ...kernel.command import VISITOR, choices, command, field_rule, query, role, value_rule
from ...kernel.doing import Doing, Looking
from ...kernel.refusals import Declined, refusal
from ...kernel.table import Table
from ...kernel.texts import Text
from ...kernel.values import Ask, Line, Money, Ref, Secret
from .. import ca, email

CARRIER = role("carrier", "物流商", "carrier", sign_in="lgs.sign_in")
SHIPPER = role("shipper", "货主", "shipper", sign_in="lgs.shipper_sign_in")
PASSWORD = "lgs.password"

CARRIER_TAKEN = refusal("carrier_taken", "“{name}”已注册为物流商。请直接登录。", "{name} is registered as a carrier already. Sign in.")
NO_CARRIER = refusal("no_carrier", "没有编号为 {carrier} 的物流商。请从列表中选择。", "There is no carrier {carrier}. Choose one from the list.")
NOT_A_COMPANY = refusal(
    "not_a_company",
    "证书 {number} 是个人证书，货主须用企业证书。请选择企业证书。",
    "The certificate {number} is a personal one, and a shipper needs a company's. Choose an enterprise certificate.",
)

_NAMES = f"""select k.member as number, k.name, k.city, k.contact, k.phone, k.base_fee, k.rate_per_kg,
    (select count(*) from lgs_warehouse w where w.carrier = k.member and w.status = 'in_use')::integer as warehouses
    from lgs_carrier k where {holds("k.city", "city")} order by k.member"""


@choices("lgs.carriers")
def _carriers(look: Looking, actor: str) -> list[tuple[str, Text | str]]:
    return [(r.member, f"{r.name} · {r.city}") for r in look.all("select member, name, city from lgs_carrier order by member")]


access.offer("lgs.own_carriers", PASSWORD, "select member, name from lgs_carrier where member in {own} order by member")


@command("LGS001", role=VISITOR, title=("注册物流商", "Register a carrier"))
def register(
    do: Doing,
    company_name: Annotated[Line, Ask(max=64)],
    uscc: Annotated[Line, Ask(max=18)],
    city: Annotated[Line, Ask(max=64)],
    contact: Annotated[Line, Ask(max=60)],
    phone: Annotated[Line, Ask(max=20, example="0571-88880000")],
    mailbox: Annotated[Line, Ask(max=80)],
    base_fee: Annotated[Money, Ask(unit=Text("元/票", "CNY per consignment"), le="10000")],
    rate_per_kg: Annotated[Money, Ask(unit=Text("元/公斤", "CNY per kg"), le="100")],
    password: Annotated[Secret, Ask(purpose=PASSWORD, new=True)],
    confirm: Annotated[Secret, Ask(purpose=PASSWORD, same_as="password")],
) -> str:
    """Registers a company as a carrier, with its tariff; gives its member number, with which it signs in.

    Freight of a consignment is the base fee plus the rate for each kilogram begun.
    """
    code = ca.checked_uscc(uscc, "uscc")
    members.check_name(do, company_name, code)
    members.checked_phone(phone, "phone")
    address = email.checked_mailbox(do, mailbox, "mailbox")
    member = members.company(do, company_name, code, address)
    if do.value("select 1 from lgs_carrier where member = $member", member=member) is not None:
        raise CARRIER_TAKEN("uscc", name=company_name)
    do.execute(
        "insert into lgs_carrier values ($member, $name, $contact, $phone, $mailbox, $city, $base_fee, $rate_per_kg, $day)",
        member=member, name=company_name, contact=contact, phone=phone, mailbox=address, city=city, base_fee=base_fee, rate_per_kg=rate_per_kg,
        day=do.day,
    )  # fmt: skip
    access.grant(do, PASSWORD, member, password)
    return member


@command(role=VISITOR, title=("更正物流商资料", "Correct a carrier's data"))
def change_registration(
    do: Doing,
    carrier: Annotated[Ref, Ask("物流商", "Carrier", choose="lgs.own_carriers")],
    password: Annotated[Secret, Ask(purpose=PASSWORD)],
    city: Annotated[Line, Ask(max=64)] = "",
    contact: Annotated[Line, Ask(max=60)] = "",
    phone: Annotated[Line, Ask(max=20)] = "",
    base_fee: Annotated[Money | None, Ask(unit=Text("元/票", "CNY per consignment"), le="10000")] = None,
    rate_per_kg: Annotated[Money | None, Ask(unit=Text("元/公斤", "CNY per kg"), le="100")] = None,
) -> str | Declined:
    """Corrects what a carrier registered with; what is left empty stays. Gives its number. Freight is charged by the tariff of the day of delivery."""
    account = access.find(do, PASSWORD, carrier)
    if account is None:
        raise NO_CARRIER("carrier", carrier=carrier)
    if phone:
        members.checked_phone(phone, "phone")
    if declined := access.confirm(do, account, password):
        return declined
    do.execute(
        """update lgs_carrier set city = coalesce($city, city), contact = coalesce($contact, contact), phone = coalesce($phone, phone),
           base_fee = coalesce($base_fee, base_fee), rate_per_kg = coalesce($rate_per_kg, rate_per_kg) where member = $carrier""",
        carrier=carrier, city=city or None, contact=contact or None, phone=phone or None, base_fee=base_fee, rate_per_kg=rate_per_kg,
    )  # fmt: skip
    return carrier


@command(role=VISITOR, title=("登录为物流商", "Sign in as a carrier"))
def sign_in(
    do: Doing, carrier: Annotated[Ref, Ask("物流商", "Carrier", choose="lgs.carriers")], password: Annotated[Secret, Ask(purpose=PASSWORD)]
) -> str | Declined:
    """Opens a carrier's session; gives its number. A wrong password is remembered in the logbook."""
    account = access.find(do, PASSWORD, carrier)
    if account is None:
        raise NO_CARRIER("carrier", carrier=carrier)
    return access.sign_in(do, CARRIER, account, password)


@command(role=VISITOR, title=("登录为货主", "Sign in as a shipper"))
def shipper_sign_in(do: Doing, certificate: Annotated[Ref, Ask("数字证书", "Certificate", choose="ca.installed")]) -> str:
    """Opens a session for the company whose certificate is shown; gives its member number.

    When a company comes for the first time, its own warehouse is opened with the goods it has.
    """
    row = ca.demand(do, certificate, "certificate")
    if row.kind != "enterprise":
        raise NOT_A_COMPANY("certificate", number=certificate)
    open_store(do, row.member)
    do.sign_in(SHIPPER.name, row.member)
    return str(row.member)


@query(role=VISITOR, title=("浏览物流商", "View the carriers"))
def carriers(do: Doing, city: Annotated[Line, Ask(max=64)] = "") -> Table:
    """The carriers with their tariffs: number, name, city, contact, phone, base_fee, rate_per_kg, warehouses."""
    return do.table(_NAMES, city=pattern(city))


@query(role=SHIPPER, title=("查看自有库存", "View your own stock"))
def own_stock(do: Doing) -> Table:
    """What the company has, at its own warehouse and with carriers: place, product, product_name, on_hand, reserved, in_transit."""
    return stock_of(do, do.actor)


def stock_of(look: Looking, owner: str) -> Table:
    """What a company has and where, in the columns of `own_stock`."""
    return look.table(
        """select l.place, coalesce(p.name, l.place) as name, l.product, g.name as product_name, l.on_hand, l.reserved, l.in_transit
           from stock_level l join product g on g.gtin = l.product left join stock_place p on p.number = l.place
           where l.owner = $owner and (l.on_hand > 0 or l.in_transit > 0) order by l.place, l.product""",
        owner=owner,
    )


# --- what a company has ------------------------------------------------------------------------------------------


def assortment(look: Looking, uscc: str) -> list[stock.Goods]:
    """The goods that a company starts with: four products of the world's catalogue, their quantities and values, by seed."""
    chance = look.stream(f"assortment:{uscc}")
    rows = chance.sample(list(look.scenario.rows("products")), 4)
    made = []
    for r in rows:
        quantity = chance.randrange(60, 130, 10)
        unit_cost = (Decimal(r["cost"]) * chance.randrange(90, 111) / 100).quantize(Decimal("0.01"))
        made.append(stock.Goods(r["gtin"], quantity, unit_cost * quantity))
    return made


def open_store(do: Doing, member: str) -> str:
    """The number of a company's own warehouse. The first time it is opened with the goods that the owners have paid in."""
    number: str | None = do.value("select number from stock_place where kind = 'store' and keeper = $member order by number limit 1", member=member)
    if number is None:
        row = members.named(do, member)
        stock.open_catalogue(do)
        number = stock.open_place(do, "store", member, f"{row.name} · 自有仓 Own warehouse")
        stock.receive(do, stock.Move(member, number, assortment(do, row.uscc), "股东投入商品 Goods paid in by the owners"), ledger.CAPITAL)
    return number


def company_name(look: Looking, member: str) -> str:
    found = members.named(look, member)
    return str(found.name) if found else member


value_rule(ca.checked_uscc, "lgs.register.uscc")
value_rule(members.checked_phone, "lgs.register.phone")
value_rule(members.checked_phone, "lgs.change_registration.phone")
field_rule(email.mailbox_rule, "lgs.register.mailbox")
field_rule(members.name_rule, "lgs.register.company_name")
