"""Talks with customers: an inbox that fills over the day, answers, bargaining, and what comes of it.

A customer buys when the clerk has said what convinces her and asks for the order: the product's story to a question, and to a bargain
whatever fits its kind, never a lower price. Who bargains again and again is convinced by a gift, which the supervisor has approved. A
promised price sells as well; it stays in the talk, where everybody can read it.
"""

from __future__ import annotations

import datetime
from typing import Annotated, Any

from ...books import documents, stock
from ...books.paper import approval
from ...kernel.command import choices, command, query
from ...kernel.doing import Doing, Looking
from ...kernel.refusals import refusal
from ...kernel.table import Table
from ...kernel.texts import Text
from ...kernel.values import Ask, Flag, Line, Prose, Ref
from ..b2c import scripted
from ..b2c.kinds import WEB_ORDER
from ..b2c.members import shop_of, shopper_of
from .data import customers, reaction_to, said
from .desk import PRE_SALE, SUPERVISOR, merchant_of
from .kinds import CONVERSATION
from .papers import merchants
from .words import TEMPLATES, Template, classes_of

#: Talks that can become a sale; of the others the answer is all.
FOR_SALE = ("question", "bargain_campaign", "bargain_quantity", "bargain_regular", "bargain_discounted", "bargain_elsewhere", "bargain_again")
SELLING = "6601"

SAY_SOMETHING = refusal("say_something", "回复没有内容。请选择快捷回复，或填写内容。", "The answer is empty. Choose a ready answer, or write one.")
NOT_WRITTEN_YET = refusal(
    "not_written_yet", "会话 {number} 的顾客还没有来信。请查看收件箱。", "The customer of {number} has not written yet. Look at the inbox."
)
ASK_SUPERVISOR = refusal("ask_supervisor_first", "送赠品须经主管批准。请先请示主管。", "A gift needs the supervisor's approval. Ask the supervisor first.")
NO_SALE = refusal(
    "no_sale", "会话 {number} 不是购买咨询，不能送赠品。请选择其他会话。", "The conversation {number} is not about a purchase. Choose another one."
)
GIFT_GIVEN = refusal(
    "gift_given", "会话 {number} 已经送过赠品。请不要重复赠送。", "A gift has been offered in the conversation {number}. Do not offer another."
)
NO_GIFTS = refusal("no_gifts", "“{name}”没有可送的库存。请选择其他商品。", "There is no free stock of {name}. Choose another product.")


@choices("service.talks")
def _talks(look: Looking, actor: str) -> list[tuple[str, Text | str]]:
    rows = look.all(
        """select c.number, s.full_name, c.message, c.wanted
           from service_conversation c join document d using (number) join b2c_shopper s on s.user_name = c.shopper
           where c.merchant = $merchant and d.state in ('opened', 'answered') order by c.arrives, c.number limit 500""",
        merchant=merchants(look, actor),
    )
    made: list[tuple[str, Text | str]] = []
    for r in rows:
        text = said(look, r.message, r.wanted)
        made.append((r.number, Text(f"{r.full_name} · {text.zh}", f"{r.full_name} · {text.en}")))
    return made


@choices("service.gifts")
def _gifts(look: Looking, actor: str) -> list[tuple[str, Text | str]]:
    rows = look.all(
        """select l.product, p.name, l.on_hand - l.reserved as free from b2c_merchant m join stock_level l on l.owner = m.member and l.place = m.place
           join product p on p.gtin = l.product where m.merchant = $merchant and l.on_hand > l.reserved order by l.product""",
        merchant=merchants(look, actor),
    )
    return [(r.product, r.name) for r in rows]


documents.offer(
    "service.approvals_waiting", approval.APPROVAL, "requested", of="approval", shows="t.about, t.asker", order="d.number",
    where="""t.role = 'desk_supervisor' and t.about in (
        select c.number from service_conversation c join service_clerk k using (merchant) where k.clerk = $actor)""",
)  # fmt: skip

Talk = Annotated[Ref, Ask("会话", "Conversation", choose="service.talks")]


def _talk(do: Doing, number: str) -> tuple[documents.Document, Any]:
    """A talk that has begun, with its row."""
    found = documents.find(do, CONVERSATION, number, "conversation", owner=merchant_of(do, do.actor))
    row = do.one("select * from service_conversation where number = $n", n=number)
    if row.arrives > do.moment:
        raise NOT_WRITTEN_YET("conversation", number=number)
    return found, row


@query("DESK001", "DESK002", "DESK003", "DESK004", role=PRE_SALE, title=("查看收件箱", "View the inbox"))
def inbox(do: Doing) -> Table:
    """Who has written today until now, by time: number, arrives, full_name, text, product_name, web_order, state, first_answer, minutes (until then)."""
    rows = do.all(
        """select c.number, c.arrives, s.full_name, c.message, c.wanted, p.name as product_name, c.web_order, d.state, c.first_answer
           from service_conversation c join document d using (number) join b2c_shopper s on s.user_name = c.shopper left join product p on p.gtin = c.product
           where c.merchant = $merchant and c.day = $day and c.arrives <= $now order by c.arrives, c.number""",
        merchant=merchant_of(do, do.actor), day=do.day, now=do.moment,
    )  # fmt: skip
    columns = ("number", "arrives", "full_name", "text", "product_name", "web_order", "state", "first_answer", "minutes")
    made = Table(
        columns,
        [
            (r.number, r.arrives, r.full_name, said(do, r.message, r.wanted), r.product_name, r.web_order, r.state, r.first_answer, _minutes(r, do.moment))
            for r in rows
        ],
    )
    made.module = "service"
    return made


def _minutes(row: Any, now: datetime.datetime) -> int:
    """How long a customer has waited for the first answer, or waits until now."""
    return int(((row.first_answer or now) - row.arrives).total_seconds() // 60)


@query(role=PRE_SALE, title=("查看会话", "View a conversation"))
def talk(do: Doing, conversation: Talk) -> Table:
    """What was said in a talk: moment, speaker (customer or clerk), text."""
    _, row = _talk(do, conversation)
    lines = [(row.arrives, "customer", said(do, row.message, row.wanted))]
    for r in do.all("select moment, template, text from service_line where conversation = $n order by line", n=conversation):
        lines.append((r.moment, "clerk", TEMPLATES[r.template] if r.template and not r.text else r.text))
    made = Table(("moment", "speaker", "text"), lines)
    made.module = "service"
    return made


@command("DESK001", "DESK002", "DESK003", "DESK004", role=PRE_SALE, title=("回复顾客", "Answer a customer"))
def reply(
    do: Doing,
    conversation: Talk,
    template: Annotated[Template | None, Ask("快捷回复", "Ready answer", labels=TEMPLATES)] = None,
    text: Annotated[Prose, Ask("自己写的内容", "In your own words", max=500, long=True)] = "",
) -> dict[str, Any]:
    """Answers a customer, by a ready answer, in one's own words, or both. Gives the talk's state, the customer's mood, and the order that came of it.

    mood: listens, not_convinced, convinced. She orders when she is convinced and is asked to confirm.
    """
    found, row = _talk(do, conversation)
    if not template and not text:
        raise SAY_SOMETHING("template")
    if found.state != "answered":
        found.must_allow("answered", "conversation")
    classes = [*([template] if template else []), *classes_of(text)]
    line = do.value("select count(*) from service_line where conversation = $n", n=conversation) + 1
    do.execute(
        "insert into service_line values ($n, $line, $moment, $clerk, $template, $classes, $text, $entry)",
        n=conversation, line=line, moment=do.moment, clerk=do.actor, template=template, classes=" ".join(classes), text=text or "", entry=do.evidence,
    )  # fmt: skip
    if found.state == "opened":
        found.move_to("answered")
        do.execute("update service_conversation set first_answer = $moment, clerk = $clerk where number = $n", moment=do.moment, clerk=do.actor, n=conversation)
    return _react(do, found, row, classes)


def _react(do: Doing, talk: documents.Document, row: Any, classes: list[str]) -> dict[str, Any]:
    """What the customer makes of an answer."""
    promised = row.promised or "price_cut" in classes
    convinced = row.convinced or (row.intent != "bargain_again" and reaction_to(do, row.message) in classes)
    do.execute("update service_conversation set convinced = $convinced, promised = $promised where number = $n",
               convinced=convinced, promised=promised, n=talk.number)  # fmt: skip
    order = None
    if row.intent in FOR_SALE and (convinced or promised) and "confirmation" in classes:
        order = _order(do, talk, row)
    mood = "convinced" if convinced else "not_convinced" if row.intent in FOR_SALE and row.intent != "question" else "listens"
    return {"state": talk.state, "mood": mood, "web_order": order}


def _order(do: Doing, talk: documents.Document, row: Any) -> str | None:
    """The customer orders what the talk was about; None if she cannot: nothing is left, or she has an order on its way."""
    shop = shop_of(do, row.merchant)
    order = buy(do, shop, row.shopper, row.product, 2 if row.intent == "bargain_quantity" else 1)
    if order is None:
        return None
    talk.move_to("ordered")
    do.execute("update service_conversation set web_order = $order where number = $n", order=order, n=talk.number)
    if row.gift:
        gift = stock.Move(shop.member, shop.place, [stock.Goods(row.gift, 1)], f"赠品 Gift {talk.number}", talk.number, field="conversation")
        cost = stock.issue(do, gift, SELLING, kind="write_off")
        do.execute("update service_conversation set gift_cost = $cost where number = $n", cost=cost, n=talk.number)
    return order


def buy(do: Doing, shop: Any, shopper: str, product: str, quantity: int) -> str | None:
    """A customer of the desk orders pieces of a product and pays online; gives the order, or None if they cannot be had."""
    row = do.one(
        """select s.price, l.on_hand - l.reserved as free from b2c_product s join stock_level l on l.product = s.product
           where s.merchant = $merchant and s.product = $product and s.on_sale and l.owner = $owner and l.place = $place""",
        merchant=shop.merchant, product=product, owner=shop.member, place=shop.place,
    )  # fmt: skip
    if row is None or row.free < quantity:
        return None
    who = next(c for c in customers(do) if c.user_name == shopper)
    return scripted.place_order(do, shop, shopper_of(do, shopper), [(product, quantity)], row.price * quantity, "online", who.pin)


# --- the supervisor, and gifts ---------------------------------------------------------------------------------------------


@command("DESK004", role=PRE_SALE, title=("请示主管", "Ask the supervisor"))
def ask_supervisor(do: Doing, conversation: Talk) -> str:
    """Asks the supervisor whether a customer who bargains may have a gift; gives the approval's number. Who asks does not decide."""
    _, row = _talk(do, conversation)
    if row.intent not in FOR_SALE:
        raise NO_SALE("conversation", number=conversation)
    return approval.ask(do, conversation, SUPERVISOR.name, field="conversation").number


@command("DESK004", role=SUPERVISOR, title=("审批赠品", "Decide on a gift"))
def decide_gift(
    do: Doing,
    approval_number: Annotated[Ref, Ask("审批单", "Approval", choose="service.approvals_waiting")],
    approves: Annotated[Flag, Ask("是否批准", "Approve")],
    reason: Annotated[Line, Ask(max=200)] = "",
) -> str:
    """Lets a clerk offer a gift, or not; gives the conversation."""
    found = approval.decide(do, approval_number, approves, reason or "", "approval_number", offered="service.approvals_waiting")
    return str(do.value("select about from approval where number = $n", n=found.number))


@command("DESK004", role=PRE_SALE, title=("送赠品", "Offer a gift"))
def offer_gift(do: Doing, conversation: Talk, product: Annotated[Ref, Ask("赠品", "Gift", choose="service.gifts")]) -> dict[str, Any]:
    """Offers a customer a piece of a product instead of a lower price. Gives mood and product. It is booked when she orders.

    Refuses what the supervisor has not approved.
    """
    found, row = _talk(do, conversation)
    if row.intent not in FOR_SALE:
        raise NO_SALE("conversation", number=conversation)
    if found.state not in ("opened", "answered"):
        found.must_allow("ordered", "conversation")
    if row.gift:
        raise GIFT_GIVEN("conversation", number=conversation)
    if not approval.given(do, conversation):
        raise ASK_SUPERVISOR("conversation")
    name = stock.checked(do, product, "product").name
    shop = shop_of(do, row.merchant)
    if stock.level(do, shop.member, shop.place, product).free < 1:
        raise NO_GIFTS("product", name=name)
    do.execute("update service_conversation set gift = $product, convinced = true where number = $n", product=product, n=conversation)
    return {"mood": "convinced", "product": product}


@documents.on(WEB_ORDER, "cancelled")
def _gift_back(do: Doing, order: documents.Document) -> None:
    """The gift of an order that comes to nothing is on the shelf again."""
    row = do.one("select number, merchant, gift, gift_cost from service_conversation where web_order = $n and gift_cost is not null", n=order.number)
    if row is None:
        return
    shop = shop_of(do, row.merchant)
    goods = [stock.Goods(row.gift, 1, row.gift_cost)]
    stock.receive(do, stock.Move(shop.member, shop.place, goods, f"赠品退回 Gift back {row.number}", row.number), SELLING, kind="found")
    do.execute("update service_conversation set gift_cost = null where number = $n", n=row.number)
