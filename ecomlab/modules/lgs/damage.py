"""Goods damaged in a warehouse or lost on the way: a report writes them off the stock of whoever bears the risk, as a loss."""

from __future__ import annotations

from typing import Annotated

from ...books import documents, members, stock
from ...kernel.command import choices, command
from ...kernel.doing import Doing, Looking
from ...kernel.refusals import refusal
from ...kernel.texts import Text
from ...kernel.values import Ask, Line, Ref
from .. import email
from . import slips
from .customers import checked_customer
from .members import CARRIER
from .slips import DAMAGE_REPORT, DELIVERY_ORDER, DISPATCH_ORDER, LOSS_REPORT, GoodsRows, Slip
from .warehouses import Warehouse, own_warehouse

NOT_ON_THE_WAY = refusal(
    "not_on_the_way", "配送单 {number} 的车辆不在途中，没有在途损失可登记。请选择已发车的配送单。",
    "No vehicle is on its way with {number}, so nothing can be lost on the way. Choose a delivery order that is dispatched.",
)  # fmt: skip


@choices("lgs.shippers")
def _shippers(look: Looking, actor: str) -> list[tuple[str, Text | str]]:
    rows = look.all(
        """select m.number, m.name from lgs_application a join document d using (number) join member m on m.number = a.shipper
           where a.carrier = $actor and d.state = 'approved' order by m.number""",
        actor=actor,
    )
    return [(r.number, f"{r.number} · {r.name}") for r in rows]


@command("LGS023", role=CARRIER, title=("登记残损", "Report damaged goods"))
def report_damage(
    do: Doing,
    shipper: Annotated[Ref, Ask("货主", "Shipper", choose="lgs.shippers")],
    warehouse: Warehouse,
    cause: Annotated[Line, Ask("残损原因", "Cause", max=200)],
    goods: GoodsRows,
) -> str:
    """Writes damaged goods off their owner's stock in a warehouse, as a loss; gives the number of the damage report."""
    row = own_warehouse(do, warehouse, "warehouse")
    checked_customer(do, shipper, do.actor, "shipper")
    damaged = slips.goods_of(do, goods, "goods")
    report = slips.make(do, DAMAGE_REPORT, do.actor, Slip(carrier=do.actor, shipper=shipper, warehouse=row.number, note=cause), damaged)
    stock.write_off(do, stock.Move(shipper, row.number, damaged, f"残损核销 Damaged {report.number}", report.number, field="goods"))
    return report.number


@command(role=CARRIER, title=("登记在途损失", "Report goods lost on the way"))
def report_loss(
    do: Doing,
    delivery_order: Annotated[Ref, Ask("配送单", "Delivery order", choose="lgs.deliveries_dispatched")],
    cause: Annotated[Line, Ask("损失原因", "Cause", max=200)],
    goods: GoodsRows,
) -> dict[str, str]:
    """Writes off goods that were lost on the way; gives the number of the report and the state of the delivery order.

    The loss is the shipper's or the purchaser's, whoever bears the risk by then, and is told so. Where nothing is left, the order is lost and owes no freight.
    """
    document, order = slips.at_carrier(do, DELIVERY_ORDER, delivery_order, "delivery_order")
    if document.state != "dispatched" or (bears := stock.bearer(do, delivery_order)) is None:
        raise NOT_ON_THE_WAY("delivery_order", number=delivery_order)
    owner, held = bears
    lost = slips.goods_of(do, goods, "goods")
    report = slips.make(do, LOSS_REPORT, do.actor, Slip(carrier=do.actor, shipper=order.shipper, warehouse=order.warehouse, note=cause), lost, delivery_order)
    stock.issue_transit(do, stock.Move(owner, "", lost, f"在途损失 Lost on the way {report.number}", held, field="goods"), stock.LOSSES, kind="lost")
    for line in lost:
        do.execute(
            "update lgs_line set counted = coalesce(counted, quantity) - $lost where slip = $slip and product = $product",
            lost=line.quantity, slip=delivery_order, product=line.product,
        )  # fmt: skip
    _tell_loss(do, owner, delivery_order, cause)
    if not slips.arriving(do, delivery_order):
        trip = do.value("select number from lgs_trip where delivery_order = $order", order=delivery_order)
        documents.find(do, DISPATCH_ORDER, trip).move_to("arrived")
        document.move_to("lost")
    return {"report": report.number, "state": document.state}


def _tell_loss(do: Doing, owner: str, delivery_order: str, cause: str) -> None:
    member = members.named(do, owner)
    if member.mailbox and email.known(do, member.mailbox):
        email.letter(
            do, member.mailbox, f"在途损失 Lost on the way {delivery_order}",
            f"{member.name}：\n\n配送单 {delivery_order} 的货物在途中有损失：{cause}\n风险由贵方承担，损失已记入营业外支出。\n\n"
            f"Goods of the delivery order {delivery_order} were lost on the way: {cause}\nThe risk was yours, so the loss is posted in your books.\n",
        )  # fmt: skip
