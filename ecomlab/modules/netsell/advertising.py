"""Advertisements: text, button and banner, the positions they are shown in, what they bring and what they cost."""

from __future__ import annotations

import datetime
import functools
from decimal import Decimal
from typing import Annotated, Any, Literal, NamedTuple

from ...books import clock, documents, images, ledger
from ...books.records import family
from ...kernel.command import VISITOR, query
from ...kernel.doing import Doing, Looking
from ...kernel.table import Table
from ...kernel.terms import term
from ...kernel.texts import LANGUAGES, Text
from ...kernel.values import Ask, Line, Prose, Upload
from .. import email
from . import display, orders
from .members import MARKETER, profile
from .names import checked_link
from .provider import provider


class Slot(NamedTuple):
    """A position. traffic: visitors a day; clicks: of a million visitors who see a fresh advertisement; price: CNY per
    `per` ('click' or 'thousand' views). Sizes are those of the IAB's advertising units of 1996 to 2003, in pixels."""

    slot: str
    form: str
    traffic: int
    clicks: int
    price: str
    per: str
    width: int = 0
    height: int = 0


SLOTS = {
    s.slot: s
    for s in (
        Slot("text_links", "text", 1500, 6000, "0.60", "click"),
        Slot("button_left", "button", 900, 5000, "6.00", "thousand", 120, 60),
        Slot("button_right", "button", 900, 4000, "5.00", "thousand", 120, 90),
        Slot("button_footer", "button", 1200, 2000, "2.00", "thousand", 88, 31),
        Slot("banner_top", "banner", 1200, 12000, "18.00", "thousand", 468, 60),
        Slot("banner_wide", "banner", 800, 10000, "22.00", "thousand", 728, 90),
        Slot("banner_bottom", "banner", 1200, 5000, "8.00", "thousand", 468, 60),
    )
}


def _size(slot: str) -> tuple[Text, int, int]:
    s = SLOTS[slot]
    return term(slot), s.width, s.height


def _sizes(form: str) -> dict[str, Text]:
    return {s.slot: Text(f"{term(s.slot).zh}（{s.width}×{s.height}）", f"{term(s.slot).en} ({s.width}×{s.height})") for s in SLOTS.values() if s.form == form}


AdTitle = Annotated[Line, Ask("广告标题", "Title", max=40)]
Link = Annotated[
    Line,
    Ask(
        "链接", "Link", max=300, example="https://www.example.cn/sale",
        help=Text(
            "以 “/01/0” 加 13 位商品条码（GS1 数字链接）结尾，就直达商城中的商品",
            "It leads to a product of the mall if it ends with /01/0 and the product's GTIN (GS1 Digital Link)",
        ),
    ),
]  # fmt: skip
Remark = Annotated[Line, Ask("备注", "Remark", max=100)]
Image = Annotated[
    Upload,
    Ask(
        "广告图片", "Picture", max=images.MAX_BYTES, pixels={s.slot: (s.width, s.height) for s in SLOTS.values() if s.width}, pixels_by="slot",
        help=Text("PNG、JPEG 或 GIF，自动裁成发布位置的大小", "PNG, JPEG or GIF; it is cut to the size of the position"),
    ),
]  # fmt: skip


def _pictured(do: Doing, values: dict[str, Any], old: Any) -> dict[str, Any]:
    """The values with link and picture checked; a picture that stays must still fit a position that changes."""
    values["link"] = checked_link(values["link"], "link")
    if old is None or values["image"] != old.image or values["slot"] != old.slot:
        values["image"] = images.accepted(values["image"], "image", _size(values["slot"]))
    return values


class text_ad:
    """It is shown among the text links and charged per click."""

    category: Annotated[Literal["promotion", "new_goods", "brand", "clearance"], Ask("广告分类", "Category")]
    title: AdTitle
    content: Annotated[Prose, Ask("广告内容", "Text", max=120, long=True)]
    link: Link

    columns = ("ad_category", "title", "content", "link")

    @staticmethod
    def ready(do: Doing, values: dict[str, Any], old: Any) -> dict[str, Any]:
        if "category" in values:
            values["ad_category"] = values["category"]
        return {**values, "link": checked_link(values["link"], "link")}


family(text_ad, "NT", ("文字广告", "text advertisement"), plural="text_ads", role=MARKETER, tasks=("NETSELL009", "NETSELL010", "NETSELL011"))


class _picture_ad:
    title: AdTitle
    link: Link
    image: Image

    ready = staticmethod(_pictured)


class button_ad(_picture_ad):
    """A small picture that must have exactly the size of its position; it is charged per 1,000 impressions."""

    slot: Annotated[Literal["button_left", "button_right", "button_footer"], Ask("发布位置", "Position", labels=_sizes("button"))]
    remark: Remark = ""


class banner_ad(_picture_ad):
    """A wide picture that must have exactly the size of its position; it is charged per 1,000 impressions."""

    slot: Annotated[Literal["banner_top", "banner_wide", "banner_bottom"], Ask("发布位置", "Position", labels=_sizes("banner"))]
    remark: Remark = ""


family(button_ad, "NB", ("按钮广告", "button advertisement"), plural="button_ads", role=MARKETER, tasks=("NETSELL012", "NETSELL013", "NETSELL014"))
family(banner_ad, "NF", ("横幅广告", "banner advertisement"), plural="banner_ads", role=MARKETER, tasks=("NETSELL015", "NETSELL016", "NETSELL017"))


#: Every advertisement there is or was, in one shape.
CAMPAIGNS = """
    select number, member, 'text' as form, 'text_links' as slot, title, content, link, null as image from netsell_text_ad
    union all select number, member, 'button', slot, title, '', link, image from netsell_button_ad
    union all select number, member, 'banner', slot, title, '', link, image from netsell_banner_ad"""


@query(role=VISITOR, title=("查看广告位价格", "View positions and prices"))
def ad_slots(do: Doing) -> Table:
    """The positions of advertisements: slot, form, width, height (pixels), traffic (visitors a day), price (CNY), per."""
    return Table(
        ("slot", "form", "width", "height", "traffic", "price", "per"),
        [(s.slot, s.form, s.width or None, s.height or None, s.traffic, Decimal(s.price), s.per) for s in SLOTS.values()],
    )


def shown(look: Looking) -> list[Any]:
    """The advertisements that are on the pages: number, member, form, slot, title, content, link, image."""
    return look.all(f"select a.* from ({CAMPAIGNS}) a join document using (number) where state <> 'deleted' order by slot, number")


@query(role=VISITOR, title=("查看广告展示页", "View the advertisements"))
def ad_page(do: Doing) -> Table:
    """What visitors see in each position: slot, form, title, content, link. Live, the page itself is laid beside the logbook as HTML, in each language."""
    rows = shown(do)
    for language in LANGUAGES:
        do.deliver(f"netsell/advertisements.{language}.html", functools.partial(display.page, SLOTS.values(), rows, language))
    return Table(("slot", "form", "title", "content", "link"), [(r.slot, r.form, r.title, r.content, r.link) for r in rows])


def performance(look: Looking, member: str) -> Table:
    """What each advertisement of a member brought: number, form, slot, title, impressions, clicks, click_through (percent),
    spent (CNY), cost_per_click (CNY); deleted ones too. Rounded half-even to two places."""
    rows = look.all(
        f"""select a.number, a.form, a.slot, a.title, sum(s.impressions)::bigint as impressions, sum(s.clicks)::bigint as clicks, s.per, s.price,
                   sum(case s.per when 'click' then s.clicks else s.impressions end)::bigint as charged
            from ({CAMPAIGNS}) a join netsell_ad_day s using (number) where a.member = $member
            group by all order by a.number, s.per, s.price""",
        member=member,
    )
    found: dict[str, list[Any]] = {}
    for r in rows:
        so_far = found.setdefault(r.number, [r.number, r.form, r.slot, r.title, 0, 0, Decimal(0)])
        so_far[4] += r.impressions
        so_far[5] += r.clicks
        so_far[6] += r.charged * r.price / (1 if r.per == "click" else 1000)
    cents = Decimal("0.01")
    return Table(
        ("number", "form", "slot", "title", "impressions", "clicks", "click_through", "spent", "cost_per_click"),
        [
            (*r[:6], (Decimal(100 * r[5]) / r[4]).quantize(cents) if r[4] else None, r[6].quantize(cents), (r[6] / r[5]).quantize(cents) if r[5] else None)
            for r in found.values()
        ],
    )


@query(role=MARKETER, title=("查看广告效果", "View advertising results"))
def ad_report(do: Doing) -> Table:
    """What each of your advertisements brought: number, form, slot, title, impressions, clicks, click_through (%), spent, cost_per_click (CNY)."""
    return performance(do, do.actor)


@clock.daily
def _bill(do: Doing) -> None:
    """On the first of a month what last month's advertisements cost is billed: an order to be paid like others."""
    if do.day.day != 1:
        return
    rows = do.all(
        f"""select a.member, s.per, s.price, sum(case s.per when 'click' then s.clicks else s.impressions end)::bigint as charged
            from ({CAMPAIGNS}) a join netsell_ad_day s using (number) where s.day >= $first and s.day < $day
            group by all order by a.member, s.per, s.price""",
        first=(do.day - datetime.timedelta(days=1)).replace(day=1),
        day=do.day,
    )
    totals: dict[str, Decimal] = {}
    for r in rows:
        totals[r.member] = totals.get(r.member, Decimal(0)) + r.charged * r.price / (1 if r.per == "click" else 1000)
    for member, total in totals.items():
        amount = total.quantize(Decimal("0.01"))
        row = profile(do, member)
        if not amount:
            continue
        _, seller = provider(do)
        number = orders.order(do, member, None, 1, amount)
        billed = documents.find(do, orders.ORDER, number)
        orders.book_sale(do, "netsell_bill", billed, seller, amount, ledger.PAYABLE, ledger.RECEIVABLE)
        email.letter(
            do, row.mailbox, f"广告费账单 Advertising bill {number}",
            f"上月广告费 {amount} 元，账单号 {number}，请到“支付订单”中付款。\n\n"
            f"Advertising last month: {amount} CNY, bill number {number}. Please pay it under “Pay an order”.\n",
            kind="mail",
        )  # fmt: skip
