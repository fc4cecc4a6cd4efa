"""The desk's bar: who the student is, the business day and moving it, the open sessions, the language."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ..kernel.command import ROLES
from ..kernel.refusals import Refusal
from ..kernel.texts import LANGUAGES, Text
from .face import Face
from .words import WORDS

if TYPE_CHECKING:
    from ..lab import Lab


class Bar(Face):
    """Moves the clock, ends sessions, chooses who acts among several of one role, switches the language of all faces."""

    def __init__(self, lab: Lab):
        self._problem: Text | None = None
        super().__init__(lab)

    def caption(self) -> Text:
        return WORDS["bar"]

    def draw(self) -> dict[str, Any]:
        self.lab.refresh()
        return {
            "face": "bar",
            "language": self.lab.language,
            "student": self.lab.student,
            "day": self.lab.day.isoformat(),
            "sessions": [
                {
                    "role": r.name,
                    "title": r.title.say(self.lab.language),
                    "actors": [{"name": a, "out": self.say("sign_out", who=a)} for a in self.lab.world.state.look.sessions(r.name)],
                }
                for r in ROLES.values()
                if r.sign_in and self.lab.world.state.look.sessions(r.name)
            ],
            "problem": self._problem.say(self.lab.language) if self._problem else "",
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
            self.lab.language = message["language"]

    def _call(self, name: str, **given: Any) -> None:
        self._problem = None
        try:
            self.lab.call(name, **given)
        except Refusal as refused:
            self._problem = refused.text
        self._draw_now()
