"""What the owner of a shop decides: the standing instruction, and what is spent on advertising a day."""

from __future__ import annotations

from decimal import Decimal
from importlib import util
from typing import Annotated, Any, Literal

from ...kernel.command import command
from ...kernel.doing import Doing, Looking
from ...kernel.refusals import refusal
from ...kernel.texts import Text
from ...kernel.values import Ask, Count, Money
from ..b2c import SHOPKEEPER, brought, shop_of

NOTHING_TO_SELL = refusal(
    "nothing_to_sell", "本店没有在售商品，顾客来了无物可买。请先登记商品（B2C003）。",
    "The shop has nothing on sale that customers could buy. Register a product first (B2C003).",
)  # fmt: skip
ALL_KEPT_BACK = refusal(
    "all_kept_back",
    "每种商品留存 {kept} 件，就没有商品能发货：可用库存最多为 {most} 件。请减少留存数量，或先补货。",
    "Nothing could be shipped: to be kept back of each product {kept}, free of the one with most stock {most}. Enter fewer, or restock first.",
)
NO_INSTRUCTION = refusal("no_instruction", "本店没有生效的长期指示。请先下达指示。", "The shop has no standing instruction that holds. Leave one first.")
NEEDS_NUMPY = refusal(
    "needs_numpy",
    "顾客的模型需要 {library}，但它没有安装。请运行 {install}，再重新启动内核。",
    "The model of the customers needs {library}, which is not installed. Run {install}, then restart the kernel.",
)

#: The ways of advertising, in the order of the market's model (`market.truth`).
CHANNELS = ("search", "feed", "streaming", "mail")
Channel = Annotated[Literal["search", "feed", "streaming", "mail"], Ask()]

_BY_HAND = Text("每天最先到来的这些订单由你手工处理", "So many of a day's orders, the first ones, are left to you")
_KEPT_BACK = Text("库存只剩这么多时不再发货", "Nothing is shipped of what is left")
_SHORT = {"part": Text("有多少发多少", "Ship what there is"), "none": Text("该商品不发", "Leave the product out")}

_RETURNED = {
    "restocked": Text("退款并重新上架", "Refund, and put back on the shelf"), "scrapped": Text("退款并报废", "Refund, and write off"),
    "by_hand": Text("由我逐单决定", "I decide on each"),
}  # fmt: skip


@command(role=SHOPKEEPER, title=("下达长期指示", "Leave a standing instruction"))
def instruct(
    do: Doing,
    by_hand: Annotated[Count, Ask(ge="0", le="10", help=_BY_HAND)] = 3,
    kept_back: Annotated[Count, Ask(ge="0", le="10000", unit=Text("件", "pieces"), help=_KEPT_BACK)] = 0,
    short: Annotated[Literal["part", "none"], Ask("库存不足时", "When there is too little", labels=_SHORT)] = "part",
    returned: Annotated[Literal["restocked", "scrapped", "by_hand"], Ask("退回的商品", "Goods that come back", labels=_RETURNED)] = "restocked",
) -> dict[str, Any]:
    """Tells the shop's staff how to deal with orders that come with a business day; customers come from the next day on. Gives what holds now.

    The rest of a day's orders is shipped at once and booked. What comes back of orders that you worked yourself is always yours to decide, and so is
    what there is too little money to refund. It can be changed every day. Refuses a shop that sells nothing, and a number to be kept
    back that would leave nothing to ship.
    """
    if util.find_spec("numpy") is None:
        raise NEEDS_NUMPY(library="numpy", install="pip install 'ecomlab[lab]'")
    shop = shop_of(do, do.actor)
    free = do.all(
        """select coalesce(l.on_hand - l.reserved, 0)::integer as free from b2c_product s
           left join stock_level l on l.owner = $o and l.place = $p and l.product = s.product where s.merchant = $m and s.on_sale""",
        o=shop.member, p=shop.place, m=shop.merchant,
    )  # fmt: skip
    if not free:
        raise NOTHING_TO_SELL()
    most = max(r.free for r in free)
    if kept_back and kept_back >= most:
        raise ALL_KEPT_BACK("kept_back", kept=kept_back, most=most)
    do.execute(
        """insert into live_instruction values ($m, $day, $by_hand, $kept_back, $partly, $returned, true) on conflict do update set
           by_hand = excluded.by_hand, kept_back = excluded.kept_back, partly = excluded.partly, returned = excluded.returned, holds = true""",
        m=shop.merchant, day=do.day, by_hand=by_hand, kept_back=kept_back, partly=short == "part", returned=returned,
    )  # fmt: skip
    return {"by_hand": by_hand, "kept_back": kept_back, "partly": short == "part", "returned": returned}


@command(role=SHOPKEEPER, title=("撤回长期指示", "Withdraw the standing instruction"))
def withdraw(do: Doing) -> str:
    """Sends the customers away: from the next business day on nobody comes this way, until another instruction is left. Gives the merchant number."""
    _holding(do, do.actor)
    do.execute("update live_instruction set holds = false where merchant = $m", m=do.actor)
    return do.actor


@command(role=SHOPKEEPER, title=("设定广告预算", "Set an advertising budget"))
def advertise(
    do: Doing,
    ad_channel: Channel,
    daily_budget: Annotated[Money, Ask(ge="0", le="100000", unit=Text("元/天，含税", "CNY a day, tax included"), help=Text("0 表示停止投放", "0 ends it"))],
) -> dict[str, Decimal]:
    """Sets what is spent on a channel each business day, from the next on; gives all budgets. The platform debits the settlement account daily.

    On a day on which the account holds less than all budgets together nothing is advertised.
    """
    _holding(do, do.actor)
    do.execute(
        "insert into live_budget values ($m, $channel, $budget) on conflict do update set daily_budget = excluded.daily_budget",
        m=do.actor, channel=ad_channel, budget=daily_budget,
    )  # fmt: skip
    return budgets(do, do.actor)


def budgets(look: Looking, merchant: str) -> dict[str, Decimal]:
    """What a shop means to spend a day, by channel, without those at nothing."""
    rows = look.all("select ad_channel, daily_budget from live_budget where merchant = $m and daily_budget > 0 order by ad_channel", m=merchant)
    return {r.ad_channel: r.daily_budget for r in rows}


@brought
def holds(look: Looking, merchant: str) -> bool:
    """Whether an instruction holds, so that customers come to a shop."""
    return bool(look.value("select holds from live_instruction where merchant = $m", m=merchant))


def _holding(look: Looking, merchant: str) -> None:
    if not holds(look, merchant):
        raise NO_INSTRUCTION()
