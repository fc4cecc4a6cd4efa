"""Traditional against electronic trade: ten statements put on their side, the steps of a purchase in order, and the figures of one's own order."""

from __future__ import annotations

from typing import Annotated, Any, Literal, TypedDict

from ...books import documents
from ...kernel.command import STUDENT, choices, command, query
from ...kernel.doing import Doing, Looking
from ...kernel.evidence import FIRST_THREE
from ...kernel.refusals import refusal
from ...kernel.table import Table
from ...kernel.texts import Text
from ...kernel.values import Ask, Count, Ref
from .planning import Plan, draft

#: Ten aspects, each with a statement of either side.
STATEMENTS: dict[str, tuple[Text, Text]] = {
    "information": (Text("翻样本，问熟人", "Look at samples, ask friends"), Text("搜索，读评价", "Search, read reviews")),
    "order": (Text("到柜台说要什么", "Tell the clerk at the counter"), Text("放入购物车，确认", "Put it into a cart and confirm")),
    "contract": (Text("双方当面盖章", "Both sides stamp it in person"), Text("勾选协议，系统留存", "Tick a box; the system keeps the record")),
    "pay": (Text("点现金", "Count out cash"), Text("输入支付密码", "Enter a PIN")),
    "deliver": (Text("自己提走", "Carry it home yourself"), Text("快递送到，签收", "A courier delivers it against a signature")),
    "service": (Text("回店里找店员", "Go back to the shop and ask the staff"), Text("在线客服，有聊天记录", "Chat with a clerk online; the chat is kept")),
    "evidence": (Text("纸质收据", "A paper receipt"), Text("订单和分录可以追查", "Order and postings can be traced")),
    "time": (Text("营业时间内", "During opening hours"), Text("任何时候", "At any hour")),
    "reach": (Text("附近几条街", "A few streets nearby"), Text("快递到得了的地方", "Anywhere a courier goes")),
    "cost": (Text("店面租金占大头", "The rent of the shop is the largest part"), Text("流量和邮费占大头", "Advertising and postage are the largest part")),
}
#: The steps of a purchase in their order.
STEPS = {
    "search": Text("搜索商品", "Search for a product"), "cart": Text("放入购物车", "Put it into the cart"), "check_out": Text("结账", "Check out"),
    "deliver": Text("选择送货和付款方式", "Choose delivery and payment"), "confirm": Text("确认订单", "Confirm the order"), "pay": Text("付款", "Pay"),
    "ship": Text("店主发货", "The shop ships"), "receive": Text("收货并评价", "Receive it and rate it"),
}  # fmt: skip

EACH_ONCE = refusal(
    "each_once", "每项填一行，编号 1 到 {of}。请补齐或去掉多余的行。", "Give each item one row, numbered 1 to {of}. Add what is missing, or remove rows."
)
NO_STEP = refusal(
    "no_step", "第 {row} 行：“{given}”不是购物的步骤。请从列表中选择。", "Row {row}: {given} is not a step of a purchase. Choose one from the list."
)


class SideRow(TypedDict):
    """On which side a statement belongs."""

    line: Annotated[Count, Ask("编号", "Number", ge="1", le="10")]
    side: Annotated[Literal["traditional", "electronic"], Ask()]


class StepRow(TypedDict):
    """A step of a purchase."""

    step: Annotated[Ref, Ask("步骤", "Step", choose="teaching.steps")]


@choices("teaching.steps")
def _steps(look: Looking, actor: str) -> list[tuple[str, Text | str]]:
    shuffled = look.stream("teaching.steps").sample(list(STEPS), len(STEPS))
    return [(key, STEPS[key]) for key in shuffled]


@choices("teaching.orders")
def _orders(look: Looking, actor: str) -> list[tuple[str, Text | str]]:
    return [(r.number, str(r.day)) for r in look.all("select number, day from document where kind = 'b2c_order' order by number desc limit 500")]


def placed(look: Looking) -> list[tuple[Text, str]]:
    """The ten statements with their sides, by the seed: one of each aspect, in an order of its own."""
    chance = look.stream("teaching.statements")
    chosen = [(pair[side], ("traditional", "electronic")[side]) for pair in STATEMENTS.values() for side in [chance.randrange(2)]]
    return chance.sample(chosen, len(chosen))


def figures(look: Looking, order: str) -> dict[str, Any]:
    """What a web order took in this laboratory: the documents of its chain, its days from the first to the latest step, and what it came to."""
    chain = [r.number for r in documents.trace(look, order)]
    days = look.one("select min(day) as first, max(day) as last from document_history where list_contains($chain, document)", chain=chain)
    total = look.value("select sum(amount) from b2c_order_line where number = $n", n=order)
    return {"documents": len(chain), "days": (days.last - days.first).days, "total": total}


@query("LES003", role=STUDENT, title=("查看十条说法", "Read the ten statements"))
def statements(do: Doing) -> Table:
    """Ten statements on trade, one of each aspect, to be put on their side."""
    return Table(["line", "statement_text"], [(n, text) for n, (text, _) in enumerate(placed(do), 1)])


@command("LES003", role=STUDENT, title=("填对比表", "Fill in the comparison"), final=True)
def compare(do: Doing, plan: Plan, rows: Annotated[list[SideRow], Ask("对比表", "Comparison", help=FIRST_THREE)]) -> dict[str, int]:
    """Puts each statement on its side; gives how many stand right. The first three count, and none is undone. Refuses 'each_once'."""
    draft(do, plan)
    truth = placed(do)
    if sorted(r["line"] for r in rows) != list(range(1, len(truth) + 1)):
        raise EACH_ONCE("rows", of=len(truth))
    return {"right": sum(truth[r["line"] - 1][1] == r["side"] for r in rows), "of": len(truth)}


@command("LES003", role=STUDENT, title=("填自己的数字", "Enter your own figures"), final=True)
def measure(
    do: Doing,
    plan: Plan,
    order: Annotated[Ref, Ask("网上订单", "Web order", choose="teaching.orders")],
    documents_handled: Annotated[Count, Ask("单据份数", "Documents handled", ge="1", le="100")],
    days: Annotated[Count, Ask("所用天数", "Days taken", ge="0", le="1000", help=FIRST_THREE)],
) -> dict[str, Any]:
    """What electronic trade took in your laboratory: of a web order, how many documents its chain has, and the days from its first to its latest step.

    Gives which of the two figures are those of the books. The first three answers count, and none is undone. Refuses 'not_found'.
    """
    draft(do, plan)
    kind = do.value("select kind from document where number = $n", n=order)
    if kind != "b2c_order":
        raise documents.NOT_FOUND("order", kind=Text("网上订单", "web order"), number=order[:40])
    truth = figures(do, order)
    return {"order": order, "documents": documents_handled == truth["documents"], "days": days == truth["days"]}


@command("LES004", role=STUDENT, title=("排出购物步骤", "Put the steps in order"), final=True)
def order_steps(do: Doing, plan: Plan, steps: Annotated[list[StepRow], Ask("购物步骤", "Steps of a purchase", help=FIRST_THREE)]) -> int:
    """The eight steps of a purchase, first to last; gives how many stand in their place. The first three count, and none is undone.

    Refuses 'no_step' and 'each_once'."""
    draft(do, plan)
    for n, row in enumerate(steps, 1):
        if row["step"] not in STEPS:
            raise NO_STEP("steps", row=n, given=row["step"][:40])
    if len({r["step"] for r in steps}) != len(STEPS) or len(steps) != len(STEPS):
        raise EACH_ONCE("steps", of=len(STEPS))
    return sum(r["step"] == key for r, key in zip(steps, STEPS, strict=True))
