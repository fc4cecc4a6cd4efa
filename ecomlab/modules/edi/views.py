"""Tables that show more than rows: the system as a picture, a message beside its document, a flat file field by field."""

from __future__ import annotations

import html
from collections.abc import Sequence
from typing import Any

from ...edifact import explain, read
from ...kernel.table import Table
from ...kernel.terms import term
from ...kernel.texts import Language, Text
from . import flatfile


class Spoken(Table):
    """A table with texts among its values; it shows them in the reader's language."""

    def said(self, language: Language) -> Table:
        return Table(self.columns, [[v.say(language) if isinstance(v, Text) else v for v in r] for r in self.rows])

    def html(self, language: Language, limit: int = 200) -> str:
        return self.said(language).html(language, limit)

    def text(self, language: Language, limit: int = 50) -> str:
        return self.said(language).text(language, limit)


# --- the system ----------------------------------------------------------------------------------------------------------

_PARTS = (
    ("files", Text("基础资料", "Master data"), Text("伙伴类型、伙伴（GLN）、商品（GTIN）", "partner types, partners (GLN), products (GTIN)"), ("entry",)),
    ("entry", Text("单证录入", "Document entry"), Text("录入、查询、作废订单单证", "enters, finds and voids order documents"), ("flat",)),
    ("flat", Text("平面文件", "Flat file"), Text("把单证写成定长记录", "writes the document as fixed-length records"), ("translator",)),
    ("translator", Text("翻译模块", "Translator"), Text("把平面文件译成 UN/EDIFACT 报文", "turns the flat file into a UN/EDIFACT message"), ("communication",)),
    ("communication", Text("通信模块", "Communication"), Text("给交换编号并发出，接收答复", "numbers and sends interchanges, receives answers"), ("network",)),
    ("network", Text("EDI 网络", "EDI network"), Text("按 GLN 把交换送到对方邮箱", "carries interchanges to the partner's mailbox by GLN"), ("partner",)),
    (
        "partner", Text("伙伴的系统", "Partner's system"),
        Text("检查语法，回复 CONTRL；处理订单，回复 ORDRSP", "checks the syntax and answers CONTRL; processes the order and answers ORDRSP"), ("receipts",),
    ),
    ("receipts", Text("回执管理", "Acknowledgements"), Text("查询技术回执和业务答复", "finds technical and functional acknowledgements"), ()),
)  # fmt: skip


class SystemMap(Spoken):
    """The parts of the EDI system. In HTML a picture stands above the rows."""

    def __init__(self) -> None:
        names = {key: name for key, name, _, _ in _PARTS}
        rows = [(i, name, does, names[to[0]] if to else Text("", "")) for i, (_, name, does, to) in enumerate(_PARTS, start=1)]
        super().__init__(("n", "component", "function", "hands_on_to"), rows)

    def html(self, language: Language, limit: int = 200) -> str:
        return picture(language) + super().html(language, limit)


def picture(language: Language) -> str:
    """The system as SVG: the member's own parts in the upper row, the way out and back below. It has a title and a description."""
    width, height, gap_x, gap_y = 150, 58, 34, 52
    boxes, arrows, at = [], [], {}
    for i, (key, name, _, _) in enumerate(_PARTS):
        row, place = divmod(i, 4)
        x = 8 + (place if row == 0 else 3 - place) * (width + gap_x)
        y = 8 + row * (height + gap_y)
        at[key] = (x, y)
        colour = ("#eaf0ff", "#1f5eff") if key not in ("network", "partner") else ("#f3f4f6", "#667085")
        label = html.escape(name.say(language))
        boxes.append(
            f'<rect x="{x}" y="{y}" width="{width}" height="{height}" rx="8" fill="{colour[0]}" stroke="{colour[1]}"/>'
            f'<text x="{x + width / 2}" y="{y + height / 2 + 5}" text-anchor="middle" font-size="14" fill="#1d2433">{label}</text>'
        )
    for key, _, _, follow in _PARTS:
        for other in follow:
            (x1, y1), (x2, y2) = at[key], at[other]
            if y1 == y2:
                start, end = (x1 + width, x2 - 3) if x2 > x1 else (x1, x2 + width + 3)
                points = f"{start},{y1 + height / 2} {end},{y2 + height / 2}"
            else:
                points = f"{x1 + width / 2},{y1 + height} {x2 + width / 2},{y2 - 3}"
            arrows.append(f'<polyline points="{points}" fill="none" stroke="#475467" stroke-width="1.5" marker-end="url(#edi-arrow)"/>')
    title = Text("EDI 系统结构", "Structure of the EDI system").say(language)
    words = "; ".join(f"{name.say(language)}: {does.say(language)}" for _, name, does, _ in _PARTS)
    return (
        f'<svg class="ecl-edi-map" viewBox="0 0 {16 + 4 * width + 3 * gap_x} {16 + 2 * height + gap_y}" role="img" '
        f'aria-label="{html.escape(title)}" style="max-width:760px;width:100%" xmlns="http://www.w3.org/2000/svg">'
        f"<title>{html.escape(title)}</title><desc>{html.escape(words)}</desc>"
        '<defs><marker id="edi-arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">'
        '<path d="M0 0 L8 4 L0 8 z" fill="#475467"/></marker></defs>'
        f"{''.join(boxes)}{''.join(arrows)}</svg>"
    )


# --- a message -------------------------------------------------------------------------------------------------------------


class MessageView(Table):
    """An interchange segment by segment, with what each says in Chinese and English. In HTML the document stands beside it."""

    def __init__(self, data: bytes, order: Any = None, lines: Sequence[Any] = ()) -> None:
        reading = read(data)
        marks = reading.interchanges[0].characters
        rows = []
        for s in reading.segments:
            meaning = explain(s)
            shown = "UNA" + s.value(1) if s.tag == "UNA" else s.text(marks)
            rows.append((s.number, s.tag, shown, meaning.zh, meaning.en))
        super().__init__(("n", "tag", "segment", "zh", "en"), rows)
        self._order, self._lines = order, lines

    def html(self, language: Language, limit: int = 200) -> str:
        message = Table(("n", "segment", "meaning"), [(r.n, r.segment, r.zh if language == "zh" else r.en) for r in self.rows]).html(language, limit)
        if self._order is None:
            return message
        o = self._order
        head = Table(
            ("number", "order_day", "delivery_day", "supplier", "total", "note"), [(o.number, o.order_day, o.delivery_day, o.supplier, o.total, o.note)]
        ).html(language)
        rows = [(r.line, r.gtin, r.name, r.quantity, r.measure_unit, r.unit_price) for r in self._lines]
        items = Table(("line", "gtin", "name", "quantity", "measure_unit", "unit_price"), rows).html(language)
        return (
            '<div class="ecl-beside" style="display:flex;flex-wrap:wrap;gap:16px;align-items:flex-start">'
            f'<div style="flex:1 1 320px">{head}{items}</div><div style="flex:2 1 520px;overflow-wrap:anywhere">{message}</div></div>'
        )


# --- a flat file -----------------------------------------------------------------------------------------------------------


class FlatFile(Spoken):
    """A flat file field by field: record, its kind, the field, from which character to which, and what stands there."""

    def __init__(self, text: str) -> None:
        rows: list[tuple[Any, ...]] = []
        for number, record in enumerate(text.removesuffix("\n").split("\n"), start=1):
            kind, at = record[:2], 3
            for column in flatfile.LAYOUT[kind]:
                end = at + column.length - 1
                rows.append((number, flatfile.TITLES[kind], term(column.name), at, end, record[at - 1 : end].rstrip()))
                at = end + 1
        super().__init__(("record", "kind", "field", "from_character", "to_character", "content"), rows)
        self.file = text
