"""How a teacher opens a class: in a notebook a board that answers, on a terminal tables, for a browser a page in one file."""

from __future__ import annotations

import html
from collections.abc import Sequence
from pathlib import Path
from typing import Any, cast

from ..dashboards.drawing import WIDTHS, picture, ready
from ..dashboards.page import Page, Where
from ..desk import Spoken
from ..kernel.table import Table
from ..kernel.texts import Language, Text
from .gather import Class
from .pages import CLASSROOM, words, written


def open(*paths: str | Path, record: str | Path | None = None) -> Classroom:
    """The class below these folders, such as nbgrader's `submitted`. record: where `ecomlab grade --record` keeps points. Refuses 'no_logbook_there'."""
    with ready():
        return Classroom(Class.of(paths or (".",), Path(record) if record else None))


class Classroom(Spoken):
    """A class that is open. Last in a cell it is its dashboard; `classroom.sql("select ...")` asks anything of the tables in `gather.py`."""

    def __init__(self, look: Class):
        super().__init__()
        self.look = look

    def __repr__(self) -> str:
        return f"<ecomlab class, {self.look.value('select count(distinct student) from work')} students>"

    def board(self) -> Any:
        """The dashboard as a widget (needs the extra `lab`)."""
        from ..widgets.board import Board

        return Board(cast(Any, self), CLASSROOM)  # as far as a dashboard needs a desk, this is one

    def _ipython_display_(self) -> None:
        self.board()._ipython_display_()

    def page(self, assignment: str = "", student: str = "") -> Page:
        """What the dashboard shows of an assignment (default: the one that most handed in), or of a student in it."""
        return CLASSROOM.page(self.look, self._where(assignment, student))

    def _where(self, assignment: str, student: str) -> Where:
        return CLASSROOM.where(self.look, {"assignment": assignment, "student": student})

    def words(self, assignment: str = "", student: str = "") -> Table:
        """What was written for you to mark in an assignment (default: the one that most handed in), by all or by one:
        command, about, student, field, written."""
        return spoken(words(self.look, self._where(assignment, student)), self.language)

    def written(self, assignment: str = "", student: str = "") -> Page:
        """The same as a page."""
        return written(self.look, self._where(assignment, student))

    def sql(self, query: str) -> Table:
        """The rows of one SELECT."""
        return self.look.table(query)


def spoken(table: Table, language: Language) -> Table:
    """A table of ours with its texts in one language, and its headings in this room's words."""
    said = Table(table.columns, [[v.say(language) if isinstance(v, Text) else v for v in row] for row in table])
    said.module = "classroom"
    return said


# --- for a browser ---

_STYLE = """
body{font:15px/1.5 system-ui,"Noto Sans CJK SC",sans-serif;max-width:62rem;margin:2rem auto;padding:0 1rem;color:#1f2328;background:#fff}
h1{font-size:1.5rem;margin:0}h2{font-size:1.05rem;margin:0}p{margin:.2rem 0;color:#59636e}
.figures{display:grid;grid-template-columns:repeat(auto-fit,minmax(12rem,1fr));gap:1rem;margin:1.2rem 0}.figures b{display:block;font-size:1.5rem}
.panels{display:grid;grid-template-columns:repeat(auto-fill,minmax(24rem,1fr));gap:1.6rem}svg{width:100%;height:auto}
table{border-collapse:collapse;width:100%;margin-top:1rem;font-size:.87rem}th,td{text-align:left;padding:.2rem .6rem;border-bottom:1px solid #d1d9e0}
.ecl-num{text-align:right;font-variant-numeric:tabular-nums}
"""


def as_html(page: Page, language: Language, subject: str = "") -> str:
    """A page of the dashboard as one file for a browser: nothing in it runs, and it loads nothing."""
    def say(text: Text | str) -> str:
        return html.escape(text if isinstance(text, str) else text.say(language))

    def panels() -> Sequence[str]:
        made = []
        for p in page.panels:
            drawn, alt = picture(p.plot, language, WIDTHS[p.size][0], p.height).svg, html.escape(p.plot.alt(language))
            made.append(f'<section><h2>{say(p.title)}</h2><p>{say(p.subtitle)}</p><div role="img" aria-label="{alt}">{drawn}</div></section>')
        return made

    parts = [f"<h1>{say(CLASSROOM.title)}</h1><p>{say(subject)}</p>"]
    if page.empty:
        parts.append(f"<p>{say(page.empty.why)} {say(page.empty.todo)}</p>")
    parts.append(f'<div class="figures">{"".join(f"<div>{say(f.label)}<b>{say(f.value)}</b><p>{say(f.note)}</p></div>" for f in page.figures)}</div>')
    parts.append(f'<div class="panels">{"".join(panels())}</div>')
    if page.table is not None:
        parts.append(f"<h2>{say(page.heading)}</h2>{spoken(page.table, language).html(language, limit=5000)}")
    lang = {"zh": "zh-CN", "en": "en"}[language]
    return f'<!doctype html><html lang="{lang}"><meta charset="utf-8"><title>{say(CLASSROOM.title)}</title><style>{_STYLE}</style>{"".join(parts)}</html>\n'
