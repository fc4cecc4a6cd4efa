"""How the model student does the tasks: a sheet is answered by the pool, a term explained with the first document that is an instance."""

from __future__ import annotations

from ...kernel.plays import Player, plays
from . import pool
from .explaining import instances
from .sheets import CODES


def _play(code: str) -> None:
    @plays(code)
    def play_it(play: Player) -> None:
        sheet = play.concepts.draw(code)
        play.concepts.questions(sheet)
        rows = play.look.all("select line, case_key from concept_case where number = $n order by line", n=sheet)
        play.concepts.answer(sheet, [{"line": r.line, "concept": pool.case(play.look, r.case_key).term} for r in rows])
        key = play.brief(code)["key"]
        found = instances(play.look, key)
        words = "拿它跟同一主题的其他概念比一比，区别在于由谁来做、凭什么做。 It differs from its neighbours in who does it, and on what ground."
        play.concepts.explain(key, words, found[0] if found else None)


for _code in CODES:
    _play(_code)
