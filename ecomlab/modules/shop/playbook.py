"""How the model student does each task of the department."""

from __future__ import annotations

from typing import Any

from ...kernel.plays import Player, plays
from .. import ebank
from ..b2c.prologue import fulfil, own_shop
from ..ebank.prologue import own_customer
from .autoplay import finish, open_till
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
    on_duty(play, "information_clerk")
    play.shop.code_products(own_sheet(play).sheet, play.brief("SHOP002")["rule"])


@plays("SHOP003")
def _photograph(play: Player) -> None:
    on_duty(play, "photographer")
    sheet = own_sheet(play).sheet
    rows = play.shop.view_sheet(sheet)
    play.shop.take_photos(sheet, [{"row_no": r.row_no} for r in rows if r.fault is None and not r.picture_there])


@plays("SHOP004")
def _watermark(play: Player) -> None:
    on_duty(play, "photographer")
    asked = play.brief("SHOP004")
    play.shop.watermark(own_sheet(play).picture_set, asked["text"], asked["place"])


@plays("SHOP005")
def _resize(play: Player) -> None:
    on_duty(play, "photographer")
    pictures = own_sheet(play).picture_set
    for size in SIZES:
        play.shop.resize(pictures, size)
    play.shop.rename(pictures, play.brief("SHOP005")["pattern"])


@plays("SHOP006")
def _file(play: Player) -> None:
    on_duty(play, "photographer")
    pictures = own_sheet(play).picture_set
    for size in SIZES:
        play.shop.file_pictures(pictures, size, size)
    play.shop.pictures(pictures)


@plays("SHOP007")
def _enter(play: Player) -> None:
    on_duty(play, "information_clerk")
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
    on_duty(play, "shop_operator")
    asked = play.brief("SHOP009")
    play.shop.shelf_life()
    play.shop.take_off(asked["gone_gtin"], asked["reason"])
    play.shop.put_on_shelf(asked["gtin"])


@plays("SHOP010")
def _maintain(play: Player) -> None:
    on_duty(play, "shop_operator")
    asked = play.brief("SHOP010")
    play.shop.maintain(asked["gtin"], "price", str(asked["price"]))
    play.shop.maintain(asked["gtin"], "stock_hint", asked["hint"])
    play.shop.price_history(asked["gtin"])


@plays("SHOP011")
def _five_ways(play: Player) -> None:
    if play.look.day == play.look.start:
        play.lab.advance(days=1)  # a transfer counts from the day after
    _today(play)
    for visit in play.shop.counter():
        if visit.way == "cash_on_delivery":
            fulfil(play, visit.web_order)
        reference = visit.paper or play.look.value("select transaction from b2c_payment where web_order = $n", n=visit.web_order) or ""
        if visit.way == "bank_transfer":
            sent = [r for r in play.b2c.incoming_transfers() if r.purpose == visit.web_order]
            if not sent:
                continue  # it is to be asked for at the bank
            reference = sent[0].transaction
        means = {"means": visit.means} if visit.means in ("card", "store_card") else {}
        play.shop.take_payment(visit.web_order, visit.way, visit.amount, reference, **means)


@plays("SHOP012")
def _close(play: Player) -> None:
    on_duty(play, "cashier")
    finish(play, open_till(play, own_shop(play).merchant) or _today(play))


def _today(play: Player) -> str:
    """The till of today, open; one of another day is closed first."""
    on_duty(play, "cashier")
    if (till := open_till(play, own_shop(play).merchant)) and play.look.value("select day from shop_till where number = $n", n=till) == play.look.day:
        return till
    if till:
        finish(play, till)
    return str(play.shop.open_till()["till"])


@plays("SHOP013")
def _find_transfer(play: Player) -> None:
    asked = play.brief("SHOP013")
    if play.look.day == asked["day"]:
        play.lab.advance(days=1)  # a transfer counts from the day after
    _today(play)
    found = play.shop.enquire_transfer(asked["amount"], asked["day"])
    order = next(r for r in play.shop.orders_by_transfer() if r.full_name == asked["customer"] and r.amount == asked["amount"] - asked["postage"])
    play.shop.apply_transfer(found["enquiry"], order.web_order, asked["amount"] - order.amount)


@plays("SHOP014")
def _two_figures(play: Player) -> None:
    on_duty(play, "shop_operator")
    table = play.shop.sales_by_receipt(from_day=play.brief("SHOP014")["start"])
    play.report.answer("SHOP014", str(sum(r.difference for r in table)))


@plays("SHOP015")
def _voucher(play: Player) -> None:
    on_duty(play, "cashier")
    order = _joint_order(play)
    if order is None:
        _today(play)
        order = _joint_order(play)
    if play.look.value("select shipped_day from b2c_order where number = $n", n=order) is None:
        fulfil(play, order)
    play.shop.issue_voucher(order)
    play.shop.vouchers()


def _joint_order(play: Player) -> Any:
    """An order of joint-operation goods that has no voucher."""
    return play.look.value(
        """select o.number from b2c_order o join document d using (number) join b2c_order_line l using (number) join shop_row r on r.product = l.product
           where o.merchant = $m and r.entered_day is not null and d.state in ('paid', 'accepted', 'shipped')
             and not exists (select 1 from shop_voucher v where v.web_order = o.number) order by 1 limit 1""",
        m=own_shop(play).merchant,
    )


@plays("SHOP016")
def _settle(play: Player) -> None:
    on_duty(play, "shop_operator")
    supplier = play.look.value("select number from member where uscc = $u", u=play.brief("SHOP016")["uscc"])
    drawn = play.shop.draw_statement(supplier, f"{play.look.day:%Y-%m}")["statement"]
    play.shop.supplier_statement(drawn)
    play.lab.advance(days=1)
    if not play.look.sessions("shop_accountant"):
        play.shop.sign_in_accountant(own_shop(play).merchant, play.password("shopkeeper"))
    account, pin = own_customer(play, "corporate").account, play.pin("corporate")
    payable = play.look.value("select payable from shop_statement where number = $n", n=drawn)
    if (held := ebank.balance_of(play.look, account)) < payable:
        play.ebank.deposit(account, payable - held, pin)
    play.shop.pay_supplier(drawn, account, pin)


@plays("SHOP017")
def _hand_over(play: Player) -> None:
    on_duty(play, "information_clerk")
    courier = play.brief("SHOP017")["courier"]
    if not play.shop.parcels():
        fulfil(play, _paid_order(play))
    for parcel in play.shop.parcels():
        if not parcel.waybill:
            play.shop.print_waybill(parcel.web_order, courier)
    waiting = [r for r in play.shop.parcels() if r.courier == courier and not r.handover]
    drawn = play.shop.hand_to_courier(courier, [{"waybill": r.waybill} for r in waiting])
    play.shop.call_courier(courier)
    play.shop.sign_handover(drawn["handover"])


def _paid_order(play: Player) -> str:
    """A paid order that is to be sent; a day is waited for one."""
    sql = """select o.number from b2c_order o join document d using (number)
             where o.merchant = $m and o.delivery_kind <> 'pick_up' and (d.state = 'paid' or (d.state = 'placed' and o.payment_kind = 'cash_on_delivery'))
             order by 1 limit 1"""
    for _ in range(10):
        if order := play.look.value(sql, m=own_shop(play).merchant):
            return str(order)
        play.lab.advance(days=1)
    raise LookupError("nobody orders anything that is to be sent")


@plays("SHOP018")
def _reconcile(play: Player) -> None:
    on_duty(play, "cashier")
    number = play.shop.draw_reconciliation()
    lines = play.shop.reconciliation(number)
    theirs = {(r.way, r.reference, r.amount): r.line_no for r in lines if r.side == "finance"}
    pairs = []
    for r in [r for r in lines if r.side == "shop"]:
        if (key := (r.way, r.reference, r.amount)) in theirs:
            pairs.append({"shop_line": r.line_no, "finance_line": theirs.pop(key)})
        else:
            play.shop.name_open_item(number, "shop", r.line_no, "not_yet_in_finance")
    for line_no in theirs.values():
        play.shop.name_open_item(number, "finance", line_no, "of_another_department")
    play.shop.tick_lines(number, pairs)
    play.shop.finish_reconciliation(number)
