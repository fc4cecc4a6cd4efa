"""The papers of the service desk, and the states each of them goes through."""

from __future__ import annotations

from ...books import documents

#: A talk with a customer. One that was no sale is closed when it has been answered and the day is over; unanswered it is lost. So is one about a
#: purchase that has not become an order by then, which says nothing of later days.
CONVERSATION = documents.kind(
    "service_conversation",
    "CV",
    ("会话", "conversation"),
    {"opened": ("answered", "lost"), "answered": ("ordered", "lost", "closed"), "ordered": (), "lost": (), "closed": ()},
)
#: A red flag on an order, with its remark: it holds the order until the printer has been told.
FLAG = documents.kind("service_order_flag", "RF", ("红旗备注", "red flag"), {"set": ("told",), "told": ("done",), "done": ()})
#: What a customer wants changed or withdrawn.
REQUEST = documents.kind(
    "service_change_request",
    "CQ",
    ("变更申请", "change request"),
    {
        "asked": ("fetched_back", "applied", "refused", "passed_on"),
        "fetched_back": ("applied", "refused"),
        "applied": (),
        "refused": (),
        "passed_on": (),
    },
)
#: Slip and waybill of an order, as printed together. Packed, they are in and on its parcel; what is fetched back lies at the desk.
PAPERS = documents.kind(
    "service_papers",
    "MD",
    ("发货单和面单", "slip and waybill"),
    {
        "printed": ("packed", "fetched_back", "shipped", "torn_up"),
        "packed": ("fetched_back", "shipped", "torn_up"),
        "fetched_back": ("printed", "torn_up"),
        "shipped": (),
        "torn_up": (),
    },
)
REFUND_CASE = documents.kind(
    "service_refund_case",
    "RC",
    ("退款案", "refund case"),
    {"opened": ("checked", "refused"), "checked": ("refunded", "refused"), "refunded": (), "refused": ()},
)
#: A part of the price that a customer gets back and keeps the goods.
COMPENSATION = documents.kind(
    "service_compensation", "KP", ("客服赔付", "compensation"), {"asked": ("paid", "refused"), "paid": (), "refused": ()}
)  # fmt: skip
RETURN_ENTRY = documents.kind(
    "service_return_entry",
    "RE",
    ("退货登记", "return entry"),
    {"announced": ("arrived",), "arrived": ("restocked", "defective"), "restocked": (), "defective": ("restocked",)},
)
#: A review is open when the customer was phoned and is not content yet.
REVIEW = documents.kind(
    "service_review", "RV", ("评价", "review"), {"received": ("phoned",), "phoned": ("settled", "open"), "open": ("phoned",), "settled": ()}
)  # fmt: skip
SHIFT = documents.kind("service_shift", "SI", ("班次", "shift"), {"planned": ("worked", "dropped"), "worked": (), "dropped": ()})
SCORE_SHEET = documents.kind(
    "service_score_sheet",
    "KS",
    ("奖惩评分表", "score sheet"),
    {"draft": ("submitted",), "submitted": ("approved", "draft"), "approved": ()},
)

#: What a customer can want: that an order is sent elsewhere, is another way, or is not wanted at all.
WISHES = ("address", "attribute", "courier", "invoice_title", "card_text", "delivery_time", "withdraw")
#: What a bad review can be about.
CAUSES = ("late", "wrong_item", "quality", "service")
