"""The desk: what a face needs of a student's world. Widgets stand on it; `Lab` is a desk with what a student types in Python on top."""

from __future__ import annotations

import contextlib
import datetime
import json
import os
import weakref
from pathlib import Path
from typing import Any, Protocol

from .books import documents
from .grading.assess import TaskReport, assess
from .kernel import command, evidence, files, tasks
from .kernel.doing import Looking
from .kernel.evidence import Done
from .kernel.foreign import from_json
from .kernel.names import dotted
from .kernel.refusals import Refusal, refusal
from .kernel.scenario import not_in_this_world
from .kernel.state import UNDO
from .kernel.table import Table
from .kernel.tasks import Task
from .kernel.texts import LANGUAGES, Language, Text, default_language
from .kernel.world import World

NO_SUCH_TASK = refusal("no_such_task", "没有编号为 {code} 的任务。请用 lab.tasks() 查看全部任务。", "There is no task {code}. See all tasks with lab.tasks().")
#: Beside the logbook: the language.
PREFERENCES = "preferences.json"


class Watcher(Protocol):
    """What follows the world: a face."""

    def refresh(self) -> None: ...


class Spoken:
    """What faces are drawn of, in which language; and who watches. A set or a class that is open does not move on; a `Desk` does."""

    def __init__(self, language: Language | None = None):
        self._language: Language = language or default_language()
        self._watchers: weakref.WeakSet[Watcher] = weakref.WeakSet()

    @property
    def language(self) -> Language:
        """ "zh" or "en". Setting it changes every face that is open; a student's is remembered for the folder."""
        return self._language

    @language.setter
    def language(self, value: Language) -> None:
        self.speak(value)
        self.remember()
        self.changed()

    @property
    def codes(self) -> list[str]:
        """The codes of the tasks that are to be done here."""
        return []

    def speak(self, language: Language) -> None:
        """Sets the language for now: nothing is remembered, no face is drawn anew."""
        if language not in LANGUAGES:
            raise ValueError(f"the languages are {LANGUAGES}")
        self._language = language

    def remember(self, chosen: bool = True) -> None:
        """Keeps the language for the next time, where there is a place for it."""

    def refresh(self) -> int:
        """Takes in what has happened since; gives how many entries that were."""
        return 0

    def watch(self, watcher: Watcher) -> None:
        """Registers a face whose `refresh()` is called whenever this world or the language changes."""
        self._watchers.add(watcher)

    def changed(self) -> None:
        for watcher in list(self._watchers):
            watcher.refresh()


class Desk(Spoken):
    """A student's world as faces use it: what is there to be seen, what can be done, in which language; and who watches."""

    def __init__(self, world: World):
        super().__init__(preferred(world.folder))
        self.world = world
        #: what was assessed last, and after which entry: many faces ask for the same
        self._assessed: tuple[Any, dict[str, TaskReport]] = (self, {})
        #: the tasks that were finished after so many entries, each as it was judged when it was
        self._finished: tuple[int, dict[str, TaskReport]] = (0, {})
        self._spoke = self._choice()

    # --- who and when ---

    @property
    def student(self) -> str:
        return self.world.header.student

    @property
    def day(self) -> datetime.date:
        """The business day."""
        return self.world.state.day

    def remember(self, chosen: bool = True) -> None:
        """Keeps the language beside the logbook, so that feedback on what was handed in speaks it on the teacher's machine too.

        chosen: the student set it; one that merely came from the environment gives way to another environment.
        """
        with contextlib.suppress(OSError):  # a read-only folder keeps no preference
            files.write(self.world.folder, PREFERENCES, f"{json.dumps({'language': self._language, 'chosen': chosen})}\n".encode())
            self._spoke = self._choice()

    def _choice(self) -> int:
        """When the language was chosen last, here or in another notebook; 0 if never."""
        with contextlib.suppress(OSError):
            return (self.world.folder / PREFERENCES).stat().st_mtime_ns
        return 0

    def follow(self) -> None:
        """Takes in what other notebooks did, and the language that was chosen there. Raises the Refusal of a damaged logbook."""
        self.refresh()
        if (choice := self._choice()) != self._spoke:
            self._spoke = choice
            if (language := preferred(self.world.folder)) and language != self._language:
                self.speak(language)
                self.changed()

    # --- doing ---

    def call(self, name: str, /, **given: Any) -> Any:
        """Does a command by its full name. Raises its Refusal."""
        try:
            result = self.world.call(name, given)
        finally:
            self.changed()
        return self._spoken(result) if isinstance(result, Table) else result

    def undo(self) -> str:
        """Withdraws the last command; the history stays. Gives the command's name."""
        name = self.world.undo()
        self.changed()
        return name

    def choices(self, name: str, field: str) -> list[tuple[str, str]]:
        """What a field of a command offers now: (value, label) pairs. A column of a field of rows is `field.column`."""
        cmd = self.world.state.find(name)
        first, _, column = field.partition(".")
        param = next(p for p in cmd.params if p.name == first)
        if column:
            param = next(p for p in param.columns if p.name == column)
        if param.kind == "choice":
            return [(o, param.ask.labels[o].say(self.language)) for o in param.options]
        if not param.ask.choose:
            return []
        self.refresh()
        try:
            actor = self.world.state.actor(cmd).partition(":")[2]
        except Refusal:
            return []
        offered = command.CHOICES[param.ask.choose](self.look, actor)
        return [(v, (t if isinstance(t, Text) else dotted(t)).say(self.language)) for v, t in offered]

    # --- tasks ---

    def check(self, code: str) -> TaskReport:
        """What a task has shown and what it still needs, goal by goal, with points: judged anew."""
        self._task(code)
        self.refresh()
        report = self._assess(code)
        if report.missing:
            self._finished[1].pop(code, None)
        return report

    def checks(self) -> list[TaskReport]:
        """The same for every task of this scenario, in their order. Bar and progress ask it after every entry, so what was finished is not judged again."""
        self.refresh()
        return [self._stands(code) for code in self.codes]

    def finished(self, code: str) -> bool:
        """Whether a task has nothing missing, as the world was last taken in."""
        return not self._stands(code).missing

    def _stands(self, code: str) -> TaskReport:
        """How a task stands, as the world was last taken in. What was finished stays so, whatever lawful comes later, until something is withdrawn: its report
        is that of then."""
        seen, finished = self._finished
        fresh = self.world.entries[seen:]
        if len(self.world.entries) < seen or any(e.do == UNDO for e in fresh):
            finished = {}
        self._finished = len(self.world.entries), finished
        if code in finished:
            return finished[code].speaking(self.language)
        report = self._assess(code)
        if not report.missing:
            finished[code] = report
        return report

    def _assess(self, code: str) -> TaskReport:
        last = self.world.entries[-1] if self.world.entries else None
        if last is not self._assessed[0]:
            self._assessed = last, {}
        known = self._assessed[1]
        if code not in known:
            known[code] = assess(self.world.state, code)
        return known[code].speaking(self.language)

    @property
    def codes(self) -> list[str]:
        """The codes of this scenario's tasks."""
        return list(self.world.state.scenario.tasks)

    def brief(self, code: str) -> dict[str, Any]:
        """What you are asked in a task: the values of your own world."""
        return evidence.brief(self.look, self._task(code).code)

    def _task(self, code: str) -> Task:
        found = tasks.tasks()
        if code not in found:
            raise NO_SUCH_TASK("code", code=str(code)[:40])
        if not self.world.state.scenario.has(found[code].module):
            raise not_in_this_world(found[code].module, self.world.state.scenario.name)
        return found[code]

    # --- looking ---

    @property
    def look(self) -> Looking:
        """The world to be read, as it was last taken in (`refresh`)."""
        return self.world.state.look

    @property
    def done(self) -> list[Done]:
        """What was done so far, in order."""
        return self.world.state.done

    def refresh(self) -> int:
        """Takes in what other notebooks did to this world, and tells the faces; how many entries."""
        fresh = self.world.catch_up()
        if fresh:
            self.changed()
        return fresh

    def trace(self, number: str) -> Table:
        """A document's whole chain, from where it began to all that followed, with what each posted: `books.documents.trace`."""
        self.refresh()
        return self._spoken(documents.trace(self.look, number))

    def _spoken(self, table: Table) -> Table:
        table.language = self.language
        return table


def preferred(folder: Path) -> Language | None:
    """The language that the student chose here; to a grader also the one that it was done in."""
    try:
        with (folder / PREFERENCES).open("rb") as f:
            kept = from_json(f.read(1000))
            value = kept.get("language") if kept.get("chosen", True) or os.environ.get("NBGRADER_EXECUTION") else None
    except (OSError, ValueError, AttributeError):
        return None
    return value if value in LANGUAGES else None
