"""The teacher's plan of a lesson: phases in three columns (teacher, students, intention), and the comparison that students fill in."""

from __future__ import annotations

import re

from ..kernel.lessons import Lesson, lessons
from ..kernel.texts import LANGUAGES, Language, Text
from . import told
from .cells import bullets
from .notebooks import ANALYTICS, NAMES, WHOLE, notebook, stories, whole

#: In a notebook's text another notebook lies beside it.
_LINK = re.compile(r"\]\(([\w-]+\.ipynb)\)")
_HEADS = Text("阶段 | 教师活动 | 学生活动 | 设计意图", "Phase | Teacher | Students | Intention")


def plans() -> dict[str, str]:
    """Every plan and their table of contents, by path below the folder of plans."""
    found = {name: (lesson, lesson.title or Text("", "")) for name, lesson in ((n, whole(n)) for n in WHOLE.values())}
    found |= {name: (lessons()[name], stories()[name][0]) for name in NAMES if name in lessons()}
    made = {}
    for language in LANGUAGES:
        for name, (lesson, title) in found.items():
            made[f"{language}/{name}.md"] = _plan(name, lesson, title, language)
        listed = [Text(*(f"[{t}]({name}.md){' · '}{lesson.minutes} min" for t in title)) for name, (lesson, title) in found.items()]
        made[f"{language}/README.md"] = f"# {_TITLE.say(language)}\n\n{_HOW.say(language)}\n\n{bullets(listed).say(language)}\n"
    return made


def _plan(name: str, lesson: Lesson, title: Text, language: Language) -> str:
    own = next((n for n, lesson_name in WHOLE.items() if lesson_name == name), "") or notebook(name if name in NAMES else ANALYTICS)
    rows = [
        (f"**{p.title.say(language)}**<br>{p.minutes} min", *(t.say(language).replace("\n", "<br>") for t in (p.teacher, p.students, p.intention)))
        for p in lesson.plan
    ]
    parts = [
        Text(f"# 教案：{title.zh}", f"# Lesson plan: {title.en}"),
        Text(f"{lesson.minutes} 分钟 · 笔记本 `{own}`", f"{lesson.minutes} minutes · notebook `{own}`"),
        Text("## 目标", "## Objectives"),
        bullets(lesson.objectives),
        Text("## 课前准备", "## Before the lesson"),
        bullets(lesson.before),
        Text("## 情境", "## The situation"),
        lesson.opening,
        Text(*(f"> **{q}**" for q in lesson.question)),
        Text("## 过程", "## Phases"),
    ]
    said = [t.say(language) for t in parts] + [told.table(tuple(_HEADS.say(language).split(" | ")), rows)]
    if lesson.compare:
        said += [Text("## 传统与电子", "## Traditional and electronic").say(language), told.comparison(lesson.compare).say(language)]
    said += [Text("## 思考题", "## Questions to think about").say(language), bullets(lesson.questions, numbered=True).say(language)]
    return _LINK.sub(rf"](../../../notebooks/{language}/\1)", "\n\n".join(said)) + "\n"


_TITLE = Text("教案", "Lesson plans")
_HOW = Text(
    "每课一份，与学生的笔记本出自同一来源（`ecomlab/modules/*/lesson.toml`），由 `ecomlab course build` 生成。",
    "One for each lesson, from the same source as the students' notebook (`ecomlab/modules/*/lesson.toml`); `ecomlab course build` writes them.",
)
