"""The laboratory as a student sees it in Python: `lab = ecomlab.open()`."""

from __future__ import annotations

import atexit
import json
import os
from functools import partial
from pathlib import Path
from typing import Any

from . import modules
from .books import documents
from .dashboards.style import plain_plots
from .desk import Desk, preferred
from .glossary import concept, concepts, meaning
from .grading import Report, grade
from .grading.assess import assess
from .kernel import audit as auditing
from .kernel import command, dictionary, evidence, keys, plays, sql, tasks
from .kernel.keys import Granted, at_hand
from .kernel.logbook import LOGBOOK
from .kernel.scenario import not_in_this_world
from .kernel.standins import StandIns
from .kernel.table import Table
from .kernel.terms import term
from .kernel.texts import Language, Text, default_language
from .kernel.world import World
from .reports.face import Reports
from .reports.queries import own_books
from .waiting import Waiting
from .witness.courier import Courier, courier_for

modules.load()

NONE_YET = Text("你还没有 {kind}。先做产生它的任务，再运行这个单元格。", "You have no {kind} yet. Do the tasks that lead to one, and run this cell again.")


def open(folder: str | Path = ".", student: str | None = None, scenario: str = "semester", language: Language | None = None) -> Lab:
    """The world whose logbook lies in `folder`; made on first use.

    student: who you are; without it `ECOMLAB_STUDENT` or JupyterHub tells, and a notebook asks. scenario: how a new
    world starts (an existing one keeps its own). language: "zh" or "en", which the laboratory speaks from here on; without it, as
    it did last. Raises a Refusal naming the line if the logbook is damaged.

    While nbgrader executes a notebook the world is a throwaway copy, and `lab.grade` speaks of the submitted file.
    """
    folder = Path(folder)
    source = at_hand()
    given = source.student if isinstance(source, Granted) else None
    known = student or given or os.environ.get("ECOMLAB_STUDENT") or os.environ.get("JUPYTERHUB_USER")
    if os.environ.get("NBGRADER_EXECUTION"):
        return Lab(World.rehearse(folder, known, scenario, source))
    fresh = not (folder / LOGBOOK).exists()
    if fresh:
        student = known or _ask_student()
    lab = Lab(World.open(folder, student or None, scenario, source, Waiting(language or preferred(folder) or default_language())))
    if language and language != lab.language:
        lab.language = language
    if fresh:
        lab.remember(chosen=language is not None)
    lab.courier = courier_for(lab.world.path)
    if lab.courier:
        lab.watch(lab.courier)
        atexit.register(lab.courier.close)
    return lab


def _ask_student() -> str | None:
    try:
        from IPython.core.getipython import get_ipython
    except ImportError:
        return None
    shell = get_ipython()
    if shell is None or not getattr(getattr(shell, "kernel", None), "_allow_stdin", False):
        return None
    return input("学号 / Student id: ").strip() or None


class Lab(Desk):
    """A student's world: its modules as attributes (`lab.email.send(...)`), its tasks, forms, reports and history."""

    def __init__(self, world: World):
        super().__init__(world)
        self._report: Report | None = None
        self._stand_ins = StandIns(world)
        #: who brings the hashes of entries to the course's witness, where it has one
        self.courier: Courier | None = None

    def __repr__(self) -> str:
        state = self.world.state
        return f"<ecomlab {state.scenario.name}, {self.student}, {state.day}, {len(self.world.entries)} entries>"

    # --- doing ---

    def advance(self, days: int = 1) -> Any:
        """Advances the business day; gives the new one."""
        return self.call("lab.advance", days=days)

    def __getattr__(self, name: str) -> Any:
        if name in modules.TYPED:
            if not self.world.state.scenario.has(name):
                raise AttributeError(str(not_in_this_world(name, self.world.state.scenario.name)))
            return plays.Module(name, self.call, self.language)
        if f"lab.{name}" in command.COMMANDS:
            return getattr(plays.Module("lab", self.call, self.language), name)
        raise AttributeError(name)

    @property
    def report(self) -> Reports:
        """The reports on one's own books: `lab.report.profit(month="2026-09")` is a DataFrame, `lab.report.sql("profit")` what makes it."""
        return Reports(self.call, self._read)

    def _read(self) -> Any:
        self.refresh()
        return self.look

    def answer(self, question: str, answer: object) -> Any:
        """Answers a question on your own books: `lab.answer("Q3", 18250)`. Gives the verdict: right, near or off.

        It is recorded, and not undone; of the first three answers that differ the best counts. answer: a number, or what is asked for in words, as text.
        In the market assignment it answers a question about the market, `lab.answer("coupon_lift", 0.31)`: the last answer counts, and what it is worth is
        told when it is graded.
        """
        name = "study.answer" if self.world.state.scenario.has("study") else "report.answer"
        return self.call(name, question=question, answer=str(answer))

    def questions(self) -> Any:
        """The analytics questions as a DataFrame: code, question, verdict on your last answer, points, out_of."""
        import pandas

        self.refresh()
        last = {d.result["question"]: d.result["verdict"] for d in self.done if d.do == "report.answer"}
        rows = []
        for code, task in tasks.tasks(("analytics",)).items():
            report = assess(self.world.state, code)
            said = term(last[code]).say(self.language) if code in last else ""
            rows.append((code, task.goal.fill(**evidence.shown(self.brief(code))).say(self.language), said, float(report.points), float(report.out_of)))
        return pandas.DataFrame(rows, columns=["code", "question", "verdict", "points", "out_of"]).set_index("code")

    def style(self) -> None:
        """From here on the plots of this notebook look like the dashboards' and write Chinese, whatever fonts the machine has (needs the extra `lab`)."""
        plain_plots()

    def __dir__(self) -> list[str]:
        there = filter(self.world.state.scenario.has, modules.TYPED)
        return sorted({*super().__dir__(), *there, *dir(plays.Module("lab", self.call))})

    # --- whom the library plays ---

    def call(self, name: str, /, **given: Any) -> Any:
        """Does a command by its full name; then whoever is switched on (`autoplay`) does what waits for them. Raises its Refusal."""
        result = super().call(name, **given)
        if self._stand_ins.follow(name):
            self.changed()
        return result

    def autoplay(self, role: str, on: bool | None = None) -> Table:
        """Lets the library do the work that waits for a role that you do not play, by a fixed policy that `lab.autoplay_policy(role)` tells.

        role: "supplier", "carrier", "picker" and others (`lab.autoplays()`), who must be signed in. on: True for from now on, after each of your own
        entries as long as this laboratory is open; False for no longer; without it once. It uses the public commands; its entries are marked in the
        logbook and earn no points. Gives what was done: n, command. Raises a Refusal for a role that it cannot play, and the one at
        which it had to stop; what was done before that stands.
        """
        if on is not None:
            self._stand_ins.switch(role, on)
        try:
            done = [] if on is False else self._stand_ins.play(role)
        finally:
            self.changed()
        return self._spoken(Table(("n", "command"), done))

    def autoplays(self) -> Table:
        """Whom the library can play here: name, title, played (from now on), policy, stopped (by what, at the last time)."""
        return self._spoken(self._stand_ins.table())

    def autoplay_policy(self, role: str) -> str:
        """How the library plays a role, in words."""
        return self._stand_ins.of(role).policy.say(self.language)

    # --- tasks ---

    def form(self, code: str) -> Any:
        """The widget of a task, or of a command by its full name, such as "live.instruct" (needs the extra `lab`)."""
        from .widgets import command_form, task_form

        return command_form(self, self.world.state.find(code).name) if "." in code else task_form(self, self._task(code).code)

    def progress(self) -> Any:
        """The widget with every task of this scenario, done or not."""
        from .widgets import progress

        return progress(self)

    def dashboard(self, name: str) -> Any:
        """The widget of a dashboard: "inventory", "cost", "profit", "receivables", "auctions", "marketing"; "visitors" of a shop.

        Raises the Refusal 'no_such_dashboard', which names them.
        """
        from .widgets import dashboard

        return dashboard(self, name)

    def bar(self) -> Any:
        """The widget with the business day, the open sessions and the switch of language."""
        from .widgets import Bar

        return Bar(self)

    def grade(self, code: str) -> float:
        """The points of a task, after printing what is missing: the last line of an nbgrader test cell.

        In a throwaway copy they are those of the submitted logbook, whatever the notebook did meanwhile.
        """
        if self.world.submitted is None:
            report = self.check(code)
        else:
            whole = self._submitted(self.world.submitted)
            for finding in whole.findings[:5]:
                print(f"logbook.jsonl:{finding.line}: {finding.text.say(self.language)}")
            report = whole.task(self._task(code).code).speaking(self.language)
        print(report)
        return float(report.points)

    def _submitted(self, logbook: Path) -> Report:
        """The report on the submitted logbook, made once."""
        if self._report is None:
            header = self.world.header
            self._report = grade(logbook, student=header.student, default_scenario=header.scenario)
        return self._report

    def tasks(self) -> Any:
        """Every task of this scenario as a DataFrame: code, module, title, points, out_of, missing."""
        import pandas

        rows = [
            (r.task.code, r.task.module, r.task.title.say(self.language), float(r.points), float(r.out_of), "; ".join(t.say(self.language) for t in r.missing))
            for r in self.checks()
        ]
        return pandas.DataFrame(rows, columns=["code", "module", "title", "points", "out_of", "missing"]).set_index("code")

    def prepared(self) -> Table:
        """What the scenario has prepared for you: passwords and PINs that its prologue has set in your name."""
        return self._spoken(Table(("name", "password"), [(i.label, i.plain(self.world.header.seed)) for i in self.world.state.prepared]))

    def player(self) -> plays.Player:
        """The model student at this world, for demonstrations and tests."""
        return plays.Player(self.call, lambda: self.look, True, partial(keys.withheld, self.world.header))

    # --- looking ---

    def sql(self, query: str, **parameters: Any) -> Any:
        """The rows of one SELECT over the world's tables, as a DuckDB relation: `.df()`, `.fetchall()`, `.show()`, ...

        parameters: values of `$name` in it: `lab.sql("from sale_line where seller = $me", me=lab.company.number)`. `business_day()` is the world's day.
        It only reads, and shows how things stood when it was asked. Raises a Refusal for anything else, and for SQL that is wrong: it names the place.
        """
        self.refresh()
        return sql.ask(self.world.state.database, query, self.look.day, parameters, self.language)

    @property
    def company(self) -> Any:
        """The company that the student runs, as the tables know it: number, name. Refuses 'no_books' as long as it is not registered anywhere."""
        self.refresh()
        return own_books(self.look, None)

    def tables(self, *packages: str) -> Table:
        """Every table that has rows, and what it holds: table, rows, holds, package. packages: of these only, such as "books", "b2c"."""
        self.refresh()
        return dictionary.tables(self.world.state.database, self.language, packages or None)

    def columns(self, table: str) -> Table:
        """The columns of a table, and to which table's key each leads: column, type, called, key, joins. Refuses 'no_such_table'."""
        return dictionary.columns(self.world.state.database, table, self.language)

    def logbook(self) -> Table:
        """What was done so far: n, day, by, command, arguments."""
        self.refresh()
        rows = [(e.n, e.day, e.by, e.do, json.dumps(e.arguments, ensure_ascii=False)) for e in self.world.entries]
        return self._spoken(Table(("n", "day", "by", "command", "arguments"), rows))

    def at(self, n: int) -> Lab:
        """The world as of entry n, to be looked at only; `lab.at(0)` is how it began."""
        return Lab(self.world.at(n))

    def audit(self) -> list[auditing.Verdict]:
        """Every invariant of the world, by name, with what breaks it."""
        self.refresh()
        with self.world.firsthand() as state:
            return auditing.audit(state)

    def trace(self, number: str) -> Chain:
        """A document's whole chain, from where it began to all that followed, with what each posted: `books.documents.trace`.

        A notebook shows it as a diagram as well, in which a box opens that document.
        """
        return Chain(self, number, super().trace(number))

    def retrace(self, kind: str) -> Any:
        """`trace` of the document of a kind, such as "purchase_order", with which you have come furthest; as long as there is none, a sentence says so.

        Raises KeyError for a kind that there is not.
        """
        self.refresh()
        declared = documents.KINDS[kind]
        number = documents.furthest(self.look, declared)
        return self.trace(number) if number else Sentence(NONE_YET.fill(kind=declared.title).say(self.language))

    def map(self, module: str) -> Any:
        """The widget with the map of a module's process, and where your documents are on it."""
        from .widgets import ProcessMap

        return ProcessMap(self, module)

    def term(self, name: str) -> Sentence:
        """What a concept of the field means: `lab.term("O2O")`. Refuses 'no_such_term', naming those that are close."""
        return Sentence(concept(name).said(self.language))

    def _spoken(self, table: Table) -> Table:
        """A table whose headings say what they mean, where they are terms."""
        table.means = meaning
        return super()._spoken(table)

    def terms(self) -> Table:
        """The glossary: term and its name in the other language, meaning."""
        language = self.language
        rows = [(c.term.say(language), c.term.say("en" if language == "zh" else "zh"), c.means.say(language)) for c in concepts().values()]
        return self._spoken(Table(("term", "translation", "meaning"), rows))

    def sessions(self) -> Table:
        """Who is signed in as what; of each role the first one acts."""
        self.refresh()
        return self._spoken(self.look.table("select role, actor from session order by role, n desc, actor"))


class Sentence(str):
    """A sentence to be read: a notebook shows it without quotation marks."""

    def __repr__(self) -> str:
        return str(self)


class Chain(Table):
    """What `lab.trace` gives: a table that is also a diagram where there is a notebook to draw it in."""

    def __init__(self, desk: Desk, number: str, table: Table):
        super().__init__(table.columns, table.rows)
        self.language, self.module = table.language, table.module
        self._desk, self._number = desk, number

    def face(self) -> Any:
        """The diagram as a widget (needs the extra `lab`)."""
        from .widgets import Trace

        return Trace(self._desk, self._number)

    def _ipython_display_(self) -> None:
        try:
            face = self.face()
        except ImportError:  # without the extra `lab`: as any table
            raise NotImplementedError from None
        face._ipython_display_()
