"""How the model student does each task, and who is at the auction house before."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

from ...books.cast import own_person
from ...kernel.doing import Looking
from ...kernel.plays import Player, plays
from .. import ebank
from ..ebank.prologue import own_customer
from .bidders import user_name
from .briefs import asked_category
from .members import DUTY, DUTY_PASSWORD


def own_name(look: Looking) -> str:
    """The name under which the model student is a member."""
    return user_name(own_person(look))


def _list(play: Player, title: str, days: int, start_price: Decimal) -> Any:
    return play.c2c.list_item(
        category=asked_category(play.look)[0], title=title, description="自用，成色良好 Well kept", start_price=start_price,
        ends=play.look.day + datetime.timedelta(days=days),
    )  # fmt: skip


def _advance_past(play: Player, day: datetime.date) -> None:
    play.lab.advance(days=(day - play.look.day).days + 1)


@plays("C2C001")
def _register(play: Player) -> None:
    me, password = own_person(play.look), play.password("auction")
    play.c2c.register(user_name=own_name(play.look), full_name=me.name, mailbox=me.mailbox, password=password, confirm=password)
    play.c2c.sign_in(own_name(play.look), password)


@plays("C2C002")
def _list_item(play: Player) -> None:
    _list(play, "闲置物品 Something I do not need", 9, play.brief("C2C002")["start_price"])


@plays("C2C003")
def _search(play: Player) -> None:
    play.c2c.search(category=play.brief("C2C003")["category"])


@plays("C2C004")
def _bid(play: Player) -> None:
    _, name, value = asked_category(play.look)
    own = own_name(play.look)
    play.c2c.bid(next(r.listing for r in play.c2c.search() if r.auction_category == name and r.seller != own), 2 * value)


@plays("C2C005")
def _bidding(play: Player) -> None:
    play.c2c.bidding()


@plays("C2C006")
def _bought(play: Player) -> None:
    _advance_past(play, play.c2c.bidding()[0].ends)
    won = play.c2c.bought()[0]
    account = own_customer(play, "personal").account
    if ebank.balance_of(play.look, account) < won.final_price:
        play.ebank.deposit_personal(account, won.final_price, play.pin("personal"))
    play.c2c.pay(won.listing, account, play.pin("personal"))


@plays("C2C007")
def _selling(play: Player) -> None:
    play.c2c.selling()


@plays("C2C008")
def _ended(play: Player) -> None:
    _advance_past(play, play.c2c.selling()[0].ends)
    play.c2c.ended()


@plays("C2C009")
def _rate(play: Player) -> None:
    play.c2c.rate(play.c2c.bought()[0].listing, "positive", "与描述相符 As described")


@plays("C2C010")
def _credit(play: Player) -> None:
    play.c2c.credit(play.brief("C2C010")["seller"])


@plays("C2C011")
def _cancelled(play: Player) -> None:
    listing = _list(play, "另一件闲置物品 Another thing", 5, Decimal("10.00"))
    play.c2c.withdraw(listing, "决定自己留用 I keep it after all")
    play.c2c.cancelled()


@plays("C2C012")
def _administrator(play: Player) -> None:
    play.c2c.sign_in_administrator(DUTY, play.password(DUTY_PASSWORD))
    play.c2c.overview()


@plays("C2C013")
def _log(play: Player) -> None:
    play.c2c.sign_in_log()
    play.c2c.clear_log()


@plays("C2C014")
def _move(play: Player) -> None:
    asked = play.brief("C2C014")
    play.c2c.members(asked["user_name"])
    play.c2c.move_member(asked["user_name"], asked["group"])


@plays("C2C015")
def _create_group(play: Player) -> None:
    asked = play.brief("C2C015")
    play.c2c.create_group(asked["name"], asked["limit"])


@plays("C2C016")
def _change_group(play: Player) -> None:
    asked = play.brief("C2C016")
    play.c2c.change_group(asked["group"], asked["name"])


@plays("C2C017")
def _delete_group(play: Player) -> None:
    play.c2c.delete_group(play.brief("C2C017")["group"])


@plays("C2C018")
def _create_category(play: Player) -> None:
    asked = play.brief("C2C018")
    play.c2c.create_category(asked["name"], asked["typical_value"])


@plays("C2C019")
def _change_category(play: Player) -> None:
    asked = play.brief("C2C019")
    play.c2c.change_category(asked["category"], asked["name"])


@plays("C2C020")
def _delete_category(play: Player) -> None:
    play.c2c.delete_category(play.brief("C2C020")["category"])


@plays("C2C021")
def _find(play: Player) -> None:
    play.c2c.find_listings(text=play.brief("C2C021")["title"])


@plays("C2C022")
def _cancel(play: Player) -> None:
    found = play.c2c.find_listings(text=play.brief("C2C022")["title"], state="on_auction")
    play.c2c.cancel_listing(found[0].listing, "出售仿冒品，违反拍卖规则 Counterfeit goods break the rules")
