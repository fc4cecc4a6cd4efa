"""A supplier's goods in the carrier's warehouses: sending them in, and having them transferred from one to another."""

from __future__ import annotations

from typing import Annotated, Literal

from ...books import documents
from ...books.periods import FromDay, ToDay, within
from ...books.wording import holds, pattern
from ...kernel.command import choices, command, query
from ...kernel.doing import Doing, Looking
from ...kernel.table import Table
from ...kernel.texts import Text
from ...kernel.values import Ask, Line, Ref
from .. import lgs
from .members import SUPPLIER

Warehouse = Annotated[Ref, Ask("收货仓库", "Warehouse to send to", choose="lgs.warehouses")]


@choices("b2b.transfers")
def _transfers(look: Looking, actor: str) -> list[tuple[str, Text | str]]:
    rows = look.all(
        """select s.number, a.name as warehouse, b.name as to_warehouse from lgs_slip s join lgs_warehouse a on a.number = s.warehouse
           join lgs_warehouse b on b.number = s.to_warehouse where s.kind = 'transfer_order' and s.shipper = $actor order by s.number desc""",
        actor=actor,
    )
    return [(r.number, f"{r.number} · {r.warehouse} → {r.to_warehouse}") for r in rows]


@query("B2B011", role=SUPPLIER, title=("查看本企业库存", "View your stock"))
def stock_levels(do: Doing) -> Table:
    """What the supplier has at its own warehouse and with carriers: place, name, product, product_name, on_hand, reserved, in_transit."""
    return lgs.stock_of(do, do.actor)


@command("B2B011", role=SUPPLIER, title=("发货入仓", "Send goods to a warehouse"))
def send_goods(do: Doing, warehouse: Warehouse, goods: lgs.GoodsRows) -> str:
    """Sends goods from the supplier's own warehouse to a carrier's warehouse; gives the number of the goods receipt that announces them."""
    return lgs.inbound(do, do.actor, warehouse, lgs.goods_of(do, goods, "goods")).number


@command("B2B013", role=SUPPLIER, title=("新建调拨单", "Create a transfer order"))
def transfer(
    do: Doing,
    warehouse: Annotated[Ref, Ask("调出仓库", "From warehouse", choose="lgs.warehouses")],
    to_warehouse: Annotated[Ref, Ask("调入仓库", "To warehouse", choose="lgs.warehouses")],
    goods: lgs.GoodsRows,
    note: Annotated[Line, Ask(max=200)] = "",
) -> str:
    """Orders goods from one warehouse to another of the same carrier; they are reserved. Gives the number of the transfer order."""
    return lgs.transfer_order(do, do.actor, warehouse, to_warehouse, lgs.goods_of(do, goods, "goods"), note=note or "").number


@query("B2B014", role=SUPPLIER, title=("查看调拨单", "Open a transfer order"))
def transfer_detail(do: Doing, transfer_order: Annotated[Ref, Ask("调拨单", "Transfer order", choose="b2b.transfers")]) -> Table:
    """A transfer order of the supplier: number, state, day, warehouse, to_warehouse, product, product_name, quantity, note; a row a product."""
    documents.find(do, lgs.TRANSFER_ORDER, transfer_order, "transfer_order", owner=do.actor)
    return do.table(
        """select s.number, d.state, d.day, a.name as warehouse, b.name as to_warehouse, l.product, p.name as product_name, l.quantity, s.note
           from lgs_slip s join document d using (number) join lgs_warehouse a on a.number = s.warehouse join lgs_warehouse b on b.number = s.to_warehouse
           join lgs_line l on l.slip = s.number join product p on p.gtin = l.product where s.number = $n order by l.product""",
        n=transfer_order,
    )


@query("B2B015", role=SUPPLIER, title=("查询调拨单", "Find transfer orders"))
def transfers(
    do: Doing,
    number: Annotated[Line, Ask("单据号", "Number", max=40)] = "",
    state: Annotated[Literal["waiting", "in_transit", "completed", "cancelled"] | None, Ask()] = None,
    warehouse: Annotated[Ref, Ask("调出或调入仓库", "Warehouse on either end", choose="lgs.warehouses")] = "",
    product: Annotated[Line, Ask("商品", "Product", max=60)] = "",
    from_day: FromDay = None,
    to_day: ToDay = None,
) -> Table:
    """The supplier's transfer orders that meet every condition given: number, state, day, warehouse, to_warehouse, quantity, products.

    product: a part of the name, or the GTIN. The period is that of the order.
    """
    return do.table(
        f"""select s.number, d.state, d.day, a.name as warehouse, b.name as to_warehouse, sum(l.quantity)::integer as quantity,
                  string_agg(p.name, ', ' order by p.gtin) as products
           from lgs_slip s join document d using (number) join lgs_warehouse a on a.number = s.warehouse join lgs_warehouse b on b.number = s.to_warehouse
           join lgs_line l on l.slip = s.number join product p on p.gtin = l.product
           where s.kind = 'transfer_order' and s.shipper = $actor and $number in ('', s.number) and ($state is null or d.state = $state)
             and $warehouse in ('', s.warehouse, s.to_warehouse)
             and {within('d.day')}
           group by all having bool_or(p.gtin = $product or {holds("p.name", "words")}) order by s.number""",
        actor=do.actor, number=number or "", state=state, warehouse=warehouse or "", product=product or "", words=pattern(product),
        from_day=from_day, to_day=to_day,
    )  # fmt: skip
