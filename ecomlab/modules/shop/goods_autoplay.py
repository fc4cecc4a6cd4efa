"""How the library plays the posts that bring goods into a shop: information clerk, photographer and operator. What is wrong with a row it finds as anybody
can, by looking at the row and its picture."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable
from typing import Any

from stdnum import ean

from ...kernel.plays import Player, autoplays
from ...kernel.refusals import Refusal
from .intake import RULES
from .kinds import SIZES
from .sheets import sheets


def _numbers(play: Player, table: str, state: str, post: str) -> list[Any]:
    """The documents of the shop in a state, of a table that has its merchant: their rows, by number."""
    sql = f"select t.* from {table} t join document d using (number) where t.merchant = $m and d.state = $state order by t.number"
    return play.look.all(sql, m=play.look.sessions(post)[0], state=state)


@autoplays(
    "information_clerk",
    "手上没有登记表时收下一张。逐行核对，有问题的行退回，其余按供应商货号编码，重复时改用其他规则。图片归档后，照登记表录入商品。不交快递。",
    "Receives a sheet when there is none to work on. Looks at each row, sends faulty ones back, and codes the others by the "
    "supplier's article, or by another rule if that repeats. Enters the goods as on the sheet once their pictures are filed. "
    "Hands nothing to couriers.",
)
def _clerk(play: Player) -> None:
    at_work = [state for state in ("received", "coded", "photographed") if _numbers(play, "shop_sheet", state, "information_clerk")]
    merchant = play.look.sessions("information_clerk")[0]
    there = {r.position for r in play.look.all("select position from shop_sheet where merchant = $m", m=merchant)}
    waiting = [s.supplier.uscc for s in sheets(play.look) if s.position not in there]
    if waiting and not at_work:
        play.shop.receive_sheet(waiting[0])
    for row in _numbers(play, "shop_sheet", "received", "information_clerk"):
        _judge(play, row.number)
    for row in _numbers(play, "shop_sheet", "photographed", "information_clerk"):
        filed = "select 1 from shop_picture_set s join document d using (number) where s.sheet = $n and d.state = 'filed'"
        if play.look.value(filed, n=row.number):
            sound = [r for r in play.shop.view_sheet(row.number) if r.fault is None and r.entered_day is None]
            play.shop.enter_products(row.number, [{"row_no": r.row_no, "price": r.price, "cost": r.cost} for r in sound])


def _judge(play: Player, sheet: str) -> None:
    rows = play.shop.view_sheet(sheet)
    faulty = [{"row_no": row_no, "fault": fault} for row_no, fault in faults(rows)]
    if faulty:
        play.shop.return_rows(sheet, faulty)
    if len(faulty) == len(rows):
        play.shop.send_back_sheet(sheet)
        return
    for rule in RULES:
        with contextlib.suppress(Refusal):
            play.shop.code_products(sheet, rule)
            return


def faults(rows: Iterable[Any]) -> list[tuple[int, str]]:
    """What is wrong with which rows of a sheet, as `view_sheet` shows them: the number of the row, and the fault."""
    found, articles = [], set()
    for r in rows:
        wrong = {
            "duplicate_code": r.article in articles,
            "bad_check_digit": not ean.is_valid(r.product),
            "wrong_unit": r.unit != "piece",
            "below_cost": r.price < r.cost,
            "missing_picture": bool(r.file_name) and not r.picture_there,
            "wrong_picture": r.scanned not in ("", r.product),
        }
        articles.add(r.article)
        if fault := next((name for name, so in wrong.items() if so), ""):
            found.append((r.row_no, fault))
    return found


@autoplays(
    "photographer",
    "给已编码的登记表补拍缺少的图片，顺序与登记表相同。整组加水印（店名，底部，带店标），做三种规格，按 *_# 命名，分别归档。",
    "Takes the pictures that a coded sheet lacks, in its order. Watermarks each set with the shop's name, at the bottom, with the logo, makes the three sizes, "
    "names them by *_# and files each in its folder.",
)
def _photographer(play: Player) -> None:
    merchant = play.look.sessions("photographer")[0]
    for row in _numbers(play, "shop_sheet", "coded", "photographer"):
        without = """select r.row_no from shop_row r join shop_picture_set s using (sheet) where r.sheet = $n and r.fault is null and not exists (
                     select 1 from shop_picture p where p.picture_set = s.number and p.row_no = r.row_no) order by r.row_no"""
        if rows := [{"row_no": r.row_no} for r in play.look.all(without, n=row.number)]:
            play.shop.take_photos(row.number, rows)
    name = play.look.value("select shop_name from b2c_merchant where merchant = $m", m=merchant)
    for row in _numbers(play, "(select p.number, s.merchant from shop_picture_set p join shop_sheet s on s.number = p.sheet)", "coded", "photographer"):
        play.shop.watermark(row.number, name[:40], "bottom", logo=True)
        for size in SIZES:
            play.shop.resize(row.number, size)
        play.shop.rename(row.number, "*_#")
        for size in SIZES:
            play.shop.file_pictures(row.number, size, size)


@autoplays(
    "shop_operator",
    "新录入的商品全部上架，卖完的下架。不开频道，不改价，不结算。",
    "Puts all goods that were entered on the shelf, and takes off what is sold out. Opens no channel, changes no price and settles nothing.",
)
def _operator(play: Player) -> None:
    free = """select i.product, i.on_day, coalesce(l.on_hand - l.reserved, 0) as free from shop_shelf_item i join document d using (number)
              join b2c_merchant m using (merchant) left join stock_level l on l.owner = m.member and l.place = m.place and l.product = i.product
              where i.merchant = $m and d.state = $state order by i.product"""
    merchant = play.look.sessions("shop_operator")[0]
    for row in play.look.all(free, m=merchant, state="off"):
        if row.on_day is None:
            play.shop.put_on_shelf(row.product)
    for row in play.look.all(free, m=merchant, state="on"):
        if row.free <= 0:
            play.shop.take_off(row.product, "sold_out")
