"""Slips in four colours: a sales slip for an order, an issue slip for goods that leave, a return slip for goods that come back.

Of the two warehouse slips the stock clerk keeps two copies, white and green: one for the stock cards, one for the counter-check.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal

from ...books import documents
from ...books.documents import Document, Kind
from ...books.paper import copies
from ...kernel.command import choices, command, query
from ...kernel.doing import Doing, Looking
from ...kernel.refusals import refusal
from ...kernel.table import Table
from ...kernel.terms import term
from ...kernel.texts import Text
from ...kernel.values import Ask, Ref
from .. import b2c
from .staff import ECOMMERCE_CLERK, FINANCE_CLERK, MINE, PLACE, SHOP, STOCK_CLERK, company_of, own

_WAREHOUSE = {"white": "warehouse", "red": "finance", "yellow": "ecommerce", "green": "warehouse"}
SALES_SLIP = copies.slip(
    "sales_slip", "FS", ("销货单", "sales slip"), "finance", white="ecommerce", red="customer", yellow="finance", green="warehouse"
)  # fmt: skip
ISSUE_SLIP = copies.slip("issue_slip", "FI", ("出库联单", "issue slip"), "finance", **_WAREHOUSE)
RETURN_SLIP = copies.slip("return_slip", "FT", ("退货入库联单", "return slip"), "finance", **_WAREHOUSE)
KINDS = {k.name: k for k in (SALES_SLIP, ISSUE_SLIP, RETURN_SLIP)}

HAS_A_SLIP = refusal("has_a_slip", "“{about}”已开过这种单据：{number}。请使用那一张。", "There is a slip about {about} already: {number}. Use that one.")
NOT_THE_SHOPS = refusal(
    "not_the_shops",
    "“{number}”不是本店已发货的订单或已收下的退货。请从列表中选择。",
    "{number} is no shipped order and no accepted return of this shop. Choose one from the list.",
)

ShippedOrder = Annotated[Ref, Ask("订单", "Order", choose="finance.orders_shipped")]
Slip = Annotated[Ref, Ask("单据", "Slip", choose="finance.slips")]
Colour = Annotated[Literal["white", "red", "yellow", "green"], Ask()]
To = Annotated[Literal["ecommerce", "customer", "finance", "warehouse"], Ask("交给", "Hand to")]

documents.offer(
    "finance.orders_shipped", b2c.WEB_ORDER, "shipped", "returned", of="b2c_order", where=f"t.merchant = {SHOP}",
    shows="t.recipient, t.payment_kind, t.amount", words={"payment_kind": lambda look, code: term(code)},
)  # fmt: skip
documents.offer(
    "finance.returns_taken", b2c.RETURN, "refunded", of="(select r.*, o.merchant, o.recipient from b2c_return r join b2c_order o on o.number = r.web_order)",
    where=f"t.merchant = {SHOP} and t.stage = 'after_shipping' and t.handling not in ('kept', 'lost')", shows="t.recipient, t.amount",
)  # fmt: skip


@choices("finance.slips")
def _slips(look: Looking, actor: str) -> list[tuple[str, Text | str]]:
    """The department's slips that are not filed yet, the newest first."""
    rows = look.all(
        f"""select s.number, s.about, d.kind from finance_slip s join document d using (number)
            where s.company = {MINE} and d.state in ('issued', 'distributed') order by s.number desc limit 500""",
        actor=actor,
    )
    return [(r.number, Text(*(f"{t} · {r.about}" for t in KINDS[r.kind].title))) for r in rows]


@command("FIN001", role=ECOMMERCE_CLERK, title=("开销货单", "Make a sales slip"))
def make_slip(do: Doing, order: ShippedOrder) -> str:
    """Makes the sales slip of a shipped order, in four copies that lie with the e-commerce clerk; gives its number."""
    return _make(do, SALES_SLIP, order, _order(do, order), "order")


@command("FIN002", role=STOCK_CLERK, title=("开出库联单", "Make an issue slip"))
def make_issue_slip(do: Doing, order: ShippedOrder) -> str:
    """Makes the slip of the goods that left the stock for an order, in four copies that lie in the warehouse; gives its number."""
    return _make(do, ISSUE_SLIP, order, _order(do, order), "order")


@command("FIN002", role=STOCK_CLERK, title=("开退货入库联单", "Make a return slip"))
def make_return_slip(do: Doing, taken: Annotated[Ref, Ask("退货单", "Return", choose="finance.returns_taken")]) -> str:
    """Makes the slip of goods that came back, in four copies that lie in the warehouse; gives its number."""
    sums = do.one(
        f"""select sum(l.quantity)::integer as pieces, any_value(r.amount) as amount from b2c_return r join document d using (number)
            join b2c_order o on o.number = r.web_order join b2c_return_line l on l.number = r.number
            where r.number = $n and o.merchant = {SHOP} and d.state = 'refunded' and r.stage = 'after_shipping' and r.handling not in ('kept', 'lost')""",
        n=taken, actor=do.actor,
    )  # fmt: skip
    return _make(do, RETURN_SLIP, taken, sums, "taken")


def _order(do: Doing, number: str) -> tuple[int, Decimal]:
    """Pieces and amount of a shipped order of the department's shop; None, None for any other."""
    sums: tuple[int, Decimal] = do.one(
        f"""select sum(l.quantity)::integer as pieces, any_value(o.amount) as amount from b2c_order o join b2c_order_line l using (number)
            where o.number = $n and o.merchant = {SHOP} and o.shipped_day is not null""",
        n=number, actor=do.actor,
    )  # fmt: skip
    return sums


def _make(do: Doing, kind: Kind, about: str, sums: tuple[int | None, Decimal | None], field: str) -> str:
    if sums[0] is None:
        raise NOT_THE_SHOPS(field, number=about[:40])
    known = "select s.number from finance_slip s join document d using (number) where s.about = $about and d.kind = $kind and d.state <> 'void'"
    if there := do.value(known, about=about, kind=kind.name):
        raise HAS_A_SLIP(field, about=about, number=there)
    company = company_of(do, do.actor)
    made = copies.issue(do, kind, company, at=PLACE[do.role], parent=about)
    do.execute(
        "insert into finance_slip values ($number, $company, $about, $pieces, $amount)",
        number=made.number, company=company, about=about, pieces=sums[0], amount=sums[1],
    )  # fmt: skip
    return made.number


# --- from hand to hand -------------------------------------------------------------------------------------------------------


def _slip(do: Doing, number: str) -> Document:
    kind = KINDS.get(do.value("select kind from document where number = $n", n=number) or "", SALES_SLIP)
    return own(do, kind, "finance_slip", number, "slip")[0]


@command("FIN001", role=ECOMMERCE_CLERK, title=("转交联次", "Hand on a copy"))
@command("FIN002", role=STOCK_CLERK, title=("仓库转交联次", "Hand on a copy from the warehouse"), name="hand_copy_from_stock")
@command(role=FINANCE_CLERK, title=("财务转交联次", "Hand on a copy from finance"), name="hand_copy_from_finance")
def hand_copy(do: Doing, slip: Slip, colour: Colour, to: To) -> str:
    """Hands a copy that lies here to another place; gives the state of the slip. Whoever gets a wrong one hands it on."""
    found = _slip(do, slip)
    copies.hand(do, found, colour, to, by=PLACE[do.role])
    return found.state


@command("FIN001", role=ECOMMERCE_CLERK, title=("归档联次", "File a copy"))
@command("FIN002", role=STOCK_CLERK, title=("仓库归档联次", "File a copy in the warehouse"), name="file_copy_in_stock")
@command("FIN001", role=FINANCE_CLERK, title=("财务归档联次", "File a copy in finance"), name="file_copy_in_finance")
def file_copy(do: Doing, slip: Slip, colour: Colour) -> str:
    """Files a copy that belongs here; gives the state of the slip. A copy is filed once, and by nobody else."""
    found = _slip(do, slip)
    copies.file(do, found, colour, by=PLACE[do.role])
    return found.state


@command(role=ECOMMERCE_CLERK, title=("作废销货单", "Void a sales slip"))
@command(role=STOCK_CLERK, title=("作废联单", "Void a warehouse slip"), name="void_stock_slip")
def void_slip(do: Doing, slip: Slip) -> str:
    """Voids a slip whose copies are not all where they belong yet; gives its number. A new one can be made then."""
    _slip(do, slip).move_to("void", "slip")
    return slip


@query("FIN001", role=ECOMMERCE_CLERK, title=("查看联次去向", "Trace the copies"))
@query("FIN002", role=STOCK_CLERK, title=("仓库查看联次去向", "Trace the copies from the warehouse"), name="copies_in_stock")
@query(role=FINANCE_CLERK, title=("财务查看联次去向", "Trace the copies from finance"), name="copies_in_finance")
def slip_copies(do: Doing) -> Table:
    """The copies of the department's 50 newest slips: number, kind, about, state, colour, belongs, holder, filed_day."""
    rows = do.all(
        f"""select s.number, d.kind, s.about, d.state, c.colour, c.holder, c.filed_day from finance_slip s join document d using (number)
            join slip_copy c on c.document = s.number where s.company = {MINE} order by s.number desc, c.colour limit 200""",
        actor=do.actor,
    )
    return Table(
        ("number", "kind", "about", "state", "colour", "belongs", "holder", "filed_day"),
        [(r.number, r.kind, r.about, r.state, r.colour, copies.PLACES[r.kind][r.colour], r.holder, r.filed_day) for r in rows],
    )  # fmt: skip
