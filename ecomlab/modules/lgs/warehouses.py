"""A carrier's warehouses: opening, changing and retiring them, and what lies in them."""

from __future__ import annotations

from typing import Annotated, Any

from ...books import documents, stock
from ...books.wording import holds, pattern
from ...kernel.command import choices, command, query
from ...kernel.doing import Doing, Looking
from ...kernel.refusals import refusal
from ...kernel.table import Table
from ...kernel.texts import Text
from ...kernel.values import Ask, Count, Line, Ref
from .members import CARRIER

NO_WAREHOUSE = refusal("no_warehouse", "没有仓库 {number}。请从列表中选择。", "There is no warehouse {number}. Choose one from the list.")
WAREHOUSE_NAME_TAKEN = refusal(
    "warehouse_name_taken", "已有名为“{name}”的仓库。请换一个名称。", "There is already a warehouse named {name}. Choose another name."
)
WAREHOUSE_RETIRED = refusal("warehouse_retired", "仓库“{name}”已停用。请选择在用的仓库。", "The warehouse {name} is retired. Choose one in use.")
WAREHOUSE_IN_USE = refusal(
    "warehouse_in_use",
    "仓库“{name}”还有 {pieces} 件货物（含在途）和 {slips} 张未完成的单据，不能停用。请先出清并办结。",
    "The warehouse {name} cannot be retired yet. Pieces in it or on their way: {pieces}; open documents: {slips}. Empty it and close the documents first.",
)
WAREHOUSE_FULL = refusal(
    "warehouse_full",
    "仓库“{name}”容量 {capacity} 件，已占用 {used} 件（含在途），放不下 {wanted} 件。请减少数量，或选择其他仓库。",
    "The warehouse {name} has no room for {wanted} more. Capacity: {capacity}; taken, with goods on their way: {used}. Send fewer pieces, or choose another "
    "warehouse.",
)
CAPACITY_BELOW = refusal(
    "capacity_below",
    "已占用 {used} 件（含在途），容量不能小于此数。请填写更大的容量。",
    "The capacity cannot be less than what is taken, with goods on their way: {used}. Enter a larger one.",
)

Warehouse = Annotated[Ref, Ask("仓库", "Warehouse", choose="lgs.warehouses")]
Capacity = Annotated[Count, Ask(ge="1", le="1000000", unit=Text("件", "pieces"))]
Place = Annotated[Line, Ask(max=64)]
Address = Annotated[Line, Ask(max=120)]


@choices("lgs.warehouses", made_by="LGS007")
def _warehouses(look: Looking, actor: str) -> list[tuple[str, Text | str]]:
    """For a carrier its own; for a shipper those of the carriers that it is a customer of."""
    rows = look.all(
        """select w.number, w.name, w.city from lgs_warehouse w where w.status = 'in_use' and (w.carrier = $actor or w.carrier in (
               select a.carrier from lgs_application a join document d using (number) where a.shipper = $actor and d.state = 'approved'))
           order by w.number""",
        actor=actor,
    )
    return [(r.number, f"{r.number} · {r.name} · {r.city}") for r in rows]


@command("LGS007", role=CARRIER, title=("新建仓库", "Create a warehouse"))
def add_warehouse(
    do: Doing, name: Annotated[Line, Ask("仓库名称", "Name of the warehouse", max=60)], city: Place, address: Address, contact: Place, capacity: Capacity
) -> str:
    """Opens a warehouse of so many pieces; gives its number."""
    if do.value("select 1 from lgs_warehouse where carrier = $carrier and name = $name and status = 'in_use'", carrier=do.actor, name=name) is not None:
        raise WAREHOUSE_NAME_TAKEN("name", name=name)
    number = stock.open_place(do, "warehouse", do.actor, name)
    do.execute(
        "insert into lgs_warehouse values ($number, $carrier, $name, $city, $address, $contact, $capacity, 'in_use')",
        number=number, carrier=do.actor, name=name, city=city, address=address, contact=contact, capacity=capacity,
    )  # fmt: skip
    return number


@command("LGS008", role=CARRIER, title=("修改仓库信息", "Change a warehouse"))
def change_warehouse(do: Doing, warehouse: Warehouse, address: Address, contact: Place, capacity: Capacity) -> str:
    """Changes a warehouse's address, contact and capacity. The capacity cannot fall below what is there."""
    row = own_warehouse(do, warehouse, "warehouse")
    used = stock.at_place(do, row.number)
    if capacity < used:
        raise CAPACITY_BELOW("capacity", used=used)
    do.execute(
        "update lgs_warehouse set address = $address, contact = $contact, capacity = $capacity where number = $number",
        address=address, contact=contact, capacity=capacity, number=row.number,
    )  # fmt: skip
    return warehouse


@command(role=CARRIER, title=("停用仓库", "Retire a warehouse"))
def retire_warehouse(do: Doing, warehouse: Warehouse) -> str:
    """Takes a warehouse out of use. Refuses 'warehouse_in_use' while goods or open slips belong to it."""
    row = own_warehouse(do, warehouse, "warehouse")
    pieces = stock.at_place(do, row.number)
    slips: int = do.value(
        """select count(*)::integer from lgs_slip s join document d using (number) where $number in (s.warehouse, s.to_warehouse)
           and d.state in ('announced', 'waiting', 'accepted', 'to_pick', 'in_transit')""",
        number=row.number,
    )
    if pieces or slips:
        raise WAREHOUSE_IN_USE("warehouse", name=row.name, pieces=pieces, slips=slips)
    do.execute("update lgs_warehouse set status = 'retired' where number = $number", number=row.number)
    return warehouse


@query(role=CARRIER, title=("查看仓库", "View the warehouses"))
def warehouses(do: Doing) -> Table:
    """This carrier's warehouses: number, name, city, address, contact, capacity, used (pieces there or on their way), status."""
    return do.table(
        """select w.number, w.name, w.city, w.address, w.contact, w.capacity,
                  (select coalesce(sum(on_hand + in_transit), 0) from stock_level l where l.place = w.number)::integer as used, w.status
           from lgs_warehouse w where w.carrier = $carrier order by w.number""",
        carrier=do.actor,
    )


@query("LGS006", role=CARRIER, title=("查询库存", "Find stock"))
def stock_list(
    do: Doing,
    warehouse: Warehouse = "",
    shipper: Annotated[Line, Ask("货主", "Shipper", max=64)] = "",
    product: Annotated[Line, Ask(max=60)] = "",
) -> Table:
    """What is in this carrier's warehouses: warehouse, shipper, product, product_name, on_hand, reserved, in_transit.

    warehouse: its number. shipper and product: a part of the name, or the whole number.
    """
    return do.table(
        f"""select l.place as warehouse, w.name, m.name as shipper, l.product, p.name as product_name, l.on_hand, l.reserved, l.in_transit
           from stock_level l join lgs_warehouse w on w.number = l.place join member m on m.number = l.owner join product p on p.gtin = l.product
           where w.carrier = $carrier and (l.on_hand > 0 or l.in_transit > 0) and $warehouse in ('', l.place)
             and (m.number = $shipper or {holds("m.name", "shipper_words")})
             and (p.gtin = $product or {holds("p.name", "product_words")})
           order by l.place, m.number, l.product""",
        carrier=do.actor, warehouse=warehouse or "", shipper=shipper or "", shipper_words=pattern(shipper), product=product or "",
        product_words=pattern(product),
    )  # fmt: skip


def warehouse_row(look: Looking, number: str, field: str | None) -> Any:
    """The row of a warehouse in use. Refuses 'no_warehouse' and 'warehouse_retired'."""
    row = look.one("select * from lgs_warehouse where number = $number", number=number)
    if row is None:
        raise NO_WAREHOUSE(field, number=number[:40])
    if row.status != "in_use":
        raise WAREHOUSE_RETIRED(field, name=row.name)
    return row


def own_warehouse(do: Doing, number: str, field: str) -> Any:
    """The same, which must be the acting carrier's. Refuses 'not_yours' too."""
    row = warehouse_row(do, number, field)
    if row.carrier != do.actor:
        raise documents.NOT_YOURS(field, kind=Text("仓库", "warehouse"), number=number)
    return row


def room_for(look: Looking, row: Any, pieces: int, field: str | None) -> None:
    """Refuses 'warehouse_full' if so many more pieces do not fit."""
    used = stock.at_place(look, row.number)
    if used + pieces > row.capacity:
        raise WAREHOUSE_FULL(field, name=row.name, capacity=row.capacity, used=used, wanted=pieces)
