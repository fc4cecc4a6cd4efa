"""The desk's bar: who the student is, the business day and moving it, the open sessions, the language."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..desk import Desk
from ..kernel.command import ROLES
from ..kernel.refusals import Refusal
from ..kernel.texts import LANGUAGES, Text
from .face import Face
from .words import WORDS


class Bar(Face):
    """Moves the clock, ends sessions, chooses who acts among several of one role, switches the language of all faces."""

    def __init__(self, desk: Desk):
        self._problem: Text | None = None
        super().__init__(desk)

    def caption(self) -> Text:
        return WORDS["bar"]

    def draw(self) -> dict[str, Any]:
        self.desk.refresh()
        return {
            "face": "bar",
            "language": self.desk.language,
            "student": self.desk.student,
            "day": self.desk.day.isoformat(),
            "sessions": [
                {
                    "role": r.name,
                    "title": r.title.say(self.desk.language),
                    "actors": [{"name": a, "out": self.say("sign_out", who=a)} for a in self.desk.look.sessions(r.name)],
                }
                for r in ROLES.values()
                if r.sign_in and self.desk.look.sessions(r.name)
            ],
            "problem": self._problem.say(self.desk.language) if self._problem else "",
            "words": self.words("bar", "student", "day", "forward", "days", "signed_in", "nobody", "language"),
        }

    def actions(self) -> dict[str, Callable[[dict[str, Any]], None]]:
        return {
            "language": self._on_language,
            "advance": lambda m: self._call("lab.advance", days=str(m.get("days", ""))),
            "act": lambda m: self._call("lab.act_as", role=str(m.get("role")), actor=str(m.get("actor"))),
            "out": lambda m: self._call("lab.sign_out", role=str(m.get("role")), actor=str(m.get("actor"))),
        }

    def _on_language(self, message: dict[str, Any]) -> None:
        if message.get("language") in LANGUAGES:
            self.desk.language = message["language"]

    def _call(self, name: str, **given: Any) -> None:
        self._problem = None
        try:
            self.desk.call(name, **given)
        except Refusal as refused:
            self._problem = refused.text
        self._draw_now()
