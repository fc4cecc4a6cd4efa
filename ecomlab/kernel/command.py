"""Commands and queries: declared once, as typed functions.

From the signature, annotations and docstring follow the Python API, the form, the entry in the logbook, the
refusal messages and the reference page. A query is a command without effects; it too is recorded, as evidence
of what was looked up.
"""

from __future__ import annotations

import datetime
import inspect
import types
import typing
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property
from typing import Annotated, Any

from . import packages, secrets, values
from .canonical import plain
from .refusals import UNKNOWN_COMMAND, Problem, Refusal
from .terms import term
from .texts import Text
from .values import Ask


@dataclass(frozen=True)
class Role:
    """As whom a command is done. `sign_in` names the command that opens its session; a role without one needs none."""

    name: str
    title: Text
    sign_in: str = ""


#: Anybody who comes to a public page: whoever registers, applies or browses.
VISITOR = Role("visitor", Text("访客", "visitor"))
#: The student as the user of the laboratory: moves the clock, answers questions, withdraws commands.
STUDENT = Role("student", Text("学生", "student"))

ROLES: dict[str, Role] = {r.name: r for r in (VISITOR, STUDENT)}


def role(name: str, zh: str, en: str, *, sign_in: str) -> Role:
    """Declares a role that has sessions."""
    if name in ROLES:
        raise ValueError(f"role {name!r} is declared twice")
    return ROLES.setdefault(name, Role(name, Text(zh, en), sign_in))


@dataclass(frozen=True)
class Param:
    """One field of a command. kind: money, count, day, line, prose, ref, secret, flag, upload, choice or rows."""

    name: str
    kind: str
    ask: Ask
    label: Text
    required: bool
    default: Any
    annotation: Any
    options: tuple[str, ...] = ()
    columns: tuple[Param, ...] = ()


@dataclass(frozen=True)
class Command:
    """A declared command. `name` is "module.function"; `tasks` are the codes of the tasks that it does; its fields follow from the signature of `declared`.

    final: it is not undone, as what it has told cannot be unlearned. marked: fields whose words a teacher judges, a column of rows as "rows.column".
    """

    name: str
    function: Callable[..., Any]
    role: Role
    title: Text
    tasks: tuple[str, ...]
    query: bool
    declared: Callable[..., Any]
    final: bool = False
    marked: tuple[str, ...] = ()

    @cached_property
    def params(self) -> tuple[Param, ...]:
        """The fields, read from the signature on first use: whoever grades one module needs few of all the commands that there are."""
        return _params(self.declared, self.module)

    @property
    def module(self) -> str:
        return self.name.partition(".")[0]

    @property
    def short(self) -> str:
        return self.name.partition(".")[2]

    @property
    def doc(self) -> str:
        return inspect.getdoc(self.function) or ""

    @cached_property
    def model(self) -> Any:
        """The pydantic model of the arguments, made on first use."""
        return _model(self.name, self.params)

    def digest_secrets(self, seed: str, given: dict[str, Any]) -> dict[str, Any]:
        """The arguments with every secret as its digest. Raises a Refusal for secrets that are too weak or differ.

        This is the edge: nothing behind it sees what was typed.
        """
        out = dict(given)
        problems = []
        for p in self.params:
            if p.kind != "secret" or p.name not in given:
                continue
            typed = given[p.name]
            if code := _secret_problem(p, typed, given):
                problems.append(Problem(code, p.name, values.MESSAGES[code]))
                out[p.name] = None
            elif p.ask.same_as:
                out[p.name] = out[p.ask.same_as]
            else:
                out[p.name] = secrets.digest_secret(seed, p.ask.purpose, typed)
        if problems:
            failed = {p.field for p in problems}
            repeats = {p.name for p in self.params if p.ask.same_as in failed}
            others = self._problems({k: v for k, v in out.items() if v is not None}, skip=failed | repeats)
            raise Refusal([*others, *problems])
        return out

    def parse(self, given: dict[str, Any]) -> dict[str, Any]:
        """Typed arguments from JSON or Python values, secrets already digested. Raises a Refusal naming each bad field."""
        from pydantic import ValidationError

        try:
            read = self.model(**given)
        except ValidationError as error:
            raise Refusal(self._explained(error)) from None
        typed = {p.name: getattr(read, p.name) for p in self.params}
        return {p.name: p.default if typed[p.name] is None else typed[p.name] for p in self.params}  # left empty is left out

    def record(self, arguments: dict[str, Any]) -> dict[str, Any]:
        """The arguments as the logbook keeps them: JSON values, those left at their default left out."""
        return {p.name: plain(arguments[p.name]) for p in self.params if p.required or arguments[p.name] != p.default}

    def completed(self, refused: Refusal, look: Any, given: dict[str, Any]) -> Refusal:
        """The refusal with what the rules of the other fields find wrong as well, so that whoever corrects it corrects all at once.

        What concerns no field (who has to sign in first) stands alone.
        """
        known = {p.field for p in refused.problems}
        if None in known:
            return refused
        plain = {p.name: given[p.name] for p in self.params if p.kind != "secret" and p.name in given}
        more = [problem for p in self.params if p.name not in known for problem in _broken(self.name, p.name, look, plain)]
        return Refusal([*refused.problems, *more]) if more else refused

    def _problems(self, given: dict[str, Any], skip: set[str | None]) -> list[Problem]:
        try:
            self.parse(given)
        except Refusal as refused:
            return [p for p in refused.problems if p.field not in skip]
        return []

    def _explained(self, error: Any) -> Iterable[Problem]:
        params = {p.name: p for p in self.params}
        for e in error.errors(include_url=False, include_input=False):
            name = str(e["loc"][0]) if e["loc"] else None
            param = params.get(name or "")
            if param is None and name is not None and e["type"] != "extra_forbidden":
                name = None
            cell = _cell(param, e["loc"])
            code, text = values.explain(e, cell.ask if cell else param.ask if param else None)
            yield Problem(code, name, _in_row(cell, e["loc"][1], text) if cell else text)


def _cell(param: Param | None, loc: tuple[Any, ...]) -> Param | None:
    """The column that an error in a field of rows is about: its place is (field, row, column)."""
    return next((c for c in param.columns if c.name == loc[2]), None) if param and len(loc) >= 3 else None


def _in_row(column: Param, row: int, text: Text) -> Text:
    return Text(f"第 {row + 1} 行“{column.label.zh}”：{text.zh}", f"Row {row + 1}, {column.label.en}: {text.en}")


def _secret_problem(p: Param, typed: Any, given: dict[str, Any]) -> str:
    if typed is None or typed == "":
        return "missing"
    if not isinstance(typed, str) or len(typed) > 200:
        return "secret_format"
    if p.ask.same_as:
        return "" if typed == given.get(p.ask.same_as) else "secrets_differ"
    if secrets.is_pin(p.ask.purpose):
        if not (typed.isascii() and typed.isdigit() and len(typed) == 6):
            return "pin_format"
        steps = {int(b) - int(a) for a, b in zip(typed, typed[1:], strict=False)}
        return "pin_weak" if p.ask.new and steps in ({0}, {1}, {-1}) else ""
    if p.ask.new and not (8 <= len(typed) <= 64 and any(c.isalpha() for c in typed) and any(c.isdigit() for c in typed)):
        return "password_weak"
    return ""


# --- the registry ------------------------------------------------------------------------------------------------

COMMANDS: dict[str, Command] = {}
CHOICES: dict[str, Callable[..., list[tuple[str, Text | str]]]] = {}
#: By the name of a list: the code of the task that makes what it offers, where a task does.
MADE_BY: dict[str, str] = {}


#: What a field must keep to by itself, by command and field; the command says so too, when it comes to it.
RULES_OF_FIELDS: dict[tuple[str, str], Callable[[Any, dict[str, Any], str], object]] = {}


def field_rule(check: Callable[[Any, dict[str, Any], str], object], *places: str) -> None:
    """Registers `check(look, given, field)` for fields written as "ebank.register_personal.mobile": it refuses what they cannot hold.

    The command itself must refuse the same; the rule only says it in the same round as what is wrong elsewhere. given: what was typed, no secrets.
    """
    for place in places:
        name, _, field = place.rpartition(".")
        RULES_OF_FIELDS[name, field] = check


def value_rule(check: Callable[[str, str], object], *places: str) -> None:
    """The same for a `check(value, field)` that looks at a text alone, where one was typed."""

    def rule(look: Any, given: dict[str, Any], field: str) -> None:
        value = given.get(field)
        if isinstance(value, str) and value.strip():
            check(value.strip(), field)

    field_rule(rule, *places)


def _broken(name: str, field: str, look: Any, given: dict[str, Any]) -> list[Problem]:
    check = RULES_OF_FIELDS.get((name, field))
    try:
        if check:
            check(look, given, field)
    except Refusal as no:
        return [p for p in no.problems if p.field == field]
    return []


def command(
    *tasks: str, role: Role, title: tuple[str, str], name: str = "", final: bool = False, marked: tuple[str, ...] = ()
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:  # fmt: skip
    """Declares a function as a command. `tasks`: codes of the course's tasks that it does, if any.

    name: of a command that another role gives the same function; by default the function's own. final, marked: as of `Command`.
    """
    return _declare(tasks, role, title, name, query=False, final=final, marked=marked)


def query(*tasks: str, role: Role, title: tuple[str, str], name: str = "") -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Declares a function as a query: it gives a Table, changes nothing and is recorded as evidence. name: as of `command`."""
    return _declare(tasks, role, title, name, query=True)


def _declare(
    tasks: tuple[str, ...], role: Role, title: tuple[str, str], named: str, query: bool, final: bool = False, marked: tuple[str, ...] = ()
) -> Callable[..., Any]:  # fmt: skip
    if not isinstance(role, Role):
        raise TypeError("a command names its role; VISITOR where everybody may")

    def declare(function: Callable[..., Any]) -> Callable[..., Any]:
        parts = function.__module__.split(".")
        # ecomlab.modules.email.messages -> email; ecomlab.reports.queries -> report; ecomlab.books.clock -> lab
        module = parts[2] if parts[:2] == ["ecomlab", "modules"] else "report" if parts[:2] == ["ecomlab", "reports"] else "lab"
        name = f"{module}.{named or function.__name__}"
        if name in COMMANDS:
            raise ValueError(f"command {name!r} is declared twice")
        if not inspect.getdoc(function):
            raise TypeError(f"command {name!r} has no docstring")
        COMMANDS[name] = Command(name, function, role, Text(*title), tasks, query, function, final, marked)
        return function

    return declare


def does(name: str, *tasks: str) -> None:
    """Says of a command declared before, in a package that knows no modules, that it does these tasks of the course as well."""
    COMMANDS[name] = replace(COMMANDS[name], tasks=(*COMMANDS[name].tasks, *tasks))


def choices(name: str, made_by: str = "") -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Registers a function (look: Looking, actor: str) -> [(value, label)] as what an `Ask(choose=name)` offers.

    made_by: the code of the task that makes such things, named where there are none and the tasks before this one do not tell.
    """

    def register(function: Callable[..., Any]) -> Callable[..., Any]:
        if name in CHOICES:
            raise ValueError(f"choices {name!r} are registered twice")
        if made_by:
            MADE_BY[name] = made_by
        return CHOICES.setdefault(name, function)

    return register


def find(name: str) -> Command:
    """The command of that name, whatever package has it. Raises a Refusal if there is none."""
    if name not in COMMANDS:
        packages.load()
    if name not in COMMANDS:
        raise UNKNOWN_COMMAND(name=str(name)[:80])
    return COMMANDS[name]


# --- from the signature ------------------------------------------------------------------------------------------

_KINDS = {
    values.read_money: "money",
    values.read_count: "count",
    values.read_day: "day",
    values.read_line: "line",
    values.read_prose: "prose",
    values.read_secret: "secret",
    values.read_flag: "flag",
    values.read_upload: "upload",
}


def _params(function: Callable[..., Any], module: str = "") -> tuple[Param, ...]:
    hints = typing.get_type_hints(function, include_extras=True)
    signature = inspect.signature(function)
    found = []
    for i, (name, p) in enumerate(signature.parameters.items()):
        if i == 0:
            continue  # the Doing
        found.append(_param(name, hints[name], p.default, module))
    return tuple(found)


def _param(name: str, annotation: Any, default: Any, module: str) -> Param:
    from pydantic import BeforeValidator

    required = default is inspect.Parameter.empty
    base: Any = annotation
    extras: tuple[Any, ...] = ()
    if typing.get_origin(base) in (typing.Union, types.UnionType):
        inner = [a for a in typing.get_args(base) if a is not type(None)]
        base = inner[0]
    if typing.get_origin(base) is Annotated:
        base, *extras_list = typing.get_args(base)
        extras = tuple(extras_list)
        if typing.get_origin(base) in (typing.Union, types.UnionType):
            inner = next(a for a in typing.get_args(base) if a is not type(None))
            if typing.get_origin(inner) is Annotated:
                base, *more = typing.get_args(inner)
                extras = (*more, *extras)
            else:
                base = inner
    asks = [e for e in extras if isinstance(e, Ask)]
    ask = asks[-1] if asks else Ask()
    options: tuple[str, ...] = ()
    columns: tuple[Param, ...] = ()
    kind = next((_KINDS[e.func] for e in extras if isinstance(e, BeforeValidator) and e.func in _KINDS), "")
    if kind == "line" and (ask.choose or any(getattr(e, "max_length", None) == 120 for e in extras)):
        kind = "ref"
    if typing.get_origin(base) is typing.Literal:
        kind, options = "choice", tuple(typing.get_args(base))
        if not ask.labels:
            ask = replace(ask, labels={o: term(o, module) for o in options})
    if typing.get_origin(base) is list:
        kind, row = "rows", typing.get_args(base)[0]
        row_hints = typing.get_type_hints(row, include_extras=True)
        columns = tuple(_param(n, h, inspect.Parameter.empty, module) for n, h in row_hints.items())
    if not kind:
        raise TypeError(f"field {name!r}: {annotation!r} is none of the kinds of values.py")
    label = ask.label() or term(name, module)
    return Param(name, kind, ask, label, required, None if required else default, annotation, options, columns)


def _bounded(p: Param) -> Any:
    """The pydantic type of a field: its kind plus the bounds of its Ask."""
    from pydantic import AfterValidator

    base: Any = {
        "money": values.Money,
        "count": values.Count,
        "day": values.Day,
        "line": values.Line,
        "prose": values.Prose,
        "ref": values.Ref,
        "secret": values.Secret,
        "flag": values.Flag,
        "upload": values.Upload,
    }.get(p.kind)
    if p.kind == "choice":
        base = typing.Literal[p.options]
    if p.kind == "rows":
        base = list[_model("row", p.columns)]  # type: ignore[misc]

    readers: dict[str, Callable[[str], Any]] = {"money": Decimal, "count": int, "day": datetime.date.fromisoformat}

    def check(value: Any) -> Any:
        if isinstance(value, str):
            if p.kind in ("line", "prose", "ref") and not value and p.required:
                raise values._no("text_empty")
            if p.kind in ("line", "prose") and len(value) > p.ask.max:
                raise values._no("text_long", max_length=p.ask.max)
            if p.kind == "upload" and len(value) * 3 // 4 - value[-2:].count("=") > p.ask.max:
                raise values._no("upload_large", max_length=p.ask.max)
        read = readers.get(p.kind)
        if read and p.ask.ge is not None and value < read(p.ask.ge):
            raise values._no("too_small", bound=p.ask.ge)
        if read and p.ask.le is not None and value > read(p.ask.le):
            raise values._no("too_large", bound=p.ask.le)
        if p.kind == "rows" and not int(p.required) <= len(value) <= 200:
            raise values._no("list_format")
        return [row.model_dump() for row in value] if p.kind == "rows" else value

    return Annotated[base, AfterValidator(check)]


def _model(name: str, params: tuple[Param, ...]) -> Any:
    from pydantic import ConfigDict, create_model

    fields: dict[str, Any] = {}
    for p in params:
        typed = _bounded(p)
        fields[p.name] = (typed, ...) if p.required else (typed | None, p.default)
    return create_model(name.replace(".", "_"), __config__=ConfigDict(extra="forbid"), **fields)
