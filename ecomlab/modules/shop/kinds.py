"""The documents of the shop's department, and the states each of them goes through."""

from __future__ import annotations

from ...books import documents

#: A supplier's sheet of goods. Only rows that are sound go on; a sheet of which none is goes back whole.
SHEET = documents.kind(
    "shop_sheet",
    "IS",
    ("商品登记表", "intake sheet"),
    {
        "received": ("coded", "sent_back"),
        "coded": ("coded", "photographed"),
        "photographed": ("entered",),
        "entered": (),
        "sent_back": (),
    },
)
#: The pictures of a sheet's goods. Marked again while they are not resized, renamed and filed again as often as wanted.
PICTURE_SET = documents.kind(
    "shop_picture_set",
    "PS",
    ("图片组", "picture set"),
    {
        "raw": ("coded",),
        "coded": ("watermarked",),
        "watermarked": ("watermarked", "resized"),
        "resized": ("filed",),
        "filed": (),
    },
)
CHANNEL = documents.kind("shop_channel", "CH", ("频道", "channel"), {"draft": ("open",), "open": ("closed",), "closed": ("open",)})
#: A product on the shelf or off it; on again while it is on: reviewed.
SHELF_ITEM = documents.kind("shop_shelf_item", "SF", ("货架商品", "shelf item"), {"off": ("on",), "on": ("on", "off")})

#: A day's till. Counted again as often as wanted, until it is closed.
TILL = documents.kind(
    "shop_till",
    "TL",
    ("收银台日结", "day's till"),
    {
        "open": ("counted",),
        "counted": ("counted", "balanced", "difference"),
        "balanced": ("handed_to_finance",),
        "difference": ("handed_to_finance",),
        "handed_to_finance": (),
    },
)

#: What is asked of the bank about a transfer that names no order.
ENQUIRY = documents.kind("shop_enquiry", "TQ", ("汇款查询", "transfer enquiry"), {"asked": ("found",), "found": ("applied",), "applied": ()})
#: The department's slip for goods that are sold for a supplier: their price is the supplier's.
VOUCHER = documents.kind("shop_voucher", "SV", ("联营销售凭证", "sales voucher"), {"issued": ("settled", "void"), "settled": (), "void": ()})
STATEMENT = documents.kind(
    "shop_statement",
    "SU",
    ("供应商结算单", "supplier's statement"),
    {"drawn_up": ("confirmed", "void"), "confirmed": ("paid",), "paid": (), "void": ()},
)

#: The shop's agreement with the platform on whose pages it stands, and the commission on one order whose money the platform holds.
MALL_AGREEMENT = documents.kind("shop_mall_agreement", "MA", ("平台入驻协议", "mall agreement"), {"in_force": ("over",), "over": ()})
SERVICE_YEAR = documents.kind("shop_service_year", "SJ", ("平台年费", "yearly fee of the mall"), {"running": ("over",), "over": ()})
COMMISSION = documents.kind(
    "shop_commission", "CM", ("平台佣金", "platform commission"), {"charged": ("settled", "taken_back"), "settled": (), "taken_back": ()}
)  # fmt: skip

#: The list of parcels that a courier takes along, and signs for.
HANDOVER = documents.kind("shop_handover", "HL", ("快递交接单", "courier's list"), {"drawn_up": ("signed", "void"), "signed": (), "void": ()})
RECONCILIATION = documents.kind("shop_reconciliation", "RX", ("与财务对账单", "reconciliation"), {"open": ("reconciled",), "reconciled": ()})

#: What a picture can be cut to: the edge in pixels. Zoom is what opens on a click, exi the product's page, bre the list.
SIZES = {"zoom": 800, "exi": 400, "bre": 120}
#: What can be wrong with a row of a sheet.
FAULTS = ("duplicate_code", "missing_picture", "wrong_picture", "below_cost", "wrong_unit", "bad_check_digit")
