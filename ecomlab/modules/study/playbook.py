"""How the model student answers in a demonstration, where what is true can be known; of a course's market it knows nothing."""

from __future__ import annotations

from ...kernel.plays import Player, plays
from .own import ASKED, NAME, truths


def _play(code: str, question: str) -> None:
    @plays(code)
    def play_it(play: Player) -> None:
        seed = play.withheld(NAME)
        play.study.answer(question, str(truths(seed)[question]) if seed else "0")


for _code, _question in ASKED.items():
    _play(_code, _question)
