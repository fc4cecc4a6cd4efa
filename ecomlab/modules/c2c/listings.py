"""Listings: what is put up for auction, on which terms, and looking for it."""

from __future__ import annotations

import base64
import datetime
from decimal import Decimal
from typing import Annotated, Any

from ...books import documents, images
from ...books.wording import holds, pattern
from ...kernel.command import VISITOR, choices, command, query
from ...kernel.doing import Doing, Looking
from ...kernel.refusals import refusal
from ...kernel.table import Table
from ...kernel.texts import Text
from ...kernel.values import Ask, Day, Flag, Line, Money, Prose, Ref, Upload
from .. import ebank
from .members import SELLER, member_of
from .pricing import least_bid

LISTING = documents.kind(
    "auction_listing", "LT", ("拍品", "listing"),
    {
        "on_auction": ("sold", "unsold", "called_off"),
        "sold": ("paid", "defaulted"),
        "unsold": ("offered",),
        "defaulted": ("offered",),
        "offered": ("sold", "offer_lapsed"),
        "offer_lapsed": ("offered",),
        "paid": (),
        "called_off": (),
    },
)  # fmt: skip
#: An auction lasts so many days at most.
LONGEST = 30
#: A picture has at most so many pixels either way.
PICTURE_PIXELS = 320
PICTURE_HELP = Text("PNG、JPEG 或 GIF，大图自动缩小到 320×320 像素以内", "PNG, JPEG or GIF; a large one is scaled down to 320×320 pixels")

NO_CATEGORY = refusal("no_auction_category", "没有拍品分类 {number}。请从列表中选择。", "There is no category {number}. Choose one from the list.")
NEEDS_ACCOUNT = refusal(
    "seller_needs_account",
    "卖家须有个人银行账户才能收款。请先用邮箱 {mailbox} 开通个人网银（EBANK010）。",
    "A seller needs a personal bank account to be paid. First register for personal banking with the mailbox {mailbox} (EBANK010).",
)
LISTING_LIMIT = refusal(
    "listing_limit",
    "拍品数已达会员组“{group}”的上限 {limit} 件。请等其中一件结束，或请管理员调整会员组（C2C014）。",
    "You have reached the limit of listings of the group “{group}”: {limit}. Wait until one ends, or have an administrator move you to another group (C2C014).",
)
BAD_END = refusal(
    "bad_auction_end", "截止日不在允许的范围内。请选择 {first} 到 {last} 之间的日期。", "The last day is out of range. Choose a day from {first} to {last}."
)
RESERVE_TOO_LOW = refusal(
    "reserve_too_low",
    "保留价不高于起拍价 {start} 元。请提高保留价，或留空。",
    "The reserve is not above the start price of {start} CNY. Raise it, or leave it empty.",
)
BUY_NOW_TOO_LOW = refusal(
    "buy_now_too_low",
    "一口价须高于起拍价和保留价。请填写高于 {bound} 元的金额。",
    "The buy-now price must be above start price and reserve. Enter more than {bound} CNY.",
)
HAS_BIDS = refusal(
    "has_bids",
    "拍品 {number} 已有 {bids} 次出价，卖家不能再撤回。如有正当理由，请由管理员下架（C2C022）。",
    "The listing {number} has bids ({bids}), so its seller cannot withdraw it. With a good reason, have an administrator cancel it (C2C022).",
)

Price = Annotated[Money, Ask(ge="0.01", le="1000000", unit=Text("元", "CNY"))]


@choices("c2c.categories")
def _categories(look: Looking, actor: str) -> list[tuple[str, Text | str]]:
    return [(r.number, r.name) for r in look.all("select number, name from c2c_category order by number")]


documents.offer(
    "c2c.on_auction", LISTING, "on_auction", of="c2c_listing", where="t.seller <> $actor", shows="t.title, coalesce(t.price, t.start_price)",
    order="t.ends, d.number",
)  # fmt: skip
documents.offer("c2c.all_listings", LISTING, of="c2c_listing", shows="t.title", order="t.listed_on desc, d.number desc")
documents.offer("c2c.without_bids", LISTING, "on_auction", of="c2c_listing", whose="seller", where="t.bids = 0", shows="t.title", order="d.number")


def listing_of(look: Looking, number: str, field: str = "listing") -> Any:
    """A listing's row with its `state`. Refuses 'not_found'."""
    row = look.one("select l.*, d.state from c2c_listing l join document d using (number) where l.number = $number", number=number)
    if row is None:
        raise documents.NOT_FOUND(field, kind=LISTING.title, number=number)
    return row


def document_of(do: Doing, row: Any) -> documents.Document:
    """The document behind a row of `listing_of`, to be moved."""
    return documents.find(do, LISTING, row.number)


@command("C2C002", role=SELLER, title=("发布拍品", "Create a listing"))
def list_item(
    do: Doing,
    category: Annotated[Ref, Ask("拍品分类", "Category", choose="c2c.categories")],
    title: Annotated[Line, Ask("标题", "Title", max=80)],
    description: Annotated[Prose, Ask("拍品说明", "Description", max=2000, long=True)],
    start_price: Price,
    ends: Annotated[Day, Ask(help=Text("当天仍可出价，次日开始时结束", "You can bid until the end of that day; the auction closes on the next day"))],
    fixed_increment: Annotated[
        Money | None, Ask(ge="0.01", le="100000", unit=Text("元", "CNY"), help=Text("留空则按价格分档", "Leave empty to use steps that grow with the price"))
    ] = None,
    reserve_price: Annotated[
        Money | None, Ask(le="1000000", unit=Text("元", "CNY"), help=Text("买家看不到；未达到就流拍", "Hidden from buyers; below it, the item is not sold"))
    ] = None,
    buy_now_price: Annotated[Money | None, Ask(le="1000000", unit=Text("元", "CNY"), help=Text("首次出价前有效", "Available until the first bid"))] = None,
    soft_close: Annotated[Flag, Ask(help=Text("最后一天有新出价则顺延一天", "A bid on the last day adds a day"))] = False,
    picture: Annotated[Upload | None, Ask(max=images.MAX_BYTES, help=PICTURE_HELP, pixels={"": (PICTURE_PIXELS, PICTURE_PIXELS)})] = None,
) -> str:
    """Puts an item up for auction; gives the listing's number. A seller needs a personal bank account to be paid.

    A picture is kept as its pixels only, and laid beside the logbook as pictures/NUMBER.png.
    """
    if do.value("select 1 from c2c_category where number = $number", number=category) is None:
        raise NO_CATEGORY("category", number=category)
    first, last = do.day + datetime.timedelta(days=1), do.day + datetime.timedelta(days=LONGEST)
    if not first <= ends <= last:
        raise BAD_END("ends", first=first, last=last)
    if reserve_price is not None and reserve_price <= start_price:
        raise RESERVE_TOO_LOW("reserve_price", start=f"{start_price:,}")
    floor = reserve_price or start_price
    if buy_now_price is not None and buy_now_price <= floor:
        raise BUY_NOW_TOO_LOW("buy_now_price", bound=f"{floor:,}")
    kept = None if picture is None else images.accepted_within(picture, "picture", PICTURE_PIXELS)
    seller = member_of(do, do.actor)
    if ebank.account_of(do, seller.member, "personal") is None:
        raise NEEDS_ACCOUNT(mailbox=seller.mailbox)
    group = do.one(
        """select g.name, g.listing_limit,
                  (select count(*) from c2c_listing l join document d using (number) where l.seller = $actor and d.state = 'on_auction') as running
           from c2c_group g where g.number = $member_group""",
        actor=do.actor, member_group=seller.member_group,
    )  # fmt: skip
    if group.running >= group.listing_limit:
        raise LISTING_LIMIT(group=group.name, limit=group.listing_limit)
    number = put_up(do, category, title, description, start_price, ends, fixed_increment, reserve_price, buy_now_price, soft_close)
    if kept is not None:
        do.execute("insert into c2c_picture values ($number, $picture)", number=number, picture=kept)
        _lay_out(do, number, kept)
    return number


def _lay_out(do: Doing, number: str, picture: str) -> None:
    do.deliver(f"pictures/{number}.png", lambda: base64.b64decode(picture))


def put_up(
    do: Doing, category: str, title: str, description: str, start_price: Decimal, ends: datetime.date, fixed_increment: Decimal | None = None,
    reserve_price: Decimal | None = None, buy_now_price: Decimal | None = None, soft_close: bool = False,
) -> str:  # fmt: skip
    """Writes a listing of whoever acts, its terms already checked; gives its number."""
    made = documents.create(do, LISTING, owner=do.actor)
    do.execute(
        """insert into c2c_listing values ($number, $seller, $category, $title, $description, $start, $step, $reserve, $buy_now, $soft, $day, $ends,
           0, null, null, null, null, null, null, null, null, null)""",
        number=made.number, seller=do.actor, category=category, title=title, description=description, start=start_price, step=fixed_increment,
        reserve=reserve_price, buy_now=buy_now_price, soft=soft_close, day=do.day, ends=ends,
    )  # fmt: skip
    return made.number


@command(role=SELLER, title=("撤回拍品", "Withdraw a listing"))
def withdraw(do: Doing, listing: Annotated[Ref, Ask(choose="c2c.without_bids")], reason: Annotated[Line, Ask(max=200)]) -> str:
    """Takes an own listing that nobody has bid on out of the auction; gives its number."""
    row = listing_of(do, listing)
    if row.seller != do.actor:
        raise documents.NOT_YOURS("listing", kind=LISTING.title, number=listing)
    if row.bids:
        raise HAS_BIDS("listing", number=listing, bids=row.bids)
    document_of(do, row).move_to("called_off", "listing")
    do.execute("update c2c_listing set reason = $reason where number = $number", reason=reason, number=listing)
    return listing


_SEARCH = f"""
    select l.*, d.state, c.name as category_name, m.positive - m.negative as seller_credit
    from c2c_listing l join document d using (number) join c2c_category c on c.number = l.auction_category
    join c2c_member m on m.user_name = l.seller
    where ($state is null or d.state = $state) and ($category is null or l.auction_category = $category)
      and {holds("l.title || ' ' || l.description", "text")}
      and ($seller is null or l.seller = $seller)
      and ($at_least is null or coalesce(l.price, l.start_price) >= $at_least) and ($at_most is null or coalesce(l.price, l.start_price) <= $at_most)
    order by l.ends, l.listed_on, l.number"""


def found(
    look: Looking, text: str | None, category: str | None, at_least: Decimal | None, at_most: Decimal | None,
    *, state: str | None = None, seller: str | None = None,
) -> list[Any]:  # fmt: skip
    """The rows of listings that fit every condition given, those that end first before others."""
    return look.all(_SEARCH, text=pattern(text), category=category, at_least=at_least, at_most=at_most, state=state, seller=seller)


SearchText = Annotated[Line | None, Ask("关键词", "Words", max=80)]
Category = Annotated[Ref | None, Ask("拍品分类", "Category", choose="c2c.categories")]
AtLeast = Annotated[Money | None, Ask(unit=Text("元", "CNY"))]
AtMost = Annotated[Money | None, Ask(unit=Text("元", "CNY"))]


@query("C2C003", role=VISITOR, title=("查询竞拍中的拍品", "Find running auctions"))
def search(do: Doing, text: SearchText = None, category: Category = None, at_least: AtLeast = None, at_most: AtMost = None) -> Table:
    """What is on auction now: listing, title, category, seller and rating, price, least bid, bids, last day; ending first."""
    columns = ("listing", "title", "auction_category", "seller", "seller_credit", "price", "least_bid", "bids", "reserve_met", "buy_now_price", "ends")
    return Table(
        columns,
        [
            (
                r.number, r.title, r.category_name, r.seller, r.seller_credit, r.price if r.price is not None else r.start_price,
                least_bid(r.price, r.start_price, r.fixed_increment), r.bids, reserve_met(r), None if r.bids else r.buy_now_price, r.ends,
            )
            for r in found(do, text, category, at_least, at_most, state="on_auction")
        ],
    )  # fmt: skip


def reserve_met(row: Any) -> bool:
    """Whether a listing's highest maximum reaches its reserve; always so if there is no reserve."""
    return row.reserve_price is None or (row.leader_max is not None and row.leader_max >= row.reserve_price)


@query(role=VISITOR, title=("查看拍品", "View a listing"))
def item(do: Doing, listing: Annotated[Ref, Ask(choose="c2c.all_listings")]) -> Table:
    """One listing in full, but for the reserve and everybody's maximum, which only the house knows. Its picture is laid
    beside the logbook as pictures/NUMBER.png."""
    r = listing_of(do, listing)
    if picture := do.value("select picture from c2c_picture where listing = $number", number=listing):
        _lay_out(do, listing, picture)
    columns = ("listing", "state", "title", "description", "seller", "start_price", "price", "least_bid", "leader", "bids", "reserve_met", "soft_close", "ends")
    return Table(
        columns,
        [
            (
                r.number, r.state, r.title, r.description, r.seller, r.start_price, r.price, least_bid(r.price, r.start_price, r.fixed_increment),
                r.leader, r.bids, reserve_met(r), r.soft_close, r.ends,
            )
        ],
    )  # fmt: skip
