"""`lab.map(module)`: the map of a module's process, drawn from its documents' tables of moves, with where one's own documents are."""

from __future__ import annotations

import html
from collections import Counter
from typing import Any

from ..books import documents
from ..desk import Desk
from ..kernel.lessons import Map, lessons
from ..kernel.tasks import tasks
from ..kernel.texts import Text
from .face import Face, static
from .moves import Box, svg
from .words import WORDS


class ProcessMap(Face):
    """The tables of moves that a lesson names, one below the other. A document of one's own is counted in the state that it has."""

    _esm = static("faces.js", "trace.js")
    _css = static("faces.css", "trace.css")

    def __init__(self, desk: Desk, module: str):
        self.module = module
        self.maps = lessons()[module].maps
        super().__init__(desk)

    def caption(self) -> Text:
        return WORDS["map"]

    def draw(self) -> dict[str, Any]:
        self.desk.refresh()
        drawn = "".join(f"<h3>{html.escape(self._title(m).say(self.desk.language))}</h3>{self._svg(m)}" for m in self.maps)
        return {
            "face": "trace",
            "language": self.desk.language,
            "title": self.caption().say(self.desk.language),
            "diagram": f"{drawn}<p>{html.escape(self.say('map_key'))}</p>",
            "parts": [],
        }

    def _title(self, m: Map) -> Text:
        """What stands above a map: the name of a kind of document stands elsewhere within a sentence."""
        title = m.title or documents.KINDS[m.kind].title
        return Text(title.zh, title.en[:1].upper() + title.en[1:])

    def _svg(self, m: Map) -> str:
        kind = documents.KINDS.get(m.kind)
        moves = m.moves or (kind.moves if kind else {})
        now, been = self._own(kind) if kind and not m.moves else self._done(m)
        boxes = {}
        for state in moves:
            said = (m.words or {}).get(state) or (kind.said(state) if kind else Text(state, state))
            here = now[state]
            title = said.say(self.desk.language) + (f" · {here}" if here > 1 else "")
            boxes[state] = Box(title, m.at.get(state, ""), here > 0, state in been)
        return svg(moves, boxes, self._title(m).say(self.desk.language))

    def _own(self, kind: documents.Kind) -> tuple[Counter[str], set[str]]:
        """How many of the student's own documents are in each state now, and which states any has been in."""
        rows = self.desk.look.all(
            """select d.number, d.state as now, h.state from document d join document_history h on h.document = d.number
               where d.kind = $kind and exists (from document_history o where o.document = d.number and o.entry > 0)""",
            kind=kind.name,
        )
        return Counter(dict((r.number, r.now) for r in rows).values()), {r.state for r in rows}

    def _done(self, m: Map) -> tuple[Counter[str], set[str]]:
        """Where no documents tell, the tasks do: passed is what is finished, and one is at the first that is not."""
        known = {state: not self.desk.check(code).missing for state, code in m.at.items() if code in tasks() and code in self.desk.codes}
        here = next((state for state, done in known.items() if not done), None)
        return Counter([here] if here else []), {state for state, done in known.items() if done}
