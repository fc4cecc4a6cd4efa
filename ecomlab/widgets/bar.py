"""The desk's bar, for the top of a notebook: business day, language, who is signed in as whom, prepared passwords, how far one is and what is next."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..desk import Desk
from ..kernel.command import ROLES
from ..kernel.refusals import Refusal
from ..kernel.texts import LANGUAGES, Text
from .face import Face, static
from .keyring import keys, secret
from .links import link, next_task
from .progress import sums
from .words import WORDS


class Bar(Face):
    """Moves the clock, ends sessions, chooses who acts among several of one role, copies prepared passwords, switches the language of all faces."""

    _esm = static("faces.js", "desk.js")
    _css = static("faces.css", "desk.css")

    def __init__(self, desk: Desk):
        self._problem: Text | None = None
        super().__init__(desk)

    def caption(self) -> Text:
        return WORDS["bar"]

    def draw(self) -> dict[str, Any]:
        desk = self.desk
        reports = desk.checks()
        following = next_task(desk)
        return {
            "face": "bar",
            "language": desk.language,
            "student": desk.student,
            "day": desk.day.isoformat(),
            "sessions": self._sessions(),
            "keys": [{**key, "show": self.say("show_key", who=f"{key['title']} {key['name']}")} for key in keys(desk)],
            "progress": {"done": self.say("tasks_done", done=sum(not r.missing for r in reports), all=len(reports)), **sums(reports)} if reports else None,
            "next": link(desk, following) if following else None,
            "problem": self._problem.say(desk.language) if self._problem else "",
            "words": self.words(
                "bar", "student", "day", "next_day", "forward", "days", "signed_in", "nobody", "language", "acting", "act_as", "acts", "keys", "keys_help",
                "copy", "copied", "progress", "points", "next_task", "next_is", "every_task", "reopen",
            ),
        }  # fmt: skip

    def _sessions(self) -> list[dict[str, Any]]:
        """Each role that anybody has signed in for; the first of its actors acts."""
        found = []
        for role in ROLES.values():
            if role.sign_in and (actors := self.desk.look.sessions(role.name)):
                names = [{"name": a, "out": self.say("sign_out", who=a)} for a in actors]
                found.append({"role": role.name, "title": role.title.say(self.desk.language), "actors": names})
        return found

    def actions(self) -> dict[str, Callable[[dict[str, Any]], None]]:
        return {
            "language": self._on_language,
            "advance": lambda m: self._call("lab.advance", days=str(m.get("days", ""))),
            "act": lambda m: self._call("lab.act_as", role=str(m.get("role")), actor=str(m.get("actor"))),
            "out": lambda m: self._call("lab.sign_out", role=str(m.get("role")), actor=str(m.get("actor"))),
            "key": self._on_key,
        }

    def _on_key(self, message: dict[str, Any]) -> None:
        """A prepared password goes to the view that asked for it, and never into the widget's state, which a notebook may keep."""
        label = str(message.get("label"))
        self.send({"key": label, "text": secret(self.desk, label), "view": message.get("view")})

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
