"""Reviews at noon: every bad or medium one of the day is phoned by 14:00, its reason is noted, and the group hears of it."""

from __future__ import annotations

from typing import Annotated, Literal

from ...books import documents
from ...kernel.command import command, query
from ...kernel.doing import Doing
from ...kernel.refusals import refusal
from ...kernel.table import Table
from ...kernel.values import Ask, Prose, Ref
from .data import cause_of, said
from .desk import AFTER_SALE, merchant_of
from .kinds import REVIEW

#: The most stars that a medium review has, and the hour by which it is phoned.
MEDIUM = 3
BY = "14:00"

CONTENT = refusal(
    "customer_content", "评价 {number} 是好评，无需回访。请选择差评或中评。", "The review {number} is a good one and needs no call. Choose a bad or medium one."
)

documents.offer(
    "service.reviews_to_phone", REVIEW, "received", "open", where="t.stars <= 3", shows="t.stars, t.web_order",
    of="(select x.*, c.clerk as me from service_review x join service_clerk c on c.merchant = x.merchant)", whose="me",
)  # fmt: skip


@query(role=AFTER_SALE, title=("查看评价", "View the reviews"))
def reviews(do: Doing) -> Table:
    """The 200 newest reviews: number, day, stars, text, full_name, web_order, state, phoned, reason."""
    rows = do.all(
        """select x.number, x.day, x.stars, x.message, s.full_name, x.web_order, d.state, x.phoned, x.reason
           from service_review x join document d using (number) join b2c_shopper s on s.user_name = x.shopper
           where x.merchant = $merchant order by x.number desc limit 200""",
        merchant=merchant_of(do, do.actor),
    )
    made = Table(
        ("number", "day", "stars", "text", "full_name", "web_order", "state", "phoned", "reason"),
        [(r.number, r.day, r.stars, said(do, r.message), r.full_name, r.web_order, r.state, r.phoned, r.reason) for r in rows],
    )
    made.module = "service"
    return made


@command("DESK010", role=AFTER_SALE, title=("电话回访评价", "Phone about a review"))
def phone_review(
    do: Doing,
    review: Annotated[Ref, Ask("评价", "Review", choose="service.reviews_to_phone")],
    reason: Annotated[Literal["late", "wrong_item", "quality", "service"], Ask("原因", "Reason")],
) -> str:
    """Phones whoever wrote a bad or medium review, and notes the reason; gives the review's state.

    It is settled if the customer was understood; else it stays open, and can be phoned about again.
    """
    found = documents.find(do, REVIEW, review, "review", owner=merchant_of(do, do.actor))
    row = do.one("select * from service_review where number = $n", n=review)
    if row.stars > MEDIUM:
        raise CONTENT("review", number=review)
    found.move_to("phoned", "review")
    found.move_to("settled" if reason == cause_of(do, row.message) else "open")
    do.execute(
        "update service_review set phoned = $moment, reason = $reason, clerk = $clerk, entry = $entry where number = $n",
        moment=do.moment, reason=reason, clerk=do.actor, entry=do.evidence, n=review,
    )  # fmt: skip
    return found.state


@command("DESK010", role=AFTER_SALE, title=("告知客服群", "Tell the group"))
def tell_group(do: Doing, text: Annotated[Prose, Ask("内容", "Text", max=1000, long=True)]) -> str:
    """Tells all clerks something, such as the reasons of the day's bad reviews; gives the note's number."""
    number = do.number("QZ")
    do.execute(
        "insert into service_group_note values ($n, $day, $moment, $clerk, $text, $entry)",
        n=number, day=do.day, moment=do.moment, clerk=do.actor, text=text, entry=do.evidence,
    )  # fmt: skip
    return number
