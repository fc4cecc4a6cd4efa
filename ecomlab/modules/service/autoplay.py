"""How the library plays the four posts of a desk: `lab.autoplay("desk_supervisor")`."""

from __future__ import annotations

from decimal import Decimal

from ...kernel.plays import Player, autoplays

#: Up to this sum the library compensates a customer, CNY.
GENEROUS = Decimal(100)


@autoplays(
    "desk_supervisor",
    "批准每份赠品申请，赔付不超过 100 元的批准，超过的不批。当日每起纠纷都指定给售后客服。不排班，也不评分。",
    "Approves every gift that a clerk asks for, and compensations of up to 100 CNY, not more. Gives each dispute of the day to an after-sale clerk. "
    "Plans no shifts and scores nobody.",
)
def _supervisor(play: Player) -> None:
    waiting = "select number, amount from approval join document using (number) where role = 'desk_supervisor' and state = 'requested' order by 1"
    for row in play.look.all(waiting):
        if row.amount is None:
            play.service.decide_gift(row.number, True)
        else:
            play.service.decide_compensation(row.number, row.amount <= GENEROUS)
    clerk = play.look.value("select min(clerk) from service_clerk where post = 'after_sale'")
    for row in play.service.disputes():
        if row.owner is None:
            play.service.name_owner(row.number, clerk, "当日联系顾客并答复 Contact the customer today, and answer")


#: What is said to a customer who wants this, in this order; whoever bargains again waits for the supervisor first.
ANSWERS = {
    "question": ("greeting", "campaign", "introduction", "confirmation"), "bargain_campaign": ("campaign", "confirmation"),
    "bargain_quantity": ("hold_price", "confirmation"), "bargain_regular": ("thanks", "confirmation"), "bargain_discounted": ("hold_price", "confirmation"),
    "bargain_elsewhere": ("value", "confirmation"), "bargain_again": ("wait_supervisor",), "complaint": ("apology",), "change": ("note",),
    "withdraw": ("note",),
}  # fmt: skip


@autoplays(
    "pre_sale",
    "逐一回复来信的顾客：介绍商品，守住价格，请顾客下单。反复还价的请示主管，获准后送一件所谈的商品。"
    "变更和撤回只答复收到，不处理。",
    "Answers every customer who has written: introduces the product, holds the price, asks for the order. Asks the supervisor about one who bargains again, "
    "and when allowed gives a piece of the product that the talk is about. Only says that changes and withdrawals are noted, and deals with none.",
)
def _pre_sale(play: Player) -> None:
    merchant = play.look.value("select merchant from service_clerk where clerk = $me", me=play.look.sessions("pre_sale")[0])
    unanswered = """select c.number, c.intent from service_conversation c join document d using (number)
                    where c.merchant = $m and c.day = $day and d.state = 'opened' order by c.arrives, c.number"""
    rows = play.look.all(unanswered, m=merchant, day=play.look.day)
    there = {r.number for r in play.service.inbox()} if rows else set()
    for row in [r for r in rows if r.number in there]:
        for template in ANSWERS[row.intent]:
            play.service.reply(row.number, template)
        if row.intent == "bargain_again":
            play.service.ask_supervisor(row.number)
    allowed = """select c.number, c.product from service_conversation c join document d using (number) join approval a on a.about = c.number
                 join document x on x.number = a.number where c.merchant = $m and c.day = $day and d.state = 'answered' and c.gift is null
                 and x.state = 'approved' order by c.number"""
    for row in play.look.all(allowed, m=merchant, day=play.look.day):
        play.service.offer_gift(row.number, row.product)
        play.service.reply(row.number, "confirmation")


@autoplays("order_printer", "打印一批待打印的订单。", "Prints a batch of the orders that wait.")
def _printer(play: Player) -> None:
    play.service.print_batch()


@autoplays(
    "after_sale",
    "核对并全额退还作废订单。登记到店的退货，破损的归为残次，其余放回货架。不回访评价。",
    "Checks voided orders and pays them back whole. Registers the returns that are there, sorts damaged ones as defective "
    "and puts the others back on the shelf. "
    "Phones nobody.",
)
def _after_sale(play: Player) -> None:
    merchant = play.look.value("select merchant from service_clerk where clerk = $me", me=play.look.sessions("after_sale")[0])
    cases = """select x.number, x.paid_amount, d.state from service_case x join document d using (number)
               where d.owner = $m and x.return_entry is null and d.state in ('opened', 'checked') order by 1"""
    for row in play.look.all(cases, m=merchant):
        if row.state == "opened":
            play.service.check_case(row.number)
        play.service.refund(row.number, row.paid_amount, "订单已作废 The order is void")
    there = "select t.* from service_return t join document d using (number) where d.owner = $m and d.state = 'announced' and t.arrives <= $day order by 1"
    for row in play.look.all(there, m=merchant, day=play.look.day):
        take_in(play, row.number, row.request, row.waybill, row.damaged)
        play.service.sort_return(row.number, "defective" if row.damaged else "restocked")


def take_in(play: Player, entry: str, request: str, waybill: str, damaged: bool) -> None:
    """Registers a parcel as it is."""
    lines = play.look.all("select product, quantity from b2c_return_line where number = $n order by product", n=request)
    reason = play.look.value("select reason from b2c_return where number = $n", n=request)
    play.service.register_return(entry, [{"product": r.product, "quantity": r.quantity} for r in lines], waybill, damaged, reason)
