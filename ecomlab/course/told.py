"""How a lesson is told in a notebook: where it leads, its tasks in sections, a look back, questions, a summary."""

from __future__ import annotations

from ..glossary import concepts
from ..kernel.lessons import Comparison, Lesson
from ..kernel.tasks import tasks
from ..kernel.texts import LANGUAGES, Language, Text
from .cells import Cells, bullets, heading


def head(cells: Cells, lesson: Lesson, title: Text) -> None:
    """Title, time, objectives, what comes before."""
    time = Text(f"**时间**：{lesson.minutes} 分钟", f"**Time**: {lesson.minutes} minutes")
    before = Text("**开始之前**", "**Before you begin**")
    cells.words("title", heading(1, title), time, GOALS, bullets(lesson.objectives), before, bullets(lesson.before))


def opening(cells: Cells, lesson: Lesson) -> None:
    """A situation with a question."""
    question = Text(*(f"> **{q}**" for q in lesson.question))
    cells.words("situation", heading(2, Text("情境", "The situation")), lesson.opening, question)


def body(cells: Cells, lesson: Lesson, module: str) -> None:
    """The map, a worked example, the tasks in sections, the look back, the comparison, questions, the summary."""
    if lesson.maps:
        cells.words("map-words", heading(2, Text("流程图：你在哪里", "The map: where you are")), _MAP)
        cells.code("map", f'lab.map("{module}")')
    if any(lesson.example):
        cells.words("example", heading(2, Text("先看别人怎么做", "First, somebody else's case")), lesson.example)
    for n, section in enumerate(lesson.sections, 1):
        cells.words(f"section-{n}", heading(2, Text(*(f"{n} · {t}" for t in section.title))), section.story)
        if section.code:
            cells.code(f"section-{n}-cell", section.code)
        for command in section.forms:
            cells.code(f"{command.replace('.', '-')}-form", f'lab.form("{command}")')
        for code in section.tasks:
            _task(cells, lesson, code)
    if lesson.looks:
        cells.words("looks", heading(2, Text("看看你做了什么", "Look at what you did")))
        for n, look in enumerate(lesson.looks, 1):
            cells.words(f"look-{n}", look.text)
            cells.code(f"look-{n}-cell", look.code)
    if lesson.compare:
        cells.words("compare", heading(2, Text("传统与电子", "Traditional and electronic")), _COMPARE, comparison(lesson.compare))
    cells.words("questions", heading(2, THINK))
    questions(cells, lesson)
    cells.words("summary", heading(2, Text("小结", "Summary")), lesson.summary, glossary(lesson.terms))


def questions(cells: Cells, lesson: Lesson) -> list[str]:
    """Questions that make one think, each with a cell for the answer; the names of these cells."""
    for n, question in enumerate(lesson.questions, 1):
        cells.words(f"question-{n}", Text(*(f"**{n}.** {q}" for q in question)))
        cells.words(f"answer-{n}", _ANSWER)
    return [f"answer-{n}" for n in range(1, len(lesson.questions) + 1)]


def _task(cells: Cells, lesson: Lesson, code: str) -> None:
    note = lesson.notes[code]
    trap = Text(f"⚠ **留意** {note.trap.zh}", f"⚠ **Look out** {note.trap.en}")
    cells.words(f"{code}-task", heading(3, Text(*(f"{code} · {t}" for t in tasks()[code].title))), note.why, trap)
    cells.form(code)


def comparison(rows: tuple[Comparison, ...]) -> Text:
    """The comparison as a table with an empty column for the student's own figures."""
    heads = (("", "传统", "电子", "在哪里查", "我的实验环境"), ("", "Traditional", "Electronic", "Where to find it", "In my laboratory"))
    return Text(
        *(
            table(head, [(f"**{r.aspect.say(lang)}**", r.traditional.say(lang), r.electronic.say(lang), r.find.say(lang), "") for r in rows])
            for lang, head in zip(LANGUAGES, heads, strict=True)
        )
    )


def glossary(keys: tuple[str, ...]) -> Text:
    """The terms of a lesson in both languages, with what they mean."""
    found = [concepts()[key] for key in keys]
    heads: dict[Language, tuple[str, ...]] = {"zh": ("中文", "English", "含义"), "en": ("English", "中文", "Meaning")}
    whole = {c.key: Text(f'<span style="white-space: nowrap">{c.term.zh}</span>', c.term.en) for c in found}  # Chinese breaks anywhere, in a term too
    return Text(*(table(heads[lang], [(*whole[c.key][:: 1 if lang == "zh" else -1], c.means.say(lang)) for c in found]) for lang in LANGUAGES))


def table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    """A table of Markdown."""
    return "\n".join(f"| {' | '.join(r)} |" for r in (head, tuple("---" for _ in head), *rows))


GOALS = Text("**学完以后，你能够**", "**After this lesson you can**")
THINK = Text("想一想", "Think")
_MAP = Text(
    "每完成一个任务，再看一眼这张图：它跟着你的单据走。",
    "Look at it again after each task: it follows your documents.",
)
_COMPARE = Text(
    "双击本单元格，在最后一栏填写你自己实验环境里的数字；“在哪里查”说明从哪里得到。",
    "Double-click this cell and fill in the last column with figures of your own laboratory; the column before it says where they are.",
)
_ANSWER = Text("*双击这里，写下你的答案。*", "*Double-click here and write your answer.*")
