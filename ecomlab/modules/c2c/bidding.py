"""Bidding: proxy maxima and buying at once. A bid reads and writes its listing's own row, however many came before."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Annotated, Any

from ...kernel.audit import invariant
from ...kernel.command import VISITOR, command, query
from ...kernel.doing import Doing, Looking
from ...kernel.refusals import refusal
from ...kernel.table import Table
from ...kernel.texts import Text
from ...kernel.values import Ask, Money, Ref
from .listings import document_of, listing_of
from .members import BUYER, STRIKES, member_of
from .pricing import least_bid, standing_price
from .sales import award

NOT_ON_AUCTION = refusal(
    "not_on_auction", "拍品 {number} 的竞拍已经结束。请另选一件。", "The auction of the listing {number} has ended. Choose another listing."
)
OWN_LISTING = refusal("own_listing", "不能竞拍自己的拍品。请选择其他卖家的拍品。", "You cannot bid on your own listing. Choose one of another seller.")
BID_TOO_LOW = refusal("bid_too_low", "最高限价太低。请至少填写 {least} 元。", "The maximum is too low. Enter at least {least} CNY.")
MAXIMUM_NOT_RAISED = refusal(
    "maximum_not_raised",
    "你已领先，最高限价为 {maximum} 元。如要提高，请填写更高的金额。",
    "You lead already, with a maximum of {maximum} CNY. To raise it, enter a higher amount.",
)
BARRED = refusal(
    "barred",
    "该会员有 {strikes} 笔成交没有付款，不能再出价。请另行注册一名会员（C2C001）。",
    "This member cannot bid any more. Purchases not paid for: {strikes}. Register another member (C2C001).",
)
NO_BUY_NOW = refusal(
    "no_buy_now", "拍品 {number} 没有一口价，或已有人出价。请参与竞拍。", "The listing {number} has no buy-now price, or somebody has bid already. Place a bid."
)

LIMIT_HELP = Text("你最多愿付的价格；系统只出到领先所需", "The most you would pay; the system bids only as much as you need to lead")
OnAuction = Annotated[Ref, Ask(choose="c2c.on_auction")]


@command("C2C004", role=BUYER, title=("出价", "Place a bid"))
def bid(
    do: Doing,
    listing: OnAuction,
    maximum: Annotated[Money, Ask(ge="0.01", le="1000000", unit=Text("元", "CNY"), help=LIMIT_HELP)],
) -> dict[str, Any]:
    """Places a proxy bid: the highest maximum leads, the earlier of equal ones. Gives price, whether you lead, and the least next bid."""
    row = _biddable(do, listing)
    price = place(do, row, do.actor, maximum)
    least = least_bid(price, row.start_price, row.fixed_increment)
    return {"listing": listing, "price": price, "leading": _leads(row, do.actor, maximum), "least_bid": least}


@command(role=BUYER, title=("以一口价购买", "Buy now"))
def buy_now(do: Doing, listing: OnAuction) -> Decimal:
    """Buys at the buy-now price, which ends the auction; possible until the first bid. Gives the price."""
    row = _biddable(do, listing)
    if row.buy_now_price is None or row.bids:
        raise NO_BUY_NOW("listing", number=listing)
    award(do, document_of(do, row), row, do.actor, row.buy_now_price, "buy_now")
    return row.buy_now_price  # type: ignore[no-any-return]


def _biddable(do: Doing, number: str) -> Any:
    row = listing_of(do, number)
    if row.state != "on_auction":
        raise NOT_ON_AUCTION("listing", number=number)
    if row.seller == do.actor:
        raise OWN_LISTING("listing")
    if (strikes := member_of(do, do.actor).strikes) >= STRIKES:
        raise BARRED(strikes=strikes)
    return row


def _leads(row: Any, bidder: str, maximum: Decimal) -> bool:
    return row.leader in (None, bidder) or maximum > row.leader_max


def place(do: Doing, row: Any, bidder: str, maximum: Decimal, scripted: bool = False) -> Decimal:
    """A bid on a listing (a row of `listing_of`) by the rules of `pricing`; gives the price it leads to.

    Refuses too low a maximum. On a listing with soft close, a bid on the last day that moves price or leader adds a day.
    """
    if row.leader == bidder:
        if maximum <= row.leader_max:
            raise MAXIMUM_NOT_RAISED("maximum", maximum=f"{row.leader_max:,}")
    elif maximum < (least := least_bid(row.price, row.start_price, row.fixed_increment)):
        raise BID_TOO_LOW("maximum", least=f"{least:,}")
    leader, top, second = row.leader, row.leader_max, row.second_max
    if _leads(row, bidder, maximum):
        second = second if leader == bidder else top
        leader, top = bidder, maximum
    else:
        second = maximum if second is None else max(second, maximum)
    price = standing_price(top, second, row.start_price, row.fixed_increment, row.reserve_price)
    late = row.soft_close and do.day == row.ends and (price, leader) != (row.price, row.leader)
    do.execute(
        """update c2c_listing set bids = bids + 1, price = $price, leader = $leader, leader_max = $top, second_max = $second, ends = $ends
           where number = $number""",
        price=price, leader=leader, top=top, second=second, ends=row.ends + datetime.timedelta(days=1) if late else row.ends, number=row.number,
    )  # fmt: skip
    do.execute(
        "insert into c2c_bid values ($listing, $bid, $bidder, $maximum, $price, $leader, $scripted, $moment)",
        listing=row.number, bid=row.bids + 1, bidder=bidder, maximum=maximum, price=price, leader=leader, scripted=scripted, moment=do.moment,
    )  # fmt: skip
    return price


@query(role=VISITOR, title=("查看出价记录", "View bids on a listing"))
def price_path(do: Doing, listing: Annotated[Ref, Ask(choose="c2c.all_listings")]) -> Table:
    """How a listing's price went: bid, moment, bidder, price and leader after each bid. Maxima stay secret."""
    listing_of(do, listing)
    return do.table("select bid, moment, bidder, price, leader, scripted from c2c_bid where listing = $listing order by bid", listing=listing)


def outcome_of(bids: list[tuple[str, Decimal]], row: Any) -> tuple[str, Decimal, Decimal | None, Decimal]:
    """Leader, highest maximum, second bidder's maximum and price from all bids of a listing, without its running figures."""
    best: dict[str, tuple[Decimal, int]] = {}
    for at, (bidder, maximum) in enumerate(bids):
        if bidder not in best or maximum > best[bidder][0]:
            best[bidder] = (maximum, -at)
    (leader, (top, _)), *others = sorted(best.items(), key=lambda b: b[1], reverse=True)
    second = others[0][1][0] if others else None
    return leader, top, second, standing_price(top, second, row.start_price, row.fixed_increment, row.reserve_price)


@invariant("c2c_bids", "每件拍品的领先者、价格和出价次数与其全部出价相符", "Leader, price and number of bids of every listing follow from its bids")
def _bids(look: Looking) -> list[str]:
    placed: dict[str, list[tuple[str, Decimal]]] = {}
    for b in look.all("select listing, bidder, maximum from c2c_bid order by listing, bid"):
        placed.setdefault(b.listing, []).append((b.bidder, b.maximum))
    wrong = []
    for row in look.all("select * from c2c_listing order by number"):
        bids = placed.pop(row.number, [])
        expected = (len(bids), *outcome_of(bids, row)) if bids else (0, None, None, None, None)
        if (row.bids, row.leader, row.leader_max, row.second_max, row.price) != expected:
            wrong.append(f"{row.number}: {(row.bids, row.leader, row.leader_max, row.second_max, row.price)}, its bids say {expected}")
        if row.seller in {b for b, _ in bids}:
            wrong.append(f"{row.number}: its seller bid on it")
    return wrong + [f"{number}: bids without a listing" for number in sorted(placed)]
