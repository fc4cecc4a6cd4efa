"""`ecomlab new`: lays the stubs of a new task, report or module where they belong in a checkout.

A stub is a file in `stubs/` with `$name` places. What is laid is found and loads; "待写" and "To be written" stand wherever somebody
has to write, and a test fails on them. docs/modules.md follows one new task from here to green tests.
"""

from __future__ import annotations

import inspect
import keyword
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from string import Template

from .. import modules, reports
from ..course import folder
from ..kernel.command import COMMANDS
from ..kernel.packages import together
from ..kernel.refusals import refusal
from ..kernel.tasks import letters, tasks
from ..kernel.texts import Text

modules.load()

NO_CHECKOUT = refusal(
    "no_checkout",
    "ecomlab 不是从源码目录运行的，没有地方可以添加。请在源码目录里运行 `ecomlab new`。",
    "This ecomlab does not run from a checkout, so there is no place for anything new. Run `ecomlab new` in a checkout.",
)
EXISTS_ALREADY = refusal("exists_already", "已经有“{name}”了。请换一个。", "{name} exists already. Choose another.")
BAD_CODE = refusal(
    "bad_code",
    "“{code}”不是任务编号。请写模块名（大写）和三位数字，例如 EBANK020。已有的模块：{known}。",
    "{code} is not the code of a task. Write a module's name in capitals and three digits, such as EBANK020. Modules: {known}.",
)
NOT_AN_IDENTIFIER = refusal(
    "not_an_identifier",
    "“{name}”不能作名称。请以小写字母开头，只用小写字母和数字；操作和报表的名称还可以用下划线。",
    "{name} cannot be a name. Begin with a small letter; use small letters and digits, and in the names of commands and reports underscores.",
)
NOT_LIKE = refusal(
    "not_like",
    "“{like}”不是模块“{module}”自己写的操作。请用 --like 指出一个，例如 {example}。",
    "{like} is not a command written in the module {module}. Name one with --like, such as {example}.",
)

NOT_BESIDE = refusal(
    "not_beside",
    "还没有说明新任务由哪个操作完成、写在哪个操作旁边。请补上，例如 --name large_transactions --like ebank.statement。",
    "It is not given which command does the new task and beside which command it is written. Add both, such as --name large_transactions --like "
    "ebank.statement.",
)

_TASK_LEFT = Text(
    "请在前五个文件里写好标着“待写”的内容，然后运行 make course 和 make test。"
    "1.0.0 版发布以后，先用 ecomlab course supersede 保留这些场景（见 docs/modules.md）。",
    "Write what is marked “To be written” in the first five files, then run make course and make test. "
    "After release 1.0.0, keep the scenarios first with ecomlab course supersede (docs/modules.md).",
)
_REPORT_LEFT = Text(
    "请写好 SQL、列及其单位、标题，以及标着“待写”的其他内容；新的列名要写进 terms.toml。",
    "Write the SQL, the columns with their units, the title, and what else is marked “To be written”; a new column needs a term in terms.toml.",
)
_MODULE_LEFT = Text(
    "请写好标着“待写”的内容，然后运行 make course，并录制它的标准日志（见 CONTRIBUTING.md）。",
    "Write what is marked “To be written”, then run make course and record its golden logbook (CONTRIBUTING.md).",
)

#: The files of a module, as stubs; `.txt` keeps tools from reading Python that has places in it.
_MODULE = ("__init__.py.txt", "package.toml", "schema.sql", "terms.toml", "tables.toml", "tasks.toml", "commands.py.txt", "checks.py.txt", "playbook.py.txt")


@dataclass(frozen=True)
class Place:
    """Where something was laid: the file, and the line where it begins."""

    file: Path
    line: int


@dataclass(frozen=True)
class Laid:
    """What was laid where, and what is left to be done by hand."""

    places: list[Place]
    left: Text


def lay(what: str, called: str, name: str | None = None, like: str | None = None) -> tuple[Path, Laid]:
    """Lays what the command line asks for; gives the checkout with it. what: task, report or module. Refuses also 'no_checkout' and 'not_beside'."""
    root = folder.checkout()
    if root is None:
        raise NO_CHECKOUT()
    if what != "task":
        return root, (report if what == "report" else module)(root, called)
    if not (name and like):
        raise NOT_BESIDE("like" if name else "name")
    return root, task(root, called, name, like)


def task(root: Path, code: str, name: str, like: str) -> Laid:
    """A task `code`, done by a new command `name` that stands beside the command `like`, such as ebank.statement, with its role and kind.

    Lays texts, command, check, play and test, and lists the task in the scenarios that count the module's tasks. Refuses 'bad_code',
    'not_an_identifier', 'exists_already' and 'not_like'.
    """
    match = re.fullmatch(r"([A-Z][A-Z0-9]*)(\d{3})", code)
    module = next((m for m in modules.NAMES if match and match[1] == letters(m)), "")
    if not module:
        raise BAD_CODE("name", code=code[:40], known=", ".join(modules.NAMES))
    _free("name", code, tasks())
    _named(name)
    _free("command", f"{module}.{name}", COMMANDS)
    source, role = _model(module, like)
    _free("command", name, COMMANDS[like].function.__globals__)
    kind, gives, seen = ("query", "Table", "looked_up") if COMMANDS[like].query else ("command", "str", "did")
    values = {"code": code, "module": module, "name": name, "role": role, "kind": kind, "gives": gives, "seen": seen}
    package = root / "ecomlab" / "modules" / module
    laid = [
        _append(package / "tasks.toml", "task.toml", values),
        _append(root / source, "command.py.txt", values),
        _append(package / "checks.py", "check.py.txt", values),
        _append(package / "playbook.py", "play.py.txt", values),
        _append(root / "tests" / f"test_{module}.py", "test.py.txt", values),
    ]
    return Laid([*laid, *_list(root, module, code)], _TASK_LEFT)


def report(root: Path, name: str) -> Laid:
    """A report `name`: its SQL file, its declaration and its query. Refuses 'not_an_identifier' and 'exists_already'."""
    _named(name)
    _free("name", name, (*reports.REPORTS, *vars(reports.queries)))
    package, values = root / "ecomlab" / "reports", {"name": name}
    laid = [
        _write(package / "sql" / f"{name}.sql", "report.sql", values),
        _insert(package / "frames.py", r"\n(?=    \)\n\}  # fmt: skip\n)", _stub("report.py.txt", values)),
        _append(package / "queries.py", "query.py.txt", values),
    ]
    return Laid(laid, _REPORT_LEFT)


def module(root: Path, name: str) -> Laid:
    """A module `name`, last in the order of modules, with one task and a scenario of its own. Refuses 'not_an_identifier' and 'exists_already'."""
    _named(name, r"[a-z][a-z0-9]*")
    _free("name", name, together((*modules.NAMES, *modules.BESIDE)))
    values = {"name": name, "upper": name.upper()}
    package = root / "ecomlab" / "modules"
    laid = [
        *(_write(package / name / stub.removesuffix(".txt"), f"module/{stub}", values) for stub in _MODULE),
        _insert(package / "__init__.py", r"\"(?=\)\n#: Those whose)", f', "{name}"'),
        _write(root / "data" / "scenarios" / f"{name}.toml", "module/scenario.toml", values),
        _append(root / "ecomlab" / "course" / "stories.toml", "module/story.toml", values),
        _write(root / "tests" / f"test_{name}.py", "module/test.py.txt", values),
    ]
    return Laid(laid, _MODULE_LEFT)


# --- what may be laid --------------------------------------------------------------------------------------------------------


def _named(name: str, pattern: str = r"[a-z][a-z0-9_]*") -> None:
    if not re.fullmatch(pattern, name) or keyword.iskeyword(name):
        raise NOT_AN_IDENTIFIER("name", name=name[:40])


def _free(field: str, name: str, taken: Iterable[str]) -> None:
    if name in taken:
        raise EXISTS_ALREADY(field, name=name)


def _model(module: str, like: str) -> tuple[Path, str]:
    """The file in which a command of the module is written, below the checkout, and its role as the file writes it; a family's commands stand in none."""
    own = {c.name: c.function for c in COMMANDS.values() if c.function.__module__.startswith(f"ecomlab.modules.{module}.")}
    written = {name: role[1] for name, function in own.items() if (role := _role(name.partition(".")[2], inspect.getsource(function)))}
    if like not in written:
        raise NOT_LIKE("like", like=like[:40], module=module, example=next(iter(written)))
    return Path(*own[like].__module__.split(".")).with_suffix(".py"), written[like]


def _role(name: str, source: str) -> re.Match[str] | None:
    """The role as the source writes it: of the command of this name, where the function is several."""
    return re.search(rf'role=([\w.]+).*name="{name}"', source) or re.search(r"role=([\w.]+)", source)


# --- laying ------------------------------------------------------------------------------------------------------------------


def _stub(stub: str, values: Mapping[str, str]) -> str:
    return Template((files(__package__) / "stubs" / stub).read_text("utf-8")).substitute(values)


def _write(file: Path, stub: str, values: Mapping[str, str]) -> Place:
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("x", encoding="utf-8", newline="\n") as f:
        f.write(_stub(stub, values))
    return Place(file, 1)


def _append(file: Path, stub: str, values: Mapping[str, str]) -> Place:
    return _insert(file, r"\n\Z", _stub(stub, values))


def _insert(file: Path, after: str, text: str) -> Place:
    """Inserts a text after the one place in a file that a pattern finds. Raises ValueError if there is not just one."""
    whole = file.read_text("utf-8")
    found = list(re.finditer(after, whole))
    if len(found) != 1:
        raise ValueError(f"{file} has {len(found)} places {after!r}")
    at = found[0].end()
    file.write_text(whole[:at] + text + whole[at:], "utf-8", newline="\n")
    blank = len(text) - len(text.lstrip("\n"))
    return Place(file, whole.count("\n", 0, at) + blank + 1)


def _list(root: Path, module: str, code: str) -> list[Place]:
    """Lists a task after the last of its module's in every scenario that counts them."""
    last = rf'\ntasks = \[[^\]]*"{letters(module)}\d{{3}}",'
    scenarios = sorted((root / "data" / "scenarios").glob("*.toml"))
    return [_insert(file, last, f'\n    "{code}",') for file in scenarios if re.search(last, file.read_text("utf-8"))]
