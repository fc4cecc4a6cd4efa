"""Studies: notebooks that are analyses of a simulated market, one a theme. A manager asks; an obvious way is tried and seen to be wrong; the right one
follows, with plots; then the student answers the same questions on a market of one's own.

Each is a file of `lessons`, in both languages at once. Its cells of code are the same in both editions but for what a plot says: «中文|English».
"""

from __future__ import annotations

import functools
import re
import tomllib
from dataclasses import dataclass
from importlib.resources import files

from ..kernel.texts import LANGUAGES, Language, Text
from ..market.questions import QUESTIONS, THEMES
from . import told
from .cells import Cells, bullets, heading

#: Notebooks by name, in their order.
STUDIES = tuple(f"market-{theme}" for theme in THEMES)
_LABEL = re.compile(r"«([^|«»]*)\|([^|«»]*)»")


@dataclass(frozen=True)
class Step:
    """Words and a cell that belong together; a step without a title goes on with the one before."""

    title: Text | None
    text: Text
    code: str


@dataclass(frozen=True)
class Study:
    """A study, in the order of its notebook."""

    title: Text
    minutes: int
    objectives: tuple[Text, ...]
    question: Text
    steps: tuple[Step, ...]
    think: tuple[Text, ...]
    summary: Text
    terms: tuple[str, ...]


@functools.cache
def study(name: str) -> Study:
    """The study of that notebook. Raises KeyError for what its file lacks."""
    found = tomllib.loads((files(__package__) / "lessons" / f"{name}.toml").read_text("utf-8"))
    return Study(
        title=_text(found["title"]),
        minutes=found["minutes"],
        objectives=tuple(map(_text, found["objectives"])),
        question=_text(found["question"]),
        steps=tuple(Step(_text(s["title"]) if "title" in s else None, _text(s["text"]), s["code"].strip()) for s in found["steps"]),
        think=tuple(map(_text, found["think"])),
        summary=_text(found["summary"]),
        terms=tuple(found["terms"]),
    )


def notebook(name: str, language: Language) -> str:
    """The notebook of a study in one language."""
    told_of, theme = study(name), name.removeprefix("market-")
    cells = Cells(language)
    time = Text(f"**时间**：{told_of.minutes} 分钟", f"**Time**: {told_of.minutes} minutes")
    cells.words("title", heading(1, told_of.title), time, told.GOALS, bullets(told_of.objectives))
    cells.words("question", heading(2, _QUESTION), Text(*(f"> **{q}**" for q in told_of.question)), _DATA)
    cells.code("open", f'import ecomlab\n\nmarket = ecomlab.practice("market", "..", language="{language}")\nmarket.style()\nmarket')
    number = 0
    for n, step in enumerate(told_of.steps, 1):
        number += step.title is not None
        head = heading(2, Text(*(f"{number} · {t}" for t in step.title))) if step.title else Text("", "")
        cells.words(f"step-{n}", head, step.text)
        cells.code(f"step-{n}-cell", _LABEL.sub(rf"\{LANGUAGES.index(language) + 1}", step.code))
    cells.words("own", heading(2, _OWN), _YOURS)
    cells.code("mine", f'mine = ecomlab.practice("market", "..", seed="{_SEED.say(language)}", language="{language}")\nmine.questions("{theme}")')
    cells.words("judged", _JUDGED)
    for asked in (q for q in QUESTIONS.values() if q.theme == theme):
        cells.code(f"answer-{asked.name}", f'mine.answer("{asked.name}", 0)')
    cells.words("think", heading(2, Text("想一想", "Think")), bullets(told_of.think, numbered=True))
    cells.words("summary", heading(2, Text("小结", "Summary")), told_of.summary, told.glossary(told_of.terms))
    return cells.written()


def _text(pair: dict[str, str]) -> Text:
    return Text(pair["zh"].strip(), pair["en"].strip())


_QUESTION = Text("经理的问题", "The manager's question")
_DATA = Text(
    "数据是一个模拟市场两年的交易：店铺、顾客、价格、库存、包裹、付款，账目齐全。它和真实市场的不同在于，什么是真的，出题人知道。"
    "第一次运行要用十几秒生成；需要扩展 `ecomlab[analytics]`。",
    "The data are two years of trade in a simulated market: shops, customers, prices, stock, parcels, payments, and the books of all of it. It differs from a "
    "real one in that somebody knows what is true. Its making takes some ten seconds the first time. The extra `ecomlab[analytics]` is needed.",
)
_OWN = Text("你自己的市场", "A market of your own")
_SEED = Text("我的学号", "my student id")
_YOURS = Text(
    "把下面的“我的学号”换成你的学号，就得到另一个市场：规律相同，数字不同。请把上面的方法用到 `mine` 上，回答这些问题。",
    "Put your student id in the place of “my student id” below, and you have another market: the same laws, other figures. Use the methods above on `mine`, "
    "and answer these questions.",
)
_JUDGED = Text(
    "把 0 换成你的答案。`right` 是对，`near` 是接近，`off` 是偏了；真值不会显示。",
    "Put your answer in the place of 0. You are told `right`, `near` or `off`, never the truth.",
)
