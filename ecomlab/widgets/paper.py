"""Faces on paper: a view as HTML without kernel, script or style sheet, for notebooks that are reopened, printed or exported.

It is drawn from the same view as the live face, so it cannot say anything else. Styles stand at the elements, because JupyterLab
takes style sheets out of notebooks that it does not trust; colours suit a light and a dark page.
"""

from __future__ import annotations

import base64
import html
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

View = Mapping[str, Any]
_BOX = "border: 1px solid #98a2b3; border-radius: 8px; padding: 10px 14px; margin: 4px 0; max-width: 1040px; overflow-x: auto;"
_DIM = "opacity: 0.75; font-size: 90%;"
_OK, _BRAND = "#12805c", "#1f5eff"


def paper(view: View) -> str:
    """A view as HTML; nothing for one that has no picture."""
    draw = _FACES.get(str(view.get("face")))
    return _tag("div", draw(view), _BOX, lang="zh-CN" if view.get("language") == "zh" else "en") if draw else ""


def plain(still: str) -> str:
    """The same as text, a line for each block, for readers of text alone."""
    lines = re.sub(r"</(?:div|p|li|tr|h3|dt|dd)>", "\n", re.sub(r"<(?:svg|style)\b.*?</(?:svg|style)>", "", still, flags=re.DOTALL))
    text = html.unescape(re.sub(r"<[^>]+>", " ", lines))
    return "\n".join(line for line in (" ".join(part.split()) for part in text.splitlines()) if line)


def data_uri(picture: bytes, kind: str = "png") -> str:
    """A picture within the page itself (RFC 2397)."""
    return f"data:image/{kind};base64,{base64.b64encode(picture).decode('ascii')}"


def _tag(name: str, inside: str, style: str = "", **attributes: str) -> str:
    marks = "".join(f' {k.replace("_", "-")}="{html.escape(v)}"' for k, v in {"style": style, **attributes}.items() if v)
    return f"<{name}{marks}>{inside}</{name}>"


def _say(text: object) -> str:
    return html.escape(str(text))


def _bold(text: object, colour: str = "") -> str:
    return _tag("b", _say(text), f"color: {colour};" if colour else "")


def _list(items: Iterable[str]) -> str:
    return _tag("ul", "".join(_tag("li", i, "margin: 2px 0;") for i in items), "list-style: none; padding: 0; margin: 6px 0;")


def _link(to: View | None, before: str = "", said: str = "") -> str:
    """A link to another task, with its title or what is `said`; JupyterLab makes it ready, and the live face uses it too (faces.js)."""
    if not to:
        return ""
    title = _say(said or f"{to['code']} {to['title']}")
    return _say(before) + (f'<a href="{html.escape(to["href"])}" data-to="{html.escape(to["code"])}">{title}</a>' if to["href"] else title)


def _score(sums: View) -> str:
    return _bold(f"{sums['points']} / {sums['out_of']}", _OK if sums["points"] != "0.0" else "")


# --- the faces ----------------------------------------------------------------------------------------------------------------


def _task(view: View) -> str:
    words = view["words"]
    head = f"{_bold(view['code'], _BRAND)} {_bold(view['title'])} · {_score(view)}" if view["needs"] else _bold(view["title"])
    said = [_tag("div", head), _tag("div", _say(view["goal"]), "margin: 4px 0;")]
    if view["first"]:
        said.append(_tag("div", _link(view["first"], said=view["first"]["text"])))
    if view["needs"]:
        said.append(_tag("div", _say(words["all_done"] if view["complete"] else words["still_needed"]), _DIM))
        said.append(_list(f"{_bold('✓', _OK) if n['met'] else '○'} {_say(n['text'])} {_tag('span', _say(n['points']), _DIM)}" for n in view["needs"]))
    if view["outcome"]:
        said.append(_outcome(view["outcome"]))
    if view["chain"]:
        boxes = (_say(f"{n['number'] or n['title']} ({n['states']})") for n in view["chain"] if not n.get("open"))
        said.append(_tag("div", f"{_say(words['stands'])}: {' → '.join(boxes)}", _DIM))
    if view["next"]:
        said.append(_tag("div", _link(view["next"], words["next_is"])))
    return "".join(said)


def _outcome(outcome: View) -> str:
    said = _tag("div", f"{_bold('✓', _OK)} {_say(outcome['said'])}")
    if outcome.get("html"):
        return said + _table(outcome["html"])
    if outcome.get("card"):
        lines = ((_tag("td", _say(x["label"]), _DIM + _LEFT), _tag("td", _say(x["value"]), _LEFT + "white-space: pre-wrap;")) for x in outcome["card"])
        return said + _tag("table", "".join(_tag("tr", "".join(line)) for line in lines))
    return said + _list(_say(line) for line in outcome.get("lines", ()))


_LEFT = "text-align: left; vertical-align: top; padding: 2px 10px 2px 0;"


def _progress(view: View) -> str:
    head = _tag("div", f"{_bold(view['words']['progress'])} · {_say(view['done'])} · {_score(view)}")
    modules = (_tag("tr", "".join(_tag("td", c, _LEFT) for c in (_say(m["title"] or m["name"]), _say(m["done"]), _score(m)))) for m in view["modules"])
    begun = [t for m in view["modules"] for t in m["tasks"] if t["state"] == "begun"]
    still = _list(f"◐ {_link(t)} {_score(t)} {_tag('span', _say('; '.join(t['missing'])), _DIM)}" for t in begun)
    # every task's link is there for the live face; what is neither begun nor next is no news on paper
    rest = _tag("div", "".join(_link(t) for m in view["modules"] for t in m["tasks"] if t["state"] != "begun"), "display: none;")
    return head + _tag("table", "".join(modules)) + still + _tag("div", _link(view["next"], view["words"]["next_is"])) + rest


def _bar(view: View) -> str:
    words = view["words"]
    said = [f"{_say(words['student'])} {_bold(view['student'])}", f"{_say(words['day'])} {_bold(view['day'])}"]
    said += [_say(f"{s['title']} {s['actors'][0]['name']}") for s in view["sessions"]]
    if view["progress"]:
        said.append(f"{_say(view['progress']['done'])} · {_score(view['progress'])}")
    if view["next"]:
        said.append(_link(view["next"], words["next_is"]))
    # feedback leaves this line out by its class: behind a page there is nothing to run
    return _tag("div", " &nbsp;·&nbsp; ".join(said)) + _tag("div", _say(words["reopen"]), _DIM, **{"class": "ecl-to-run"})


def _chart(view: View) -> str:
    return _picture(view["src"], view["alt"], view["width"])


def _picture(src: str, alt: str, width: float) -> str:
    return f'<img src="{html.escape(src)}" alt="{html.escape(alt)}" width="{round(width * 96)}" style="background-color: white; max-width: 100%;">'


def _dashboard(view: View) -> str:
    said = [_tag("div", f"{_bold(view['title'])} · {_say(view['question'])}")]
    chosen = (f"{f['label']}: {dict(f['options']).get(f['value'], f['value'])}" for f in view["filters"])
    said.append(_tag("div", _say(" · ".join(chosen)), _DIM))
    if view["empty"]:
        empty = view["empty"]
        ways = " &nbsp;·&nbsp; ".join(_link(t) for t in empty["tasks"])
        return "".join(said) + _tag("div", _bold(empty["why"])) + _tag("div", _say(empty["todo"])) + (_tag("div", ways) if ways else "")
    figures = (f"{_say(f['label'])}<br>{_bold(f['value'])}<br>{_tag('span', _say(f['note']), _DIM)}" for f in view["figures"])
    said.append(_tag("table", _tag("tr", "".join(_tag("td", f, "text-align: left; vertical-align: top; padding: 4px 22px 4px 0;") for f in figures))))
    for p in view["panels"]:
        said.append(_tag("div", f"{_bold(p['title'])} {_tag('span', _say(p['subtitle']), _DIM)}", "margin-top: 8px;"))
        said.append(_picture(data_uri(p["svg"].encode(), "svg+xml"), p["alt"], p["width"]))
    if view["sheet"]:
        said += [_tag("div", _bold(view["heading"]), "margin-top: 8px;"), _sheet(view["sheet"])]
    return "".join(said)


def _sheet(sheet: View) -> str:
    ends = ["text-align: right;" if n else "text-align: left;" for n in sheet["number"]]
    head = "".join(_tag("th", _say(t), e) for t, e in zip(sheet["heads"], ends, strict=True))
    rows = ("".join(_tag("td", _say(t), e) for t, e in zip(r, ends, strict=True)) for r in sheet["rows"])
    return _tag("table", _tag("thead", _tag("tr", head)) + _tag("tbody", "".join(_tag("tr", r) for r in rows)))


def _table(markup: str) -> str:
    """A table of `Table.html` without its signs that open: pages of notebooks put all cells to the right, where only numbers belong."""
    markup = re.sub(r"<details\b.*?</details>", "", markup, flags=re.DOTALL)
    return re.sub(r'<(t[dh])\b( scope="col")?+(?! class=ecl-num)', r'<\1\2 style="text-align: left;"', markup)


def _trace(view: View) -> str:
    """The diagram on white, for its boxes are; then the tables."""
    diagram = re.sub(r' (?:role="button" tabindex="0"|data-[\w-]+="[^"]*")', "", view["diagram"])
    parts = "".join(_tag("div", _bold(p["title"]), "margin-top: 8px;") + _table(p["html"]) for p in view["parts"])
    return _tag("div", _bold(view["title"])) + _tag("div", diagram, "background-color: white; overflow-x: auto;") + parts


_FACES: dict[str, Callable[[View], str]] = {
    "task": _task, "progress": _progress, "bar": _bar, "chart": _chart, "dashboard": _dashboard, "trace": _trace,
    "broken": lambda view: _say(view["text"]),
}  # fmt: skip
