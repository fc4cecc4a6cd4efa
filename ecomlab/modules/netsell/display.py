"""The display page: the positions laid out as on a portal's front page, with what visitors see in each."""

from __future__ import annotations

import html
from collections.abc import Iterable
from typing import Any

from ...kernel.names import both
from ...kernel.terms import term
from ...kernel.texts import Language, Text

#: Where the positions lie: banners across, buttons on both sides of the text links and in the footer.
_LAYOUT = (
    "banner_top banner_top banner_top",
    "banner_wide banner_wide banner_wide",
    "button_left text_links button_right",
    "button_footer button_footer button_footer",
    "banner_bottom banner_bottom banner_bottom",
)
_STYLE = (
    "body{font:15px/1.5 system-ui,sans-serif;color:#1d2433;background:#f7f8fa;display:grid;gap:14px;width:780px;margin:24px auto;"
    f"grid-template-columns:150px 1fr 150px;grid-template-areas:{' '.join(repr(row) for row in _LAYOUT)}}}"
    "section{background:#fff;border:1px solid #e4e7ec;border-radius:8px;padding:8px 14px 12px;overflow-wrap:anywhere}"
    "h2{font-size:12px;font-weight:600;color:#667085;margin:0 0 8px}h2 small{font-weight:400}"
    "p{margin:0 0 8px;line-height:0}p:last-child{margin:0}a{color:#1f5eff}"
    ".button_footer{display:flex;flex-wrap:wrap;gap:8px}.button_footer h2{width:100%;margin:0}.button_footer p{margin:0}"
    ".text_links p,.free{line-height:1.5}.free{border:1px dashed #cfd4dc;border-radius:4px;color:#667085;font-size:12px;"
    "display:flex;align-items:center;justify-content:center;box-sizing:border-box}"
)


_TITLE, _FREE = Text("广告展示", "Advertisements"), Text("空位", "Free")


def page(slots: Iterable[Any], rows: list[Any], language: Language) -> bytes:
    """The page for readers of one language, as HTML in UTF-8. slots: those of `advertising.SLOTS`; rows: as `advertising.shown` gives them.

    Every text is escaped, links carry no referrer, and no script can run.
    """
    areas = "".join(f".{slot.slot}{{grid-area:{slot.slot}}}" for slot in slots)
    return (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8">'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; img-src data:; style-src 'unsafe-inline'\">"
        f"<title>{_TITLE.say(language)}</title><style>{_STYLE}{areas}</style></head>"
        f"<body>{''.join(_position(s, rows, language) for s in slots)}</body></html>"
    ).encode()


def _position(slot: Any, rows: list[Any], language: Language) -> str:
    size = f" {slot.width}×{slot.height}" if slot.width else ""
    ads = "".join(_one(r, slot, language) for r in rows if r.slot == slot.slot)
    box = f' style="width:{slot.width}px;height:{slot.height}px"' if slot.width else ""
    free = f'<p class="free"{box}>{_FREE.say(language)}</p>'
    return f'<section class="{slot.slot}"><h2>{html.escape(term(slot.slot).say(language))}<small>{size}</small></h2>{ads or free}</section>'


def _one(row: Any, slot: Any, language: Language) -> str:
    title, link = html.escape(both(row.title).say(language)), html.escape(row.link)
    inside = title
    if row.image:
        # only what our own encoder wrote, in base64, gets here
        inside = f'<img src="data:image/png;base64,{row.image}" alt="{title}" width="{slot.width}" height="{slot.height}">'
    text = f" {html.escape(both(row.content).say(language))}" if row.content else ""
    return f'<p><a href="{link}" title="{title}" rel="nofollow noopener noreferrer sponsored">{inside}</a>{text}</p>'
