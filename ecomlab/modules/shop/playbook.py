"""How the model student does each task of the department."""

from __future__ import annotations

from typing import Any

from ...kernel.plays import Player, plays
from ..b2c.prologue import own_shop
from .briefs import job
from .kinds import SIZES


def on_duty(play: Player, post: str) -> None:
    """Signs in at a post of the own shop, unless somebody is there."""
    if not play.look.sessions(post):
        play.shop.sign_in(post, own_shop(play).merchant, play.password("shopkeeper"))


def own_sheet(play: Player) -> Any:
    """The sheet that the student is to work on, with its set of pictures: sheet, picture_set."""
    return play.look.one(
        """select s.number as sheet, p.number as picture_set from shop_sheet s join member m on m.number = s.supplier
           join shop_picture_set p on p.sheet = s.number where m.uscc = $uscc""",
        uscc=play.brief("SHOP001")["uscc"],
    )


@plays("SHOP001")
def _receive(play: Player) -> None:
    on_duty(play, "information_clerk")
    sheet = play.shop.receive_sheet(play.brief("SHOP001")["uscc"])
    play.shop.view_sheet(sheet)
    faulty = [{"row_no": o.row_no, "fault": o.fault} for o in job(play.look).sheet.offers if o.fault]
    play.shop.return_rows(sheet, faulty)


@plays("SHOP002")
def _code(play: Player) -> None:
    play.shop.code_products(own_sheet(play).sheet, play.brief("SHOP002")["rule"])


@plays("SHOP003")
def _photograph(play: Player) -> None:
    on_duty(play, "photographer")
    sheet = own_sheet(play).sheet
    rows = play.shop.view_sheet(sheet)
    play.shop.take_photos(sheet, [{"row_no": r.row_no} for r in rows if r.fault is None and not r.picture_there])


@plays("SHOP004")
def _watermark(play: Player) -> None:
    asked = play.brief("SHOP004")
    play.shop.watermark(own_sheet(play).picture_set, asked["text"], asked["place"])


@plays("SHOP005")
def _resize(play: Player) -> None:
    pictures = own_sheet(play).picture_set
    for size in SIZES:
        play.shop.resize(pictures, size)
    play.shop.rename(pictures, play.brief("SHOP005")["pattern"])


@plays("SHOP006")
def _file(play: Player) -> None:
    pictures = own_sheet(play).picture_set
    for size in SIZES:
        play.shop.file_pictures(pictures, size, size)
    play.shop.pictures(pictures)


@plays("SHOP007")
def _enter(play: Player) -> None:
    sheet = own_sheet(play).sheet
    rows = [r for r in play.shop.view_sheet(sheet) if r.fault is None and r.entered_day is None]
    play.shop.enter_products(sheet, [{"row_no": r.row_no, "price": r.price, "cost": r.cost} for r in rows])


@plays("SHOP008")
def _channel(play: Player) -> None:
    on_duty(play, "shop_operator")
    asked = play.brief("SHOP008")
    channel = play.shop.make_channel(asked["channel"], asked["category"])
    rows = play.look.all("select product, price from shop_row where sheet = $n and entered_day is not null order by price, product", n=own_sheet(play).sheet)
    play.shop.place_in_channel(channel, [{"product": r.product} for r in (rows if asked["order"] == "up" else rows[::-1])])
    play.shop.open_channel(channel)


@plays("SHOP009")
def _shelf(play: Player) -> None:
    asked = play.brief("SHOP009")
    play.shop.shelf_life()
    play.shop.take_off(asked["gone_gtin"], asked["reason"])
    play.shop.put_on_shelf(asked["gtin"])


@plays("SHOP010")
def _maintain(play: Player) -> None:
    asked = play.brief("SHOP010")
    play.shop.maintain(asked["gtin"], "price", str(asked["price"]))
    play.shop.maintain(asked["gtin"], "stock_hint", asked["hint"])
    play.shop.price_history(asked["gtin"])
