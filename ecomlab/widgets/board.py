"""The face of a dashboard: filters, key figures, charts whose marks lead to documents, a table, two files to take away."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from ..books import documents
from ..dashboards.declared import DASHBOARDS
from ..dashboards.drawing import WIDTHS, picture, rows, whole
from ..dashboards.page import Declaration, Empty, Filter, Page, Panel, Where
from ..desk import Desk
from ..glossary import meaning
from ..kernel import csvfile
from ..kernel.refusals import Problem, Refusal, refusal
from ..kernel.scenario import not_in_this_world
from ..kernel.table import Table, show
from ..kernel.texts import LANGUAGES, Language, Text
from ..kernel.values import MESSAGES, read_day
from .face import Face, static
from .links import link
from .tracing import svg

#: Rows of a table that the browser gets; the CSV has them all.
MOST_ROWS = 300
PERIOD_REVERSED = refusal(
    "dashboard_period",
    "结束日期早于开始日期 {first}。请选择同一天或之后的日期。",
    "The last day is before the first day, {first}. Choose that day or a later one.",
)
NOT_AN_OPTION = refusal("not_an_option", "没有这一选项了，请重新选择。", "This choice is no longer available. Choose again.")
NO_SUCH_DASHBOARD = refusal("no_such_dashboard", "没有名为“{name}”的看板。请选择：{known}。", "There is no dashboard {name}. Choose one of: {known}.")
LANGUAGE_NAMES = {"zh": "中文", "en": "English"}


def dashboard(desk: Desk, name: str) -> Board:
    """The widget of a dashboard. Refuses 'no_such_dashboard' and 'not_in_this_world'."""
    if name not in DASHBOARDS:
        raise NO_SUCH_DASHBOARD("name", name=str(name)[:40], known=", ".join(sorted(DASHBOARDS)))
    declared, scenario = DASHBOARDS[name], desk.look.scenario
    if not scenario.has(declared.needs):
        raise not_in_this_world(declared.needs, scenario.name)
    return Board(desk, declared)


class Board(Face):
    """One dashboard at a desk. It follows the world, the language and the filters, and is drawn only when it is seen."""

    _esm = static("faces.js", "fields.js", "trace.js", "dashboard.js")
    _css = static("faces.css", "trace.css", "dashboard.css")

    def __init__(self, desk: Desk, declaration: Declaration):
        self.declaration = declaration
        #: what was typed or chosen in each filter; a filter that is not here has its default, which moves with the world
        self._typed: dict[str, str] = {}
        self._good: dict[str, str] = {}
        self._problems: dict[str, Text] = {}
        #: the mark whose documents are shown (panel, key), and the document whose chain is
        self._drilled: tuple[str, str] | None = None
        self._traced: str | None = None
        self._answered: dict[str, Any] = {}
        super().__init__(desk)

    def caption(self) -> Text:
        return self.declaration.title

    # --- what is to be seen ---

    def draw(self) -> dict[str, Any]:
        desk, language = self.desk, self.desk.language
        desk.refresh()
        page = self.page()
        panels = [p for line in rows(page.panels) for p in line]
        panel, drilled = self._behind(panels)
        return {
            "face": "dashboard",
            "language": language,
            "other": next({"code": code, "name": LANGUAGE_NAMES[code]} for code in LANGUAGES if code != language),
            "name": self.declaration.name,
            "title": self.declaration.title.say(language),
            "question": self.declaration.question.say(language),
            "filters": [f for f in map(self._filter, self.declaration.filters) if f["kind"] == "day" or f["options"]],
            "figures": [
                {
                    "label": f.label.say(language),
                    "means": meaning(f.label, language),
                    "value": self._said(f.value),
                    "note": self._said(f.note),
                    "tone": f.tone,
                }
                for f in page.figures
            ],
            "panels": [self._panel(p) for p in panels],
            "drill": drilled and {"title": self._drill_title(panel), "sheet": self._sheet(drilled)},
            "trace": self._trace(),
            "heading": page.heading.say(language),
            "sheet": self._sheet(page.table) if page.table is not None else None,
            "empty": page.empty and self._empty(page.empty),
            "answered": self._answered,
            "words": self.words(
                "waiting", "silent", "pick_day", "other_language", "download_csv", "download_png", "close", "behind", "trace_of", "more_rows", "no_rows",
                "click_bars", "marks_of", "larger", "smaller", "meaning",
            ),
        }  # fmt: skip

    def _empty(self, empty: Empty) -> dict[str, Any]:
        ways = [code for code in empty.tasks if code in self.desk.codes]
        return {"why": empty.why.say(self.desk.language), "todo": empty.todo.say(self.desk.language), "tasks": [link(self.desk, code) for code in ways]}

    def where(self) -> Where:
        """What is chosen now."""
        return self.declaration.where(self.desk.look, self._good)

    def page(self) -> Page:
        """The page for what is chosen, as data."""
        return self.declaration.page(self.desk.look, self.where())

    def _said(self, value: Text | str) -> str:
        return value if isinstance(value, str) else value.say(self.desk.language)

    def _filter(self, f: Filter) -> dict[str, Any]:
        look, language = self.desk.look, self.desk.language
        options = [["", f.everything.say(language)]] if f.everything and f.kind == "choice" else []
        if f.kind == "choice":
            options += [[value, label.say(language)] for value, label in f.options(look)]
        return {
            "name": f.name,
            "kind": f.kind,
            "label": f.label.say(language),
            "means": meaning(f.label, language),
            "value": self._typed.get(f.name) or f.default(look),
            "options": options,
            "problem": self._problems[f.name].say(language) if f.name in self._problems else "",
        }

    def _panel(self, panel: Panel) -> dict[str, Any]:
        language = self.desk.language
        width, columns = WIDTHS[panel.size]
        drawn = picture(panel.plot, language, width, panel.height)
        return {
            "name": panel.name,
            "title": panel.title.say(language),
            "subtitle": panel.subtitle.say(language),
            "columns": columns,
            "svg": drawn.svg,
            "width": width,
            "height": panel.height,
            "alt": panel.plot.alt(language),
            "terms": self._terms(panel),
            "marks": [place._asdict() for place in drawn.places] if panel.behind else [],
        }

    def _terms(self, panel: Panel) -> list[dict[str, str]]:
        """The terms that a chart names, each once, with what they mean."""
        language = self.desk.language
        found = {means: name.say(language) for name in panel.plot.names() if (means := meaning(name, language))}
        return [{"label": label, "means": means} for means, label in found.items()]

    def _behind(self, panels: list[Panel]) -> tuple[Panel | None, Table | None]:
        """The documents behind the mark that was chosen; none once the mark is gone."""
        if self._drilled:
            name, key = self._drilled
            panel = next((p for p in panels if p.name == name), None)
            if panel and panel.behind and any(s.key == key for s in self._places(panel)):
                return panel, panel.behind(key)
            self._drilled = None
        return None, None

    def _places(self, panel: Panel) -> Any:
        return picture(panel.plot, self.desk.language, WIDTHS[panel.size][0], panel.height).places

    def _drill_title(self, panel: Panel | None) -> str:
        assert panel and self._drilled
        return next(str(s.label) for s in self._places(panel) if s.key == self._drilled[1])

    def _sheet(self, table: Table) -> dict[str, Any]:
        """A table for the browser: headings, cells in words, which columns hold numbers, which cells are documents."""
        language = self.desk.language
        table = self._in_words(table)
        number = [any(_is_number(r[i]) for r in table) for i in range(len(table.columns))]
        number_of = table.columns.index("document") if "document" in table.columns else -1
        return {
            "heads": table.headings(language),
            "means": [meaning(name, language) for name in table.names()],
            "number": number,
            "document": number_of,
            "rows": [[cell(v, language, module) for v in r] for r, module in zip(table.rows[:MOST_ROWS], table.modules(), strict=False)],
            "all": len(table),
        }

    def _in_words(self, table: Table) -> Table:
        """A table in the words of the module that the dashboard is about, unless it has others."""
        table.module = table.module or self.declaration.needs
        return table

    def _trace(self) -> dict[str, Any] | None:
        if self._traced is None:
            return None
        look, language = self.desk.look, self.desk.language
        try:
            table = documents.trace(look, self._traced)
        except Refusal:
            self._traced = None  # undone meanwhile
            return None
        columns = ("kind", "state", "day", "ledger_entries", "amount")
        kept = Table(("document", *columns), [(r.number, *(getattr(r, c) for c in columns)) for r in table])
        kept.module = table.module
        return {"number": self._traced, "diagram": svg(table, self._traced, language, live=True), "sheet": self._sheet(kept)}

    # --- what the student does ---

    def actions(self) -> dict[str, Callable[[dict[str, Any]], None]]:
        return {
            "filter": self._on_filter, "drill": self._on_drill, "trace": self._on_trace, "close": self._on_close, "language": self._on_language,
            "csv": self._on_csv, "png": self._on_png,
        }  # fmt: skip

    def _on_filter(self, message: dict[str, Any]) -> None:
        given = message.get("values")
        typed = {f.name: str(given.get(f.name, "")).strip() for f in self.declaration.filters} if isinstance(given, dict) else {}
        look = self.desk.look
        # what is as it would be by itself goes on following the world
        self._typed = {f.name: typed[f.name] for f in self.declaration.filters if typed.get(f.name, "") not in ("", f.default(look))}
        try:
            self._good, self._problems = self._read(self._typed), {}
        except Refusal as refused:
            self._problems = {str(p.field): p.text for p in refused.problems}
        self._answer(message, next((f"filter.{f.name}" for f in self.declaration.filters if f.name in self._problems), ""))

    def _read(self, typed: dict[str, str]) -> dict[str, str]:
        """What was typed, days in ISO form. Raises a Refusal with a problem for each filter that cannot be taken so."""
        look = self.desk.look
        good, problems = {}, []
        for f in self.declaration.filters:
            value = typed.get(f.name)
            if value is None:
                continue
            if f.kind == "day":
                try:
                    good[f.name] = read_day(value).isoformat()
                except ValueError:
                    problems.append(Problem("day_format", f.name, MESSAGES["day_format"]))
            elif value in [v for v, _ in f.options(look)]:
                good[f.name] = value
            else:
                problems += NOT_AN_OPTION(f.name).problems
        days = {f.name: good.get(f.name) or f.default(look) for f in self.declaration.filters if f.kind == "day"}
        if not problems and days.keys() >= {"from_day", "to_day"} and days["from_day"] > days["to_day"]:
            problems += PERIOD_REVERSED("to_day", first=days["from_day"]).problems
        if problems:
            raise Refusal(problems)
        return good

    def _on_drill(self, message: dict[str, Any]) -> None:
        self._drilled, self._traced = (str(message.get("panel")), str(message.get("key"))), None
        self._answer(message, "drill")

    def _on_trace(self, message: dict[str, Any]) -> None:
        self._traced = str(message.get("number"))[:120]
        self._answer(message, "trace")

    def _on_close(self, message: dict[str, Any]) -> None:
        if message.get("what") == "trace":
            self._traced = None
        else:
            self._drilled = self._traced = None
        self._answer(message, str(message.get("back", "")))

    def _on_language(self, message: dict[str, Any]) -> None:
        if message.get("language") in LANGUAGES:
            self._held = True
            try:
                self.desk.language = message["language"]
            finally:
                self._held = False
            self._answer(message, "language")

    def _answer(self, message: dict[str, Any], focus: str) -> None:
        """Draws, telling the view that asked that this is its answer and what to look at."""
        self._answered = {"id": message.get("id"), "focus": focus}
        self._draw_now()

    def _on_csv(self, message: dict[str, Any]) -> None:
        self._hand_over(message, "csv", "text/csv", self.csv().encode("utf-8-sig"))

    def _on_png(self, message: dict[str, Any]) -> None:
        self._hand_over(message, "png", "image/png", self.png())

    def _hand_over(self, message: dict[str, Any], ending: str, kind: str, content: bytes) -> None:
        where = self.where()
        days = [getattr(where, f.name).isoformat() for f in self.declaration.filters if f.kind == "day"]
        name = "_".join([self.declaration.name, *(days or [self.desk.look.day.isoformat()])])
        self.send({"file": f"{name}.{ending}", "type": kind, "view": message.get("view")}, buffers=[content])

    def csv(self) -> str:
        """The table below the charts as CSV (RFC 4180), headings and words in the desk's language, numbers and days bare."""
        language = self.desk.language
        table = self.page().table
        if table is None:
            return ""
        rows = zip(self._in_words(table), table.modules(), strict=False)
        return csvfile.csv(table.headings(language), ([v if csvfile.is_bare(v) else cell(v, language, module) for v in row] for row, module in rows))

    def png(self) -> bytes:
        """The page as one picture."""
        where, language = self.where(), self.desk.language
        chosen = []
        for f in self.declaration.filters:
            value = getattr(where, f.name)
            labels = {v: t.say(language) for v, t in f.options(self.desk.look)} if f.kind == "choice" else {}
            if value:
                chosen.append(f"{f.label.say(language)} {labels.get(value, value)}")
        return whole(self.page(), self.declaration.title.say(language), "   ".join(chosen), language)


def cell(value: Any, language: Language, module: str = "") -> str:
    """A cell in the words of a module."""
    if isinstance(value, int) and not isinstance(value, bool):
        return f"{value:,}"
    return value.say(language) if isinstance(value, Text) else show(value, language, module)


def _is_number(value: Any) -> bool:
    return (isinstance(value, (int, Decimal)) and not isinstance(value, bool)) or (isinstance(value, str) and value.endswith("%"))
