"""Damaged goods: a report writes them off the owner's stock, as a loss."""

from __future__ import annotations

from typing import Annotated

from ...books import stock
from ...kernel.command import choices, command
from ...kernel.doing import Doing, Looking
from ...kernel.texts import Text
from ...kernel.values import Ask, Line, Ref
from . import slips
from .customers import checked_customer
from .members import CARRIER
from .slips import DAMAGE_REPORT, GoodsRows, Slip
from .warehouses import Warehouse, own_warehouse


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
