"""How the model student does each task of the service desk."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from typing import Any

from ...kernel.plays import Player, plays
from ...kernel.texts import Text
from ..b2c.prologue import own_shop
from .autoplay import take_in
from .briefs import FIRST_DAY
from .prologue import clerks
from .shifts import OPEN_ITEMS


def on_duty(play: Player) -> None:
    """One clerk of each post is signed in, and the shop's owner."""
    for clerk in clerks(play):
        post = play.look.value("select post from service_clerk where clerk = $c", c=clerk)
        if not play.look.sessions(post):
            play.service.sign_in(clerk, play.password("shopkeeper"))
    if not play.look.sessions("shopkeeper"):
        play.b2c.sign_in_shopkeeper(own_shop(play).merchant, play.password("shopkeeper"))


def early(play: Player) -> None:
    """The morning of a day that has just begun, unless it is the desk's first."""
    if (play.look.day - play.look.value("select opened from service_desk")).days > FIRST_DAY:
        play.lab.advance(1)
    on_duty(play)


def _talk(play: Player, intent: str) -> str:
    """The first talk of today with this intent that has not been answered, as soon as it is in the inbox."""
    row = play.look.one(
        """select c.number, c.arrives from service_conversation c join document d using (number)
           where c.day = $day and c.intent = $intent and d.state = 'opened' order by c.arrives limit 1""",
        day=play.look.day, intent=intent,
    )  # fmt: skip
    _wait_for(play, play.service.inbox(), row)
    return str(row.number)


def _wait_for(play: Player, shown: Iterable[Any], row: Any) -> None:
    """Waits until a customer has written, if that talk is not shown yet."""
    if row.number not in {r.number for r in shown}:
        play.lab.wait(until=f"{row.arrives:%H:%M}")


def _say(play: Player, talk: str, *templates: str) -> None:
    for template in templates:
        play.service.reply(talk, template)


@plays("DESK001")
def _first_answers(play: Player) -> None:
    early(play)
    for _ in range(2):
        _say(play, _talk(play, "question"), "greeting", "campaign", "introduction", "confirmation")


@plays("DESK002")
def _quantity(play: Player) -> None:
    on_duty(play)
    _say(play, _talk(play, "bargain_quantity"), "hold_price", "confirmation")


@plays("DESK003")
def _regular(play: Player) -> None:
    on_duty(play)
    _say(play, _talk(play, "bargain_regular"), "thanks", "confirmation")


@plays("DESK004")
def _again(play: Player) -> None:
    on_duty(play)
    talk = _talk(play, "bargain_again")
    play.service.reply(talk, "wait_supervisor")
    play.service.decide_gift(play.service.ask_supervisor(talk), True)
    product = play.look.value("select product from service_conversation where number = $n", n=talk)
    play.service.offer_gift(talk, product)
    play.service.reply(talk, "confirmation")


def _order(play: Player, shopper: str) -> str:
    """The newest order of a customer at the own shop that is not shipped."""
    return str(
        play.look.value(
            "select o.number from b2c_order o join document d using (number)"
            " where o.shopper = $who and d.state in ('paid', 'accepted') order by 1 desc limit 1",
            who=shopper,
        )
    )


def _noted(play: Player, asked: dict[str, Any]) -> tuple[str, str]:
    """A request of the asked customer with its red flag, of which the printer knows, and which she confirmed: order and request."""
    on_duty(play)
    order = _order(play, asked["shopper"])
    request = play.service.request_change(order, asked["wish"], asked["wanted"])["request"]
    me = play.look.sessions("pre_sale")[0]
    play.service.tell_printer(play.service.flag(order, f"{asked['wanted']} / {me} / {play.look.day}"))
    play.service.confirm_change(request)
    return order, request


@plays("DESK005")
def _before_printing(play: Player) -> None:
    _, request = _noted(play, play.brief("DESK005"))
    play.service.apply_change(request)


@plays("DESK006")
def _after_printing(play: Player) -> None:
    order, request = _noted(play, play.brief("DESK006"))
    play.service.fetch_back(order, "slip_and_waybill")
    play.service.apply_change(request)


@plays("DESK007")
def _after_packing(play: Player) -> None:
    order, request = _noted(play, play.brief("DESK007"))
    play.service.fetch_back(order, "parcel")
    play.service.apply_change(request)
    play.service.print_order(order)


@plays("DESK008")
def _withdraw(play: Player) -> None:
    on_duty(play)
    *inside, last = play.brief("DESK008")["shoppers"]
    for shopper, what in zip(inside, ("", "slip_and_waybill", "parcel"), strict=True):
        order = _order(play, shopper)
        request = play.service.request_change(order, "withdraw", "买错了 Bought by mistake")["request"]
        if what:
            play.service.fetch_back(order, what)
        if what == "parcel":
            play.service.put_back(order)
        case = play.service.void_order(request)["refund_case"]
        paid = play.service.check_case(case)["paid_amount"]
        play.service.refund(case, paid, "订单已作废 The order is void")
    sent = play.look.value(
        "select o.number from b2c_order o join document d using (number) where o.shopper = $who and d.state = 'shipped' order by 1 limit 1", who=last
    )
    entry = play.service.pass_on(play.service.request_change(sent, "withdraw", "不想要了 No longer wanted")["request"])
    play.lab.advance(1)
    row = play.look.one("select * from service_return where number = $n", n=entry)
    take_in(play, entry, row.request, row.waybill, row.damaged)
    play.service.sort_return(entry, "restocked")


@plays("DESK009")
def _wish(play: Player) -> None:
    order, request = _noted(play, play.brief("DESK009"))
    play.service.apply_change(request)
    if play.look.value("select 1 from service_papers p join document d using (number) where web_order = $n and d.state <> 'torn_up'", n=order) is None:
        play.service.print_order(order)


SAID = {
    "late": Text("物流慢，到货晚", "late delivery"),
    "wrong_item": Text("发错或漏发", "wrong or missing goods"),
    "quality": Text("质量问题", "quality"),
    "service": Text("客服态度和回复", "service and answers"),
}


@plays("DESK010")
def _noon(play: Player) -> None:
    early(play)
    found = play.service.reviews()
    causes = []
    by_code = {r["code"]: r["cause"] for r in play.look.scenario.rows("desk_reviews")}
    for row in (r for r in found if r.day == play.look.day and r.stars <= 3):
        cause = by_code[play.look.value("select message from service_review where number = $n", n=row.number)]
        play.service.phone_review(row.number, cause)
        causes.append(cause)
    told = "；".join(SAID[c].zh for c in dict.fromkeys(causes)), "; ".join(SAID[c].en for c in dict.fromkeys(causes))
    play.service.tell_group(f"今日差评原因：{told[0]}。\n\nToday's bad reviews: {told[1]}.")


def _returned(play: Player) -> list[Any]:
    """The parcels of the asked customers."""
    return play.look.all(
        "select t.*, d.state from service_return t join document d using (number) join b2c_order o on o.number = t.web_order"
        " where list_contains($who, o.shopper) order by t.number",
        who=play.brief("DESK011")["shoppers"],
    )


@plays("DESK011")
def _register(play: Player) -> None:
    on_duty(play)
    play.service.return_parcels()
    for row in _returned(play):
        take_in(play, row.number, row.request, row.waybill, row.damaged)
    play.service.returns_register()


@plays("DESK012")
def _sort(play: Player) -> None:
    on_duty(play)
    for row in _returned(play):
        if row.state == "arrived":
            play.service.sort_return(row.number, "defective" if row.damaged else "restocked")


@plays("DESK014")
def _stuck(play: Player) -> None:
    early(play)
    for shopper in play.brief("DESK014")["shoppers"]:
        order = _order(play, shopper)
        where = play.look.value("select d.state from service_papers p join document d using (number) where p.web_order = $n and d.state <> 'torn_up'", n=order)
        play.service.fetch_back(order, "parcel" if where == "packed" else "slip_and_waybill")
        play.service.tell_customer(order, "今天当地快递停运，你的订单明天再发，请谅解。\n\nNo courier goes to your city today. Your order is sent tomorrow.")


@plays("DESK013")
def _hourly(play: Player) -> None:
    early(play)
    for time in ("14:00", "15:00", "16:00", "17:00"):
        play.lab.wait(until=time)
        play.service.print_batch()


@plays("DESK015")
def _late_shift(play: Player) -> None:
    on_duty(play)
    play.lab.wait(until="21:30")
    play.service.open_items()
    me = play.look.sessions("pre_sale")[0]
    merchant = play.look.value("select merchant from service_clerk where clerk = $me", me=me)
    end = datetime.datetime.combine(play.look.day, datetime.time(21, 31))
    items = [
        {"document": r.number, "note": "请明早跟进 Please see to it in the morning"}
        for r in play.look.all(f"{OPEN_ITEMS} order by 1", merchant=merchant, now=end, day=play.look.day)
    ]
    following = play.look.value("select max(clerk) from service_clerk where post = 'pre_sale' and clerk <> $me", me=me)
    play.service.hand_over_shift(following, True, True, items)


@plays("DESK016")
def _rota(play: Player) -> None:
    on_duty(play)
    asked = play.brief("DESK016")
    monday = play.look.day + datetime.timedelta(days=7 - play.look.day.weekday())
    play.service.plan_shifts(monday, week(play, monday, asked["off_clerk"], asked["off_day"]))
    play.service.rota()


def week(play: Player, monday: datetime.date, off_clerk: str, off_day: int) -> list[dict[str, Any]]:
    """A week in which three clerks have the early shift and three the late one, each five times, two or three of them a day; one is off on a day."""
    staff = [r.clerk for r in play.look.all("select clerk from service_clerk where post <> 'desk_supervisor' order by clerk")]
    rows = []
    for shift, group in (("early", staff[:3]), ("late", staff[3:])):
        # a day off for one of the three each day but one; the wish decides which day whose turn begins on
        turn = group.index(off_clerk) if off_clerk in group else 0
        for i in range(7):
            away = group[(turn + i - off_day) % 3]
            rows += [{"clerk": c, "day": monday + datetime.timedelta(days=i), "shift": shift} for c in group if c != away]
    return rows


@plays("DESK017")
def _disputes(play: Player) -> None:
    early(play)
    last = play.look.one(
        "select number, arrives from service_conversation where intent = 'complaint' and day = $day order by arrives desc limit 1", day=play.look.day
    )
    _wait_for(play, play.service.disputes(), last)
    owner = play.look.value("select min(clerk) from service_clerk where post = 'after_sale'")
    for row in play.service.disputes():
        play.service.dispute_detail(row.number)
        play.service.name_owner(row.number, owner, "当日联系顾客并答复 Contact the customer today, and answer")


@plays("DESK018")
def _scores(play: Player) -> None:
    on_duty(play)
    asked = play.brief("DESK018")
    play.service.score(asked["fined_clerk"], "fine", asked["fine"], "三次未按时回复 Three late answers")
    play.service.score(asked["rewarded_clerk"], "reward", asked["reward"], "当月好评最多 The most good reviews of the month")
    approval = play.service.submit_scores()["approval"]
    play.service.decide_scores(approval, True)
    play.service.score_sheets()
