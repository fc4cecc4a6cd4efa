"""Sales: closing by the clock, payment, buyers who do not pay, second chances and ratings."""

from __future__ import annotations

import datetime
from decimal import Decimal
from functools import partial
from typing import Annotated, Any, Literal

from ...books import clock, documents, ledger, sales
from ...books.ledger import Line as Posting
from ...kernel.command import choices, command
from ...kernel.doing import Doing, Looking
from ...kernel.refusals import Declined, refusal
from ...kernel.terms import term
from ...kernel.texts import Text
from ...kernel.values import Ask, Line, Ref, Secret
from .. import ebank
from .listings import LISTING, document_of, listing_of, reserve_met
from .members import BUYER, SELLER, member_of, notify

#: A buyer has so many days after the sale to pay, and a bidder so many to answer a second-chance offer.
PAYMENT_DAYS = 3
ANSWER_DAYS = 2
PIN = "ebank.pin"

NOT_YOUR_PURCHASE = refusal(
    "not_your_purchase", "拍品 {number} 不是你买入的。请从列表中选择。", "You did not buy the listing {number}. Choose one from the list."
)
NOT_DUE_YET = refusal("not_due_yet", "买家的付款期限是 {day}，尚未逾期。请在此后再上报。", "The buyer can still pay until {day}. Report it after that day.")
NO_UNDERBIDDER = refusal(
    "no_underbidder",
    "{bidder} 没有竞拍 {number}，或已得到过它。请从列表中选择其他出价人。",
    "{bidder} did not bid on {number}, or was awarded it before. Choose another bidder from the list.",
)
NO_OFFER = refusal(
    "no_offer", "目前没有 {number} 的二次机会等你答复。请从列表中选择。", "There is no second-chance offer of {number} for you now. Choose one from the list."
)
PAY_FIRST = refusal(
    "pay_first", "{number} 现为“{state}”，还不能评价。请先付款（C2C006）。", "You cannot rate {number} yet: its state is “{state}”. Pay for it first (C2C006)."
)
ALREADY_RATED = refusal(
    "already_rated",
    "你已评价过 {number}，每笔成交只能评价一次。请评价其他成交。",
    "You have already rated {number}, and a sale can be rated only once. Rate another sale.",
)


_offer = partial(documents.offer, of="c2c_listing", shows="t.title, t.final_price", order="d.number")
_offer("c2c.to_pay", LISTING, "sold", whose="buyer")
_offer("c2c.to_rate", LISTING, "paid", whose="buyer", where="d.number not in (select listing from c2c_rating)")
_offer("c2c.offered_to_me", LISTING, "offered", whose="buyer")
_offer("c2c.unpaid", LISTING, "sold", whose="seller")
_offerable = _offer("c2c.offerable", LISTING, "unsold", "defaulted", "offer_lapsed", whose="seller")


@choices("c2c.underbidders")
def _underbidders(look: Looking, actor: str) -> list[tuple[str, Text | str]]:
    return [(b.bidder, f"{b.bidder} · {number} · ¥{b.maximum:,}") for number, _ in _offerable(look, actor) for b in underbidders(look, number)]


@choices("c2c.pay_from", made_by="EBANK010")
def _pay_from(look: Looking, actor: str) -> list[tuple[str, Text | str]]:
    member = look.value("select member from c2c_member where user_name = $actor", actor=actor)
    own = ebank.account_of(look, member, "personal") if member else None
    return [(own, f"{own} · ¥{ebank.balance_of(look, own):,}")] if own else []


# --- from auction to sale ------------------------------------------------------------------------------------------


@clock.daily
def close_auctions(do: Doing) -> None:
    """Closes what ended before today: by last day, then in the order of listing. An unmet reserve leaves it unsold."""
    for row in do.all(
        """select l.*, d.state from c2c_listing l join document d using (number) where d.state = 'on_auction' and l.ends < $day
           order by l.ends, l.listed_on, l.number""",
        day=do.day,
    ):
        listing = document_of(do, row)
        if row.leader is not None and reserve_met(row):
            award(do, listing, row, row.leader, row.price, "auction")
            continue
        listing.move_to("unsold")
        why_zh, why_en = ("未达到保留价", "the reserve was not met") if row.leader else ("无人出价", "nobody bid")
        notify(
            do, member_of(do, row.seller), f"流拍 Not sold: {row.title}",
            f"拍品 {row.number}“{row.title}”流拍：{why_zh}。\n\nYour listing {row.number} ({row.title}) was not sold: {why_en}.\n",
        )  # fmt: skip
    for row in do.all(
        """select l.*, d.state from c2c_listing l join document d using (number) where d.state = 'offered' and l.pay_by < $day
           order by l.pay_by, l.number""",
        day=do.day,
    ):
        _end_offer(do, row, "offer_lapsed")


def award(do: Doing, listing: documents.Document, row: Any, buyer: str, price: Decimal, awarded_by: str) -> None:
    """Sells a listing to a bidder: from now on the buyer owes the price to the seller, in both their books.

    What persons buy for themselves is drawn from their capital; what they sell at auction is their revenue.
    """
    listing.move_to("sold", "listing")
    seller_row, buyer_row = member_of(do, row.seller), member_of(do, buyer)
    entry = sales.sell(
        do, "auction_sale", f"拍卖成交 Auction sale {row.number}", row.number, seller_row.member, buyer_row.member, [sales.Item(price)],
        [Posting(seller_row.member, ledger.OTHER_RECEIVABLE, price, buyer_row.member)],
        [
            Posting(buyer_row.member, ledger.CAPITAL, price),
            Posting(buyer_row.member, ledger.OTHER_PAYABLE, -price, seller_row.member),
        ],
        channel="auction",
    )  # fmt: skip
    pay_by = do.day + datetime.timedelta(days=PAYMENT_DAYS)
    do.execute(
        "update c2c_listing set buyer = $buyer, final_price = $price, pay_by = $pay_by, sale_entry = $entry where number = $number",
        buyer=buyer, price=price, pay_by=pay_by, entry=entry, number=row.number,
    )  # fmt: skip
    if awarded_by == "second_chance":
        _set_outcome(do, row.number, "to_be_paid")
    else:
        _add_award(do, row.number, buyer, price, awarded_by, "to_be_paid")
    notify(
        do, buyer_row, f"您已拍得 You bought: {row.title}",
        f"您以 {price:,} 元拍得 {row.number}“{row.title}”。请在 {pay_by} 之前付款。\n\n"
        f"You bought {row.number} ({row.title}) for {price:,} CNY. Please pay by {pay_by}.\n",
    )  # fmt: skip
    notify(
        do, seller_row, f"已成交 Sold: {row.title}",
        f"{row.number}“{row.title}”以 {price:,} 元售给 {buyer}。\n\nYour listing {row.number} ({row.title}) was sold to {buyer} for {price:,} CNY.\n",
    )  # fmt: skip


def _add_award(do: Doing, number: str, bidder: str, price: Decimal, awarded_by: str, outcome: str) -> None:
    do.execute(
        """insert into c2c_award select $number, coalesce(max(award), 0) + 1, $bidder, $price, $by, $day, $outcome
           from c2c_award where listing = $number""",
        number=number, bidder=bidder, price=price, by=awarded_by, day=do.day, outcome=outcome,
    )  # fmt: skip


def _set_outcome(do: Doing, number: str, outcome: str) -> None:
    do.execute(
        "update c2c_award set outcome = $outcome where listing = $number and award = (select max(award) from c2c_award where listing = $number)",
        outcome=outcome, number=number,
    )  # fmt: skip


# --- paying, or not ------------------------------------------------------------------------------------------------


@command(role=BUYER, title=("支付拍品", "Pay for an item"))
def pay(
    do: Doing,
    listing: Annotated[Ref, Ask(choose="c2c.to_pay")],
    account: Annotated[Ref, Ask(choose="c2c.pay_from")],
    pin: Annotated[Secret, Ask(purpose=PIN)],
) -> str | Declined:
    """Pays a purchase from the buyer's own bank account to the seller's; gives the bank's transaction."""
    row = listing_of(do, listing)
    if row.buyer != do.actor:
        raise NOT_YOUR_PURCHASE("listing", number=listing)
    return settle(do, row, account, pin)


def settle(do: Doing, row: Any, account: str, pin: str) -> str | Declined:
    """Moves the money of a sale (a row of `listing_of`) and marks it paid; gives the bank's transaction."""
    buyer, seller = member_of(do, row.buyer), member_of(do, row.seller)
    paid = ebank.settle(do, account, buyer.member, seller.member, row.final_price, row.number, pin)
    if isinstance(paid, Declined):  # a wrong PIN is remembered, so nothing else may have happened by then
        return paid
    document_of(do, row).move_to("paid", "listing")
    _set_outcome(do, row.number, "paid")
    notify(
        do, seller, f"已收款 Paid: {row.title}",
        f"{row.number} 的货款 {row.final_price:,} 元已到账（{paid}）。\n\n{row.final_price:,} CNY for {row.number} has arrived ({paid}).\n",
    )  # fmt: skip
    return paid


@command(role=SELLER, title=("上报买家未付款", "Report an unpaid sale"))
def report_unpaid(do: Doing, listing: Annotated[Ref, Ask(choose="c2c.unpaid")]) -> str:
    """Ends a sale that was not paid in time, which counts against the buyer; gives the buyer's name."""
    row = listing_of(do, listing)
    if row.seller != do.actor:
        raise documents.NOT_YOURS("listing", kind=LISTING.title, number=listing)
    sale = document_of(do, row)
    if row.state == "sold" and do.day <= row.pay_by:
        raise NOT_DUE_YET("listing", day=row.pay_by)
    sale.move_to("defaulted", "listing")
    sales.take_back(do, row.sale_entry, "auction_sale_ended", f"买家未付款 Not paid: {row.number}", row.number)
    do.execute("update c2c_member set strikes = strikes + 1 where user_name = $buyer", buyer=row.buyer)
    _set_outcome(do, row.number, "defaulted")
    notify(
        do, member_of(do, row.buyer), f"未付款记录 Not paid: {row.title}",
        f"您没有按期支付 {row.number}，成交已取消，并记入您的未付款次数。\n\n"
        f"You did not pay for {row.number} in time. The sale is cancelled and counts as a purchase not paid for.\n",
    )  # fmt: skip
    return str(row.buyer)


# --- second chances ------------------------------------------------------------------------------------------------


def underbidders(look: Looking, number: str) -> list[Any]:
    """Who bid on a listing and was never awarded it: bidder and maximum, the highest and earliest first."""
    return look.all(
        """select bidder, max(maximum) as maximum from c2c_bid b where listing = $number
           and not exists (select 1 from c2c_award a where a.listing = b.listing and a.bidder = b.bidder)
           group by bidder order by maximum desc, min(bid)""",
        number=number,
    )


@command(role=SELLER, title=("提供二次机会", "Offer a second chance"))
def offer_second_chance(
    do: Doing,
    listing: Annotated[Ref, Ask(choose="c2c.offerable")],
    bidder: Annotated[Ref, Ask("出价人", "Bidder", choose="c2c.underbidders")],
) -> Decimal:
    """Offers an unsold or unpaid item to another of its bidders at that bidder's own maximum; gives the price."""
    row = listing_of(do, listing)
    if row.seller != do.actor:
        raise documents.NOT_YOURS("listing", kind=LISTING.title, number=listing)
    offer = document_of(do, row)
    chosen = next((b for b in underbidders(do, listing) if b.bidder == bidder), None)
    if chosen is None:
        raise NO_UNDERBIDDER("bidder", bidder=bidder, number=listing)
    offer.move_to("offered", "listing")
    until = do.day + datetime.timedelta(days=ANSWER_DAYS)
    do.execute(
        "update c2c_listing set buyer = $buyer, final_price = $price, pay_by = $until where number = $number",
        buyer=bidder, price=chosen.maximum, until=until, number=listing,
    )  # fmt: skip
    _add_award(do, listing, bidder, chosen.maximum, "second_chance", "offered")
    notify(
        do, member_of(do, bidder), f"二次机会 A second chance: {row.title}",
        f"卖家愿以 {chosen.maximum:,} 元把 {listing}“{row.title}”卖给您，请在 {until} 之前答复。\n\n"
        f"The seller offers you {listing} ({row.title}) for {chosen.maximum:,} CNY. Please answer by {until}.\n",
    )  # fmt: skip
    return chosen.maximum  # type: ignore[no-any-return]


@command(role=BUYER, title=("答复二次机会", "Answer a second-chance offer"))
def answer_offer(
    do: Doing,
    listing: Annotated[Ref, Ask(choose="c2c.offered_to_me")],
    answer: Annotated[Literal["accept", "decline"], Ask(labels={"accept": Text("接受", "Accept"), "decline": Text("谢绝", "Decline")})],
) -> str:
    """Accepts an offer, which makes it a sale, or declines it; gives the listing's state."""
    row = listing_of(do, listing)
    if row.state != "offered" or row.buyer != do.actor:
        raise NO_OFFER("listing", number=listing)
    return answered(do, row, answer == "accept")


def answered(do: Doing, row: Any, accepted: bool) -> str:
    """What comes of an offer (a row of `listing_of`); gives the listing's state."""
    if accepted:
        award(do, document_of(do, row), row, row.buyer, row.final_price, "second_chance")
        return "sold"
    _end_offer(do, row, "turned_down")
    return "offer_lapsed"


def _end_offer(do: Doing, row: Any, outcome: str) -> None:
    document_of(do, row).move_to("offer_lapsed")
    _set_outcome(do, row.number, outcome)
    do.execute("update c2c_listing set buyer = null, final_price = null, pay_by = null where number = $number", number=row.number)


# --- ratings -------------------------------------------------------------------------------------------------------


@command("C2C009", role=BUYER, title=("评价卖家", "Rate a seller"))
def rate(
    do: Doing,
    listing: Annotated[Ref, Ask(choose="c2c.to_rate")],
    rating: Annotated[Literal["positive", "neutral", "negative"], Ask()],
    comment: Annotated[Line, Ask("评语", "Comment", max=200)],
) -> int:
    """Rates the seller of a purchase that is paid, once; gives the seller rating after it."""
    row = listing_of(do, listing)
    if row.buyer != do.actor:
        raise NOT_YOUR_PURCHASE("listing", number=listing)
    return keep_rating(do, row, rating, comment)


def keep_rating(do: Doing, row: Any, rating: str, comment: str) -> int:
    """Keeps the rating of a sale (a row of `listing_of`) and moves the seller rating; gives it."""
    if row.state != "paid":
        raise PAY_FIRST("listing", number=row.number, state=term(row.state))
    if do.value("select 1 from c2c_rating where listing = $number", number=row.number):
        raise ALREADY_RATED("listing", number=row.number)
    do.execute(
        "insert into c2c_rating values ($number, $seller, $buyer, $rating, $comment, $day)",
        number=row.number, seller=row.seller, buyer=row.buyer, rating=rating, comment=comment, day=do.day,
    )  # fmt: skip
    do.execute(f"update c2c_member set {rating} = {rating} + 1 where user_name = $seller", seller=row.seller)
    return do.value("select positive - negative from c2c_member where user_name = $seller", seller=row.seller)  # type: ignore[no-any-return]
