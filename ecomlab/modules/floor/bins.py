"""Bins and what lies in them: a finer view of the stock books, first in, first out.

Every piece of a shop's stock lies in a bin, in an order's tote or parcel, or else in the receiving area. The receiving area is what remains, so that the
three always come to what the books say: goods that come in otherwise stand there, and goods that leave otherwise are taken from there first, then from
the oldest lots (`take_out`). However goods leave the stock books, they leave by here.
"""

from __future__ import annotations

import datetime
from typing import Any

from ...books import documents, stock
from ...books.cast import companies
from ...kernel.audit import invariant
from ...kernel.command import choices
from ...kernel.doing import Doing, Looking
from ...kernel.refusals import refusal
from ...kernel.texts import Text
from ..b2c.members import shop_of
from .kinds import CARTON

#: A zone's bins: how many, and the pieces that one holds. Small things lie in A.
ZONES = {"A": (6, 60), "B": (6, 90), "C": (6, 120)}

NO_BIN = refusal("no_bin", "没有货位“{bin}”。请从列表中选择。", "There is no bin {bin}. Choose one of the list.")
BIN_FULL = refusal(
    "bin_full",
    "货位 {bin} 可放 {capacity} 件，已有 {there} 件，放不下 {wanted} 件。请换一个货位，或分开放。",
    "The bin {bin} holds {capacity:piece} and has {there}; {wanted} more do not go in. Choose another bin, or use several.",
)
BIN_SHORT = refusal(
    "bin_short",
    "货位 {bin} 的“{name}”只有 {there} 件，取不出 {wanted} 件。请按拣货单取货。",
    "The bin {bin} has {there} of {name}, not {wanted}. Take what the picking list says.",
)
NOT_IN_RECEIVING = refusal(
    "not_in_receiving",
    "收货区的“{name}”只有 {there} 件，不能上架 {wanted} 件。请减少数量。",
    "The receiving area has {there} of {name}, not {wanted}. Enter a smaller quantity.",
)
NONE_IN_BINS = refusal(
    "none_in_bins",
    "货位里“{name}”只有 {there} 件，不足 {wanted} 件。请先把收货区的商品上架。",
    "The bins have {there} of {name}, not {wanted}. Put goods of the receiving area into bins first.",
)
IN_TOTES = refusal(
    "lies_in_totes",
    "“{name}”在货位和收货区共 {there} 件，不足 {wanted} 件，其余误放在别的订单的拣货箱里。请先扫描这些订单并更换。",
    "Bins and receiving area have {there} of {name}, not {wanted}; the others lie in totes of other orders by mistake. Scan those orders out and change them.",
)


def open_site(do: Doing, merchant: str) -> None:
    """Lays out a floor with its bins, once."""
    if do.value("select 1 from floor_site where merchant = $m", m=merchant):
        return
    shop = shop_of(do, merchant)
    do.execute(
        "insert into floor_site values ($m, $member, $place, $city, $day)", m=merchant, member=shop.member, place=shop.place, city=_city(do, shop), day=do.day
    )
    for zone, (count, capacity) in ZONES.items():
        for i in range(1, count + 1):
            do.execute("insert into floor_bin values ($m, $bin, $zone, $capacity)", m=merchant, bin=f"{zone}-{i:02d}", zone=zone, capacity=capacity)


def _city(look: Looking, shop: Any) -> str:
    """Where a shop's company is, as the list of companies has it."""
    code = look.value("select uscc from member where number = $m", m=shop.member)
    return next((f"{c.province} {c.city}" for c in companies(look) if c.uscc == code), "")


def site_of(look: Looking, merchant: str) -> Any:
    """A shop's floor: merchant, member, place, city; None if nobody has worked there yet."""
    return look.one("select * from floor_site where merchant = $m", m=merchant)


# --- looking ---------------------------------------------------------------------------------------------------------------


def bin_of(look: Looking, merchant: str, bin: str, field: str | None = "bin") -> Any:
    """A bin's row with the pieces in it: bin, zone, capacity, there. Refuses 'no_bin'."""
    row = look.one(
        """select b.bin, b.zone, b.capacity, coalesce(sum(l.quantity), 0) as there from floor_bin b left join floor_lot l using (merchant, bin)
           where b.merchant = $m and b.bin = $bin group by b.bin, b.zone, b.capacity""",
        m=merchant, bin=bin.strip().upper(),
    )  # fmt: skip
    if row is None:
        raise NO_BIN(field, bin=bin[:20])
    return row


def lots_of(look: Looking, merchant: str, product: str, bin: str | None = None) -> list[Any]:
    """The lots of a product, the oldest first: lot, bin, came_day, carton, quantity."""
    return look.all(
        """select lot, bin, came_day, carton, quantity from floor_lot where merchant = $m and product = $p and ($bin is null or bin = $bin)
           order by came_day, lot""",
        m=merchant, p=product, bin=bin,
    )  # fmt: skip


def in_receiving(look: Looking, site: Any, product: str) -> int:
    """Pieces of a product in the receiving area: on hand by the books, and in no bin and no tote."""
    placed = look.value(
        """select coalesce((select sum(quantity) from floor_lot where merchant = $m and product = $p), 0)
                + coalesce((select sum(t.quantity) from floor_tote t join floor_order o using (sales_order) where o.merchant = $m and t.product = $p), 0)""",
        m=site.merchant, p=product,
    )  # fmt: skip
    return stock.on_hand(look, site.member, site.place, product) - int(placed)


# --- moving ----------------------------------------------------------------------------------------------------------------


def put(
    do: Doing, site: Any, bin: str, product: str, quantity: int, came: datetime.date | None = None, carton: str | None = None, field: str | None = "bin"
) -> str:
    """Puts pieces into a bin; gives its name. Refuses 'no_bin' and 'bin_full'."""
    row = bin_of(do, site.merchant, bin, field)
    if row.there + quantity > row.capacity:
        raise BIN_FULL(field, bin=row.bin, capacity=row.capacity, there=row.there, wanted=quantity)
    do.execute(
        "insert into floor_lot values ($m, $lot, $bin, $p, $came, $carton, $q)",
        m=site.merchant, lot=do.count("floor.lot"), bin=row.bin, p=product, came=came or do.day, carton=carton, q=quantity,
    )  # fmt: skip
    return str(row.bin)


def take(do: Doing, merchant: str, product: str, quantity: int, bin: str | None = None) -> tuple[list[tuple[str, int]], datetime.date]:
    """Takes pieces of a product from its oldest lots, of one bin or of all: how many from which bin, and the day on which the oldest came.

    The caller has seen that there are so many.
    """
    taken: dict[str, int] = {}
    oldest = do.day
    left = quantity
    for lot in lots_of(do, merchant, product, bin):
        if not left:
            break
        used = min(left, lot.quantity)
        left -= used
        taken[lot.bin] = taken.get(lot.bin, 0) + used
        oldest = min(oldest, lot.came_day)
        _use(do, merchant, lot, used)
    if left:
        raise ValueError(f"{left} of {quantity} pieces of {product} are in no bin")
    return list(taken.items()), oldest


def _use(do: Doing, merchant: str, lot: Any, used: int) -> None:
    """Takes pieces of a lot, and opens the carton that they lie in; one that is used up is empty."""
    carton = documents.find(do, CARTON, lot.carton) if lot.carton else None
    if used == lot.quantity:
        do.execute("delete from floor_lot where merchant = $m and lot = $lot", m=merchant, lot=lot.lot)
        if carton:
            carton.move_to("empty")
    else:
        do.execute("update floor_lot set quantity = quantity - $used where merchant = $m and lot = $lot", used=used, m=merchant, lot=lot.lot)
        if carton and carton.state == "shelved":
            carton.move_to("opened")


@stock.on_leaving
def take_out(do: Doing, move: stock.Move, goods: stock.Goods) -> None:
    """Goods leave the stock books, sold, given away, transferred or lost: from the receiving area, and what is not there from the oldest lots.

    Refuses 'lies_in_totes' where a picker's slip has put the last pieces into a tote that should not have them.
    """
    site = do.one("select * from floor_site where member = $owner and place = $place", owner=move.owner, place=move.place)
    if site is None or (short := goods.quantity - in_receiving(do, site, goods.product)) <= 0:
        return
    if (there := sum(lot.quantity for lot in lots_of(do, site.merchant, goods.product))) < short:
        name = do.value("select name from product where gtin = $p", p=goods.product)
        raise IN_TOTES(move.field, name=name, there=goods.quantity - short + there, wanted=goods.quantity)
    take(do, site.merchant, goods.product, short)


# --- choices and invariants --------------------------------------------------------------------------------------------------


@choices("floor.bins")
def _bins(look: Looking, actor: str) -> list[tuple[str, Text | str]]:
    rows = look.all(
        """select b.bin, b.capacity, coalesce(sum(l.quantity), 0)::integer as there from floor_bin b left join floor_lot l using (merchant, bin)
           where starts_with($actor, b.merchant || '.') group by b.bin, b.capacity order by b.bin""",
        actor=actor,
    )
    return [(r.bin, f"{r.bin} · {r.there}/{r.capacity}") for r in rows]


@choices("floor.goods")
def _goods(look: Looking, actor: str) -> list[tuple[str, Text | str]]:
    rows = look.all(
        """select distinct l.product, p.name from floor_site s join stock_level l on l.owner = s.member and l.place = s.place
           join product p on p.gtin = l.product where starts_with($actor, s.merchant || '.') and l.on_hand > 0 order by 1""",
        actor=actor,
    )
    return [(r.product, f"{r.product} · {r.name}") for r in rows]


@invariant(
    "bins_equal_stock", "货位、拣货箱和收货区的件数之和等于库存账", "Bins, totes and the receiving area together have what the stock books say"
)  # fmt: skip
def _equal(look: Looking) -> list[str]:
    """The receiving area is what remains; so there is never less than nothing in it."""
    return [
        f"{r.merchant} {r.product}: placed {r.placed}, on hand {r.on_hand}"
        for r in look.all(
            """select s.merchant, x.product, sum(x.quantity) as placed, coalesce(max(l.on_hand), 0) as on_hand
               from floor_site s join (
                   select merchant, product, quantity from floor_lot
                   union all select o.merchant, t.product, t.quantity from floor_tote t join floor_order o using (sales_order)
               ) x on x.merchant = s.merchant
               left join stock_level l on l.owner = s.member and l.place = s.place and l.product = x.product
               group by s.merchant, x.product having sum(x.quantity) > coalesce(max(l.on_hand), 0) or min(x.quantity) <= 0 order by 1, 2"""
        )
    ]


@invariant("bins_hold", "没有货位超过容量", "No bin has more than it holds")
def _hold(look: Looking) -> list[str]:
    return [
        f"{r.merchant} {r.bin}: {r.there} of {r.capacity}"
        for r in look.all(
            """select b.merchant, b.bin, b.capacity, sum(l.quantity) as there from floor_bin b join floor_lot l using (merchant, bin)
               group by b.merchant, b.bin, b.capacity having sum(l.quantity) > b.capacity order by 1, 2"""
        )
    ]


@invariant("cartons_sealed", "未开的箱装着箱标上的件数，开过的箱少于箱标", "A sealed carton holds what its label says, an opened one less")
def _sealed(look: Looking) -> list[str]:
    return [
        f"{r.carton} is {r.state}: {r.quantity} of {r.scanned}"
        for r in look.all(
            """select l.carton, d.state, l.quantity, b.scanned from floor_lot l join document d on d.number = l.carton join floor_box b on b.carton = l.carton
               where (d.state = 'shelved') <> (l.quantity = b.scanned) or d.state not in ('shelved', 'opened') order by 1"""
        )
    ]
