"""The floor's documents, and the states each of them goes through."""

from __future__ import annotations

from ...books import documents

#: A delivery at the dock. It can be counted again, and boxes disputed, until the last box is scanned; then the goods are in the books.
ARRIVAL = documents.kind(
    "receipt_check",
    "WA",
    ("到货验收单", "receiving check"),
    {
        "arrived": ("counted",),
        "counted": ("counted", "disputed", "scanned"),
        "disputed": ("disputed", "scanned"),
        "scanned": ("labelled",),
        "labelled": ("shelved",),
        "shelved": (),
    },
)
#: A carton on a shelf is sealed until the first piece is taken from it; one that leaves whole is never opened.
CARTON = documents.kind(
    "carton",
    "WC",
    ("箱", "carton"),
    {"labelled": ("labelled", "shelved"), "shelved": ("opened", "empty"), "opened": ("empty",), "empty": ()},
)
WAVE = documents.kind("wave", "WV", ("拣货波次", "picking wave"), {"planned": ("picked",), "picked": ("checked",), "checked": ()})
#: A packed order. One that is cancelled before the courier has it is unpacked.
PARCEL = documents.kind(
    "parcel",
    "WP",
    ("包裹", "parcel"),
    {
        "packed": ("with_waybill", "unpacked"),
        "with_waybill": ("packed", "handed_over", "unpacked"),
        "handed_over": ("delivered", "returned", "lost"),
        "lost": (),
        "delivered": ("returned",),
        "returned": (),
        "unpacked": (),
    },
)
HANDOVER = documents.kind("handover_list", "WL", ("交接清单", "handover list"), {"drawn_up": ("signed",), "signed": ("filed",), "filed": ()})
RETURN_CHECK = documents.kind(
    "return_check",
    "WR",
    ("退货验收单", "return check"),
    {"arrived": ("scanned",), "scanned": ("restocked", "faulty_reported"), "restocked": (), "faulty_reported": ("written_off", "restocked"), "written_off": ()},
)
COUNT = documents.kind(
    "zone_count",
    "WZ",
    ("分区盘点表", "count sheet of a zone"),
    {"frozen": ("tallied", "dropped"), "tallied": ("tallied", "reported", "dropped"), "reported": ("decided", "tallied"), "decided": (), "dropped": ()},
)
PLAN = documents.kind("staff_plan", "WS", ("人员配置方案", "staff plan"), {"draft": ("run",), "run": ()})
