"""Lessons: what leads a student through a module's tasks, as its `lesson.toml` says it, in both languages at once."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from . import packages
from .texts import Text


@dataclass(frozen=True)
class Map:
    """One table of moves to be drawn: that of a kind of document, or the lesson's own `moves` with the words of its states.

    at: by which task a document comes into a state.
    """

    kind: str
    at: Mapping[str, str]
    title: Text | None = None
    moves: Mapping[str, tuple[str, ...]] | None = None
    words: Mapping[str, Text] | None = None


@dataclass(frozen=True)
class Section:
    """Tasks that belong together, with what they are about; `code` is a cell that shows it, `forms` are those of commands that no task asks for,
    `notebook` is the module where one goes on."""

    title: Text
    story: Text
    tasks: tuple[str, ...] = ()
    code: str = ""
    forms: tuple[str, ...] = ()
    notebook: str = ""


@dataclass(frozen=True)
class Note:
    """What a lesson says of a task that the task's form does not: why it is done, and the trap to look out for."""

    why: Text
    trap: Text


@dataclass(frozen=True)
class Look:
    """Something to be looked at: words and the code of a cell."""

    text: Text
    code: str


@dataclass(frozen=True)
class Comparison:
    """A row of traditional against electronic trade; `find` says where a student's own figure stands."""

    aspect: Text
    traditional: Text
    electronic: Text
    find: Text


@dataclass(frozen=True)
class Phase:
    """A row of the teacher's plan."""

    minutes: int
    title: Text
    teacher: Text
    students: Text
    intention: Text


@dataclass(frozen=True)
class Lesson:
    """A lesson, in the order in which a notebook tells it. minutes: as long as the phases of its plan together."""

    objectives: tuple[Text, ...]
    before: tuple[Text, ...]
    opening: Text
    question: Text
    maps: tuple[Map, ...]
    sections: tuple[Section, ...]
    notes: Mapping[str, Note]
    example: Text
    looks: tuple[Look, ...]
    compare: tuple[Comparison, ...]
    questions: tuple[Text, ...]
    summary: Text
    terms: tuple[str, ...]
    plan: tuple[Phase, ...]
    #: that of a lesson which is no module's
    title: Text | None = None

    @property
    def minutes(self) -> int:
        return sum(p.minutes for p in self.plan)

    @property
    def tasks(self) -> tuple[str, ...]:
        """The codes of its tasks, in its own order."""
        return tuple(code for s in self.sections for code in s.tasks)


@functools.cache
def lessons() -> dict[str, Lesson]:
    """The lesson of each module that has one, by the module's name."""
    return {package.rpartition(".")[2]: read(package, "lesson.toml", text) for package, text in packages.read("lesson.toml")}


@functools.cache
def read(package: str, file: str, text: str) -> Lesson:
    """The lesson of one file. Raises ValueError naming the file and what is missing or misspelled in it."""
    found = packages.parse(package, file, text)
    place = f"{package}/{file}"
    try:
        made = _lesson(found)
    except KeyError as missing:
        raise ValueError(f"{place} has no {missing}") from None
    except TypeError as odd:
        raise ValueError(f"{place}: {odd}") from None
    if wrong := set(made.tasks) ^ set(made.notes):
        raise ValueError(f"{place}: in a section or noted, but not both: {', '.join(sorted(wrong))}")
    return made


def _lesson(f: dict[str, Any]) -> Lesson:
    return Lesson(
        objectives=_texts(f["objectives"]),
        before=_texts(f["before"]),
        opening=_text(f["opening"]),
        question=_text(f["question"]),
        maps=tuple(map(_map, f["map"])),
        sections=tuple(Section(_text(s["title"]), _text(s["story"]), **_rest(s, "title", "story")) for s in f["sections"]),
        notes={code: Note(_text(n["why"]), _text(n["trap"])) for code, n in f.items() if code.isupper()},
        example=_text(f["example"]),
        looks=tuple(Look(_text(x), x["code"].strip()) for x in f["look"]),
        compare=tuple(Comparison(**{k: _text(v) for k, v in c.items()}) for c in f["compare"]),
        questions=_texts(f["questions"]),
        summary=_text(f["summary"]),
        terms=tuple(f["terms"]),
        plan=tuple(Phase(p["minutes"], **{k: _text(p[k]) for k in ("title", "teacher", "students", "intention")}) for p in f["plan"]),
        title=_text(f["title"]) if "title" in f else None,
    )


def _map(m: dict[str, Any]) -> Map:
    """A kind of document, or a table of the lesson's own with its title and the words of its states."""
    if "moves" not in m:
        return Map(m["kind"], m["at"])
    words = {k: _text(v) for k, v in m["words"].items()}
    return Map("", m["at"], _text(m["title"]), {k: tuple(v) for k, v in m["moves"].items()}, words)


def _rest(table: dict[str, Any], *known: str) -> dict[str, Any]:
    return {k: tuple(v) if isinstance(v, list) else v.strip() for k, v in table.items() if k not in known}


def _text(pair: dict[str, Any]) -> Text:
    return Text(pair["zh"].strip(), pair["en"].strip())


def _texts(pairs: list[dict[str, Any]]) -> tuple[Text, ...]:
    return tuple(map(_text, pairs))
