"""The form of a task: what to do and as whom, its steps with their fields, what is still needed, what came of it."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import traitlets

from ..desk import Desk
from ..grading.assess import TaskReport
from ..kernel.command import COMMANDS, ROLES, Command, Role
from ..kernel.evidence import shown
from ..kernel.refusals import Problem, Refusal
from ..kernel.tasks import Step, Task, tasks
from ..kernel.texts import Text
from .face import Face, static
from .fields import arguments, field
from .first import comes_first
from .links import link, next_task
from .python import same_in_python
from .results import chain, document_among, result_view
from .words import WORDS


def task_form(desk: Desk, code: str) -> TaskForm:
    """The widget of a task."""
    return TaskForm(desk, tasks()[code])


def command_form(desk: Desk, name: str) -> CommandForm:
    """The widget of a command that no task asks for."""
    return CommandForm(desk, COMMANDS[name])


@dataclass(frozen=True)
class Outcome:
    """What the last thing done gave. said: the headline; result: what the command returned, None after an undo; module: in whose words."""

    said: Text
    result: Any
    about: tuple[Any, ...] = ()
    module: str = ""


class TaskForm(Face):
    """The form of one task at a desk.

    `drafts` holds what is typed and not yet submitted, by command and field, so that it outlives a reload of the page;
    secrets are never in it: they come with the message that submits them, and go to the command at once.
    """

    _esm = static("faces.js", "fields.js")
    drafts = traitlets.Dict().tag(sync=True)

    def __init__(self, desk: Desk, task: Task):
        self.code = task.code
        self.task = task
        self._sign_ins: list[str] = []
        #: the step that is shown, the one that the student has picked, and those that were done in this form
        self._current: Step | None = None
        self._picked: Step | None = None
        self._did: set[Step] = set()
        self._problems: tuple[Problem, ...] = ()
        self._outcome: Outcome | None = None
        self._answered: dict[str, Any] = {}
        #: whether the form of a task that is finished, or has to wait for another, is shown all the same
        self._opened = False
        self._python = ""
        super().__init__(desk)
        self.observe(lambda _: self._chosen(), "drafts")

    def caption(self) -> Text:
        return Text(f"{self.code} {self.task.title.zh}", f"{self.code} {self.task.title.en}")

    # --- steps ---

    def steps(self) -> list[Step]:
        """The task's steps; before one whose role nobody has signed in for comes the step that does so."""
        found: list[Step] = []
        for step in self.task.steps:
            for role in self._missing_sign_ins(COMMANDS[step.do]):
                if role.sign_in not in [s.do for s in found]:
                    found.append(Step(role.sign_in, WORDS["sign_in_step"].fill(role=role.title)))
            found.append(step)
        return found

    def _missing_sign_ins(self, command: Command) -> list[Role]:
        """The roles to sign in for before this command. One that was missing stays, so that a done step does not vanish."""
        role = command.role
        if role.sign_in not in COMMANDS:
            return []
        if role.name not in self._sign_ins:
            if self.desk.look.sessions(role.name):
                return []
            self._sign_ins.append(role.name)
        sign_in = COMMANDS[role.sign_in]
        return [*(self._missing_sign_ins(sign_in) if sign_in.role != role else []), role]

    def _done(self, steps: list[Step], report: TaskReport) -> list[bool]:
        """Which steps are done. One that brings goals: when they are met, by whatever way. One that prepares another: when that is done, when it
        was done in this form, or, of a sign-in, while the session is open. So an old letter or another's certificate ticks nothing."""
        met = {g.name for g in report.goals if g.met}
        done: list[bool] = []
        reached = not report.missing
        for step in reversed(steps):
            here = met.issuperset(step.shows) if step.shows else reached or step in self._did or self._session_of(step)
            reached = reached or bool(step.shows and here)
            done.append(here)
        return done[::-1]

    def _session_of(self, step: Step) -> bool:
        """Whether the session that this step opens is open; a sign-in that is the task itself, or follows from another step of it, as with the
        certificate that a letter brings, is not done by an older one."""
        if self.code in COMMANDS[step.do].tasks or step in self.task.steps[1:]:
            return False
        opens = [r.name for r in ROLES.values() if r.sign_in == step.do]
        return any(self.desk.look.sessions(name) for name in opens)

    def _choose_step(self, steps: list[Step], done: list[bool]) -> int:
        """The step that is shown: the one that the student has picked, else the first that is still to be done."""
        if self._picked not in steps:
            self._picked = None
        current = self._picked or next((s for s, d in zip(steps, done, strict=True) if not d), self._current or steps[-1])
        self._current = current if current in steps else steps[-1]
        return steps.index(self._current)

    # --- what is to be seen ---

    def _report(self) -> TaskReport:
        return self.desk.check(self.code)

    def _brief(self) -> dict[str, Any]:
        return shown(self.desk.brief(self.code))

    def _complete(self, report: TaskReport) -> bool:
        return not report.missing

    def _first(self, report: TaskReport, fields: list[dict[str, Any]]) -> dict[str, Any] | None:
        """Says which task comes first, where this one is not done and cannot be done yet."""
        stuck = any(f["kind"] == "ref" and f["required"] and not f["options"] for f in fields)
        first = comes_first(self.desk, self.task, stuck) if report.missing else None
        return {"text": self.say("first", code=first.code, title=first.title), **link(self.desk, first.code)} if first else None

    def _next(self, report: TaskReport) -> dict[str, str] | None:
        """Where to go on from a task that is finished."""
        following = "" if report.missing else next_task(self.desk, self.code)
        return link(self.desk, following) if following else None

    def draw(self) -> dict[str, Any]:
        desk, say = self.desk, self.desk.language
        report = self._report()
        steps = self.steps()
        done = self._done(steps, report)
        at = self._choose_step(steps, done)
        command = COMMANDS[steps[at].do]
        brief = self._brief()
        names = {p.name for p in command.params}
        problems = {p.field: p.text.say(say) for p in reversed(self._problems) if p.field in names}
        fields = [_said_once(self._carried(field(desk, command, p)), problems) for p in command.params]
        whole = [p.text.say(say) for p in self._problems if p.field not in names]
        first = self._first(report, fields)
        return {
            "face": "task",
            "language": say,
            "code": self.code,
            "title": self.task.title.say(say),
            "goal": self.task.goal.fill(**brief).say(say),
            "hint": self.task.hint.fill(**brief).say(say),
            "acting": self._acting(command),
            "first": first,
            "complete": self._complete(report),
            "next": self._next(report),
            "folded": not self._opened and not self._problems and (self._complete(report) or (first is not None and not report.points)),
            "points": points(report.points),
            "out_of": points(report.out_of),
            "steps": [{"text": s.text.fill(**brief).say(say), "done": d} for s, d in zip(steps, done, strict=True)],
            "at": at,
            "form": {
                "command": command.name,
                "title": command.title.say(say),
                "query": command.query,
                "fields": fields,
                "python": self._python,
                "problems": problems,
                "whole": whole,
            },
            "needs": [{"text": g.text.say(say), "met": g.met, "points": points(g.points)} for g in report.goals],
            "outcome": self._outcome_view(),
            "chain": self._chain(command.name, fields, not self._complete(report)),
            "answered": self._answered,
            "words": self.words(
                "still_needed", "all_done", "did", "next_is", "every_task", "again", "anyway", "python", "hint",
                "stands", "next_state", "undo", "enter", "enter_long", "points", "steps", "optional", "choose", "other",
                "meaning", "pick_day", "pick_file", "scaled", "as_is", "characters", "add_row", "remove_row", "row_of", "no_fields", "waiting", "silent",
            ),
        }  # fmt: skip

    def _carried(self, made: dict[str, Any]) -> dict[str, Any]:
        """A field that refers to something starts with what the last step was about, if that can be chosen."""
        if made["kind"] == "ref" and not made["value"] and self._outcome:
            offered = [value for value, _ in made["options"]]
            made["value"] = next((a for a in self._outcome.about if isinstance(a, str) and a in offered), "")
        return made

    def _acting(self, command: Command) -> dict[str, Any]:
        role = command.role.title.say(self.desk.language)
        if not command.role.sign_in:
            return {"text": f"{self.say('acting')} · {role}", "ready": True}
        signed_in = self.desk.look.sessions(command.role.name)
        if not signed_in:
            return {"text": self.say("sign_in_first", role=role), "ready": False}
        return {"text": f"{self.say('acting')} · {role} {signed_in[0]}", "ready": True}

    def _outcome_view(self) -> dict[str, Any] | None:
        if self._outcome is None:
            return None
        return {"said": self._outcome.said.say(self.desk.language), **result_view(self._outcome.result, self.desk.language, self._outcome.module)}

    def _chain(self, command: str, fields: list[dict[str, Any]], ahead: bool) -> list[dict[str, Any]]:
        """The chain of the document now chosen in the form, else of the one that the last result was about. ahead: with the states that may follow."""
        look = self.desk.look
        typed = self.drafts.get(command, {})
        only = {f["name"]: f["options"][0][0] for f in fields if f["required"] and len(f["options"]) == 1}
        chosen = [typed.get(f["name"]) or f["value"] or only.get(f["name"]) for f in fields if f["kind"] == "ref"]
        number = document_among(look, [*chosen, *(self._outcome.about if self._outcome else ())])
        nodes = chain(look, number, self.desk.language) if number else []
        return [n for n in nodes if ahead or not n.get("open")]

    def _chosen(self) -> None:
        """Another document was chosen: only the footer follows."""
        if self.view.get("face") == "task":
            fresh = self._chain(self.view["form"]["command"], self.view["form"]["fields"], not self.view["complete"])
            if fresh != self.view["chain"]:
                self.view = {**self.view, "chain": fresh}

    # --- what the student does ---

    def actions(self) -> dict[str, Callable[[dict[str, Any]], None]]:
        return {"submit": self._on_submit, "undo": self._on_undo, "step": self._on_step, "open": self._on_open, "python": self._on_python}

    def _on_submit(self, message: dict[str, Any]) -> None:
        steps = self.steps()
        step = next((s for s in steps if s.do == message.get("command") and s == self._current), None)
        step = step or next((s for s in steps if s.do == message.get("command")), None)
        if step is None:  # the browser shows a form that is no longer among the steps: it is drawn anew
            self._answer(message, accepted=False)
            return
        command = COMMANDS[step.do]
        given = arguments(command, message.get("values"))

        def submit() -> Outcome:
            result = self.desk.call(command.name, **given)
            about = [result, *(result.values() if isinstance(result, dict) else ())]
            return Outcome(command.title, result, (*about, *(given.get(p.name) for p in command.params if p.kind == "ref")), command.module)

        self._python = ""
        if self._attempt(submit):
            self._picked, self._opened = None, False
            if not command.query or (self._outcome and len(self._outcome.result)):  # a query that found nothing is still to be done
                self._did.add(step)
        self._answer(message, accepted=not self._problems)

    def _on_undo(self, message: dict[str, Any]) -> None:
        def undo() -> Outcome:
            name = self.desk.undo()
            self._picked = None
            self._did = {s for s in self._did if s.do != name}
            return Outcome(WORDS["undone"].fill(what=COMMANDS[name].title), None)

        self._python = ""
        self._attempt(undo)
        self._answer(message, accepted=False)

    def _on_step(self, message: dict[str, Any]) -> None:
        steps = self.steps()
        at = message.get("at")
        if isinstance(at, int) and 0 <= at < len(steps):
            self._picked, self._problems, self._opened, self._python = steps[at], (), True, ""
        self._answer(message, accepted=False)

    def _on_open(self, message: dict[str, Any]) -> None:
        self._opened = True
        self._answer(message, accepted=False)

    def _on_python(self, message: dict[str, Any]) -> None:
        """Shows what the form would do as Python, of what is typed now; asked for again, puts it away."""
        command = next((COMMANDS[s.do] for s in self.steps() if s.do == message.get("command")), None)
        self._python = "" if self._python or command is None else same_in_python(self.desk, command, message.get("values"))
        self._answer(message, accepted=False, kept=True)

    def _answer(self, message: dict[str, Any], accepted: bool, kept: bool = False) -> None:
        """Draws, telling the view that asked that this is the answer to what it sent. kept: secrets that are typed stay where they are."""
        self._answered = {"id": message.get("id"), "accepted": accepted, "kept": kept, "command": message.get("command", "")}
        self._draw_now()

    def _attempt(self, what: Callable[[], Outcome]) -> bool:
        """Does it and keeps what came of it: an outcome, or the problems for their fields. True if it was accepted."""
        problems: tuple[Problem, ...] = ()
        self._held = True
        try:
            self._outcome = what()
        except Refusal as refused:
            problems, self._outcome = refused.problems, None
        except Exception as error:  # a fault in a command: rolled back by the world, and told to the student
            traceback.print_exc()
            problems = (Problem("fault", None, WORDS["fault"].fill(what=f"{type(error).__name__}: {error}")),)
            self._outcome = None
        finally:
            self._held = False
        self._problems = problems
        return not problems


def _said_once(made: dict[str, Any], problems: dict[str, str]) -> dict[str, Any]:
    """A field without its help where the refusal below it says that too."""
    return {**made, "help": ""} if made["help"] in problems.get(made["name"], "") else made


class CommandForm(TaskForm):
    """The form of one command: a task without goals, which is never finished and earns nothing."""

    def __init__(self, desk: Desk, command: Command):
        super().__init__(desk, Task("", command.module, Decimal(0), command.title, Text("", ""), Text("", ""), (Step(command.name, command.title),), ()))

    def caption(self) -> Text:
        return self.task.title

    def _report(self) -> TaskReport:
        self.desk.refresh()
        return TaskReport(self.task, ())

    def _brief(self) -> dict[str, Any]:
        return {}

    def _complete(self, report: TaskReport) -> bool:
        return False

    def _done(self, steps: list[Step], report: TaskReport) -> list[bool]:
        return [step not in self.task.steps and self._session_of(step) for step in steps]

    def _next(self, report: TaskReport) -> dict[str, str] | None:
        return None


def points(value: Decimal) -> str:
    """Points with one decimal, or as many as they have."""
    return f"{value:.1f}" if value == round(value, 1) else str(value.normalize())
