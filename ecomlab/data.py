"""Data to be explored: `ecomlab.data.open(source)` gives reports, dashboards, SQL and the audit on a set of trades, as a lab gives them on a world.

A set is a folder of Parquet files named as the tables of a world, or a DuckDB file with such tables: what `ecomlab simulate` and `ecomlab replay` make,
or anybody else. Nothing is recorded, and nothing there is ever written.
"""

from __future__ import annotations

import datetime
import functools
import os
from pathlib import Path
from typing import Any, cast

from filelock import FileLock

from . import modules, reports
from .books.dataset import DataSet
from .dashboards.style import plain_plots
from .desk import Spoken
from .kernel import audit as auditing
from .kernel import dictionary, keys, sql
from .kernel.foreign import from_json
from .kernel.table import Table
from .kernel.texts import Language
from .market.practice import SEED, make, truth_of
from .market.questions import QUESTIONS, Verdict, large_enough, verdict
from .market.simulate import MANIFEST
from .market.versions import readable
from .modules.study import own
from .reports.prepared import for_reports

modules.load()


def open(source: str | Path) -> Data:
    """The data set of a folder or a DuckDB file. Refuses 'no_data_there', 'not_a_table', 'unreadable_data', 'other_version'."""
    return Data(Path(source))


def practice(name: str = "market", folder: str | Path = ".", seed: str = SEED, language: Language | None = None) -> Data:
    """A market to practise on, with the truth beside it; made below `folder` in some seconds if it is not there.

    name: "year" (a shop's year, 10,000 orders), "market" (100,000, for which the questions are meant) or "million". seed: another one, such as
    a student's number, gives another market with other answers. Refuses 'no_practice_set'.
    """
    place = make(name, Path(folder), seed)
    if not (place / dictionary.PACKAGE).exists():
        describe(place)
    opened = open(place)
    if language:
        opened.speak(language)
    return opened


def own_market(lab: Any, folder: str | Path | None = None) -> Data:
    """The market of a student's assignment: `market = ecomlab.own_market(lab)`. Where the course's key is, and in a demonstration, it is made if need be.

    folder: that of the class's markets; without it `ECOMLAB_MARKETS`, else `markets` beside the assignment's folder. Refuses 'no_own_market', and
    'others_market' for one that was made for somebody else or another course.
    """
    student, seed = lab.student, keys.withheld(lab.world.header, own.NAME)
    markets = Path(folder or os.environ.get(own.MARKETS) or Path("..") / "markets")
    opened = open(make_own(markets, student, seed) if seed else own.check(own.place(markets, student), student))
    opened.speak(lab.language)
    opened.asked = tuple(own.ASKED.values())
    return opened


def make_own(markets: Path, student: str, seed: str) -> Path:
    """The market of a student's assignment in the folder of the class, of the seed that whoever has the course's key knows; made if it is not there.

    Refuses 'student_no_folder', and 'others_market' for what was made for another course.
    """
    place = own.place(markets, student)
    markets.mkdir(parents=True, exist_ok=True)
    with FileLock(markets / f".{student}.lock"):  # two notebooks may want it at a time
        own.make(place, student, seed)
        if not (place / dictionary.PACKAGE).exists():
            describe(place)
    return place


def look_at(source: Path) -> DataSet:
    """The same as bare tables, for who asks only one thing of them."""
    readable(source)
    return DataSet.of(source, dictionary.of("market"))


def describe(folder: Path) -> None:
    """Writes into a folder of Parquet files what others need to read it without us: `datapackage.json` and `views.sql`."""
    look = look_at(folder)
    try:
        files = sorted([*folder.glob("*.parquet"), *folder.glob("*/*.parquet")])
        paths: dict[str, list[str]] = {}
        for file in files:
            paths.setdefault(file.stem if file.parent == folder else file.parent.name, []).append(file.relative_to(folder).as_posix())
        dictionary.write(look, folder, paths)
    finally:
        look.close()


class Data(Spoken):
    """A data set as an analyst uses it: `data.report.profit(by="month")`, `data.sql("select ...")`, `data.dashboard("profit")`, `data.audit()`.

    `start` and `day` are the first day of its books and the last, which is its today. Without `owner` a report adds up the books of all.
    """

    def __init__(self, folder: Path):
        super().__init__()
        #: where it lies; of a DuckDB file the file itself
        self.folder = folder
        #: what it is read through: `look.all("select ...")` and what else a world answers
        self.look = look_at(folder)
        #: names of the questions that are asked of it
        self.asked: tuple[str, ...] = tuple(QUESTIONS)

    def __repr__(self) -> str:
        return f"<ecomlab data {self.folder.name}, {self.start} to {self.day}>"

    @property
    def start(self) -> datetime.date:
        return self.look.start

    @property
    def day(self) -> datetime.date:
        return self.look.day

    @functools.cached_property
    def about(self) -> dict[str, Any]:
        """What `ecomlab simulate` says of the set that it made: orders, days, shops, files with their digests; empty for another's."""
        path = self.folder / MANIFEST
        return dict(from_json(path.read_text("utf-8"))) if path.exists() else {}

    # --- looking ---

    @functools.cached_property
    def report(self) -> Frames:
        """The reports as DataFrames: `data.report.receivables(owner="MB-0003")`; `data.report.sql("profit")` is what makes one."""
        return Frames(self.look)

    def sql(self, query: str, **parameters: Any) -> Any:
        """The rows of one SELECT as a DuckDB relation: `.df()`, `.fetchall()`, `.show()`, ... It only reads. Refuses what is wrong, naming the place.

        parameters: values of `$name` in it. `business_day()` is the last day of the set.
        """
        return sql.ask(self.look, query, self.day, parameters, self.language)

    def tables(self, *packages: str) -> Table:
        """Every table that has rows, and what it holds: table, rows, holds, package. packages: of these only, such as "books", "b2c"."""
        return dictionary.tables(self.look, self.language, packages or None)

    def columns(self, table: str) -> Table:
        """The columns of a table, and to which table's key each leads: column, type, called, key, joins. Refuses 'no_such_table'."""
        return dictionary.columns(self.look, table, self.language)

    def questions(self, theme: str | None = None) -> Table:
        """What may be asked of a simulated market: question (its name), asks, unit, trap. Docs: docs/market.md. Needs the extra `analytics`.

        theme: only those about "customers", "price", "promotion", "stock", "delivery", "receivables" or "marketing".
        Refuses 'market_too_small'.
        """
        large_enough(self)
        asked = [q for q in map(QUESTIONS.__getitem__, self.asked) if theme in (None, q.theme)]
        rows = [(q.name, q.asks(self).say(self.language), q.unit.say(self.language), q.trap.say(self.language)) for q in asked]
        made = Table(("question", "asks", "unit", "trap"), rows)
        made.language, made.module, made.as_is = self.language, "market", made.columns
        return made

    def answer(self, question: str, answer: float, truth: str | Path | None = None) -> Verdict:
        """ "right", "near" or "off", by the truth that was written apart from the data (`ecomlab simulate --truth`); it never tells the truth.

        truth: its folder; without it the one beside the data, as practice sets have it. Refuses an unknown question, a folder without a truth, the
        truth of another market, and a market of too few orders.
        """
        return verdict(self, question, answer, Path(truth) if truth else truth_of(self.folder))

    def style(self) -> None:
        """From here on the plots of this notebook look like the dashboards' and write Chinese, whatever fonts the machine has (needs the extra `lab`)."""
        plain_plots()

    def audit(self) -> list[auditing.Verdict]:
        """Every invariant of the books, and of each module that has tables here, by name, with what breaks it."""
        return self.look.audit()

    def dashboard(self, name: str) -> Any:
        """The widget of a dashboard (needs the extra `lab`). Refuses 'no_such_dashboard', which names them."""
        from .widgets import dashboard

        return dashboard(cast(Any, self), name)  # as far as a dashboard needs a desk, this is one


class Frames:
    """The reports of a data set: each a method with its conditions, which gives a DataFrame. The first on a large set prepares tables for all."""

    def __init__(self, look: DataSet):
        self._look = look

    @functools.cached_property
    def _connection(self) -> Any:
        return for_reports(self._look.connection)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_") or name not in (known := [*reports.REPORTS, *reports.OF_MODULES]):
            raise AttributeError(f"there is no report {name}; there are: {', '.join(known)}")

        def made(**conditions: Any) -> Any:
            self._look.needs(reports.report(name).sql, reports.report(name).module)
            return reports.frame(self._connection, name, **conditions)

        made.__name__, made.__doc__ = name, reports.report(name).sql.partition("\n\n")[0].replace("-- ", "")
        return made

    def __dir__(self) -> list[str]:
        return sorted([*reports.REPORTS, *reports.OF_MODULES, "sql", "columns"])

    def sql(self, name: str) -> str:
        """The SQL of a report, with its comments. Refuses 'unknown_report'."""
        return reports.report(name).sql

    def columns(self, name: str, by: str | None = None) -> dict[str, str]:
        """The columns of a report, summed up `by` that, and what each holds. Refuses 'unknown_report'."""
        return reports.report(name).named(by)
