"""Records that a member keeps: created, changed, deleted while nothing uses them. One pattern for every family of them.

A family's fields are the annotated attributes of a class, declared just as a command declares its own:

    class text_ad:
        title: Annotated[Line, Ask(max=40)]
        link: Annotated[Line, Ask(max=300)]

    TEXT_ADS = family(text_ad, "NT", ("文字广告", "text advertisement"), plural="text_ads", role=MARKETER, tasks=("NETSELL009", ...))

From it follow, through the ordinary `@command`, `@query` and `@choices`, `create_text_ad(title, link)`,
`change_text_ad(text_ad, title=None, link=None)` where a field left empty stays as it is, `delete_text_ad(text_ad)`, the
list `text_ads()` and the choices "netsell.text_ads". The rows lie in the table `<module>_<family>`: number, member, the
columns. The class may also say, as static methods, what is done with its values:

    ready(do, values, old)     checks and completes the values before anything is written; gives a dict for the table
    kept(do, number, values)   what else to write, once the row is there; `values` are those given

and, as `columns`, what the table keeps if that is not the fields. A record is a document with a history (created,
revised, deleted), whose row stays when it is deleted, or a plain row, which goes.
"""

from __future__ import annotations

import inspect
import typing
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any

from ..kernel.command import COMMANDS, Role, choices, command, query
from ..kernel.doing import Doing, Looking
from ..kernel.refusals import refusal
from ..kernel.table import Table
from ..kernel.texts import Text
from ..kernel.values import Ask, Ref
from . import documents

NOTHING_CHANGED = refusal("nothing_changed", "没有填写任何要修改的内容。请至少修改一项。", "Nothing is entered. Enter at least one field to change.")
NOT_KEPT = refusal("not_kept", "你没有编号为“{number}”的{kind}。请从列表中选择。", "You have no {kind} {number}. Choose one from the list.")
KEPT_TWICE = refusal(
    "kept_twice",
    "{kind}“{value}”已经在册（{number}）。请改用已有的一条，或填写不同的内容。",
    "There is a {kind} {value} already ({number}). Use that one, or enter another.",
)
IN_USE = refusal(
    "in_use",
    "{kind}“{number}”正被 {user} 使用，不能删除。请先处理 {user}，或改为修改此条。",
    "The {kind} {number} is used by {user} and cannot be deleted. Deal with {user} first, or change this one instead.",
)
MOVES = {"created": ("revised", "deleted"), "revised": ("revised", "deleted"), "deleted": ()}


@dataclass(frozen=True)
class Family:
    """A declared family; the names of its commands end in `name`.

    kind: of the documents that hold its history, None for plain rows. fields: those of its commands; columns: those of its
    table. shown: the columns that name a record among choices. unique: the column, and the field it is entered in, that no
    two records of a member share. used: SQL that gives one number of what uses the record $number, if anything does.
    """

    module: str
    name: str
    prefix: str
    title: Text
    plural: str
    kind: documents.Kind | None
    fields: dict[str, inspect.Parameter]
    columns: tuple[str, ...]
    shown: tuple[str, ...]
    unique: str
    used: str
    ready: Callable[[Doing, dict[str, Any], Any], dict[str, Any]]
    kept: Callable[[Doing, str, dict[str, Any]], None]

    @property
    def table(self) -> str:
        return f"{self.module}_{self.name}"

    @property
    def live(self) -> str:
        """The records that are not deleted, as SQL to stand after `from`: their rows are `f`, their documents, if any, `d`."""
        return f"{self.table} f" + (" join document d on d.number = f.number and d.state <> 'deleted'" if self.kind else "")

    def own(self, do: Doing, number: str, field: str | None = None) -> Any:
        """The row of a record of the acting member. Refuses 'not_found' and 'not_yours', or, for plain rows, 'not_kept'."""
        return self._held(do, number, field)[0]

    def twin(self, look: Looking, member: str, value: Any, number: str = "") -> str | None:
        """The number of a member's record, other than `number`, that has this value in the unique column."""
        found: str | None = look.value(
            f"select f.number from {self.live} where f.member = $member and f.{self.unique} = $value and f.number <> $number",
            member=member, value=value, number=number,
        )  # fmt: skip
        return found

    def keep(self, do: Doing, member: str, **row: Any) -> str:
        """Keeps a record whose columns are ready; gives its number. Refuses 'kept_twice'."""
        self._only_once(do, member, row)
        number = documents.create(do, self.kind, member).number if self.kind else do.number(self.prefix)
        columns = ("number", "member", *self.columns)
        do.execute(
            f"insert into {self.table} ({', '.join(columns)}) values ({', '.join(f'${c}' for c in columns)})",
            number=number, member=member, **{c: row[c] for c in self.columns},
        )  # fmt: skip
        return number

    def create(self, do: Doing, values: dict[str, Any]) -> str:
        """Makes a record of the acting member's; gives its number."""
        number = self.keep(do, do.actor, **self.ready(do, dict(values), None))
        self.kept(do, number, values)
        return number

    def change(self, do: Doing, number: str, values: dict[str, Any]) -> str:
        """Writes the values given (None or "": as it was); gives the number. Refuses 'nothing_changed' and 'kept_twice'.

        With a history it is a revision to give the values that are there already, and nothing in a plain row.
        """
        old, document = self._held(do, number)
        before = {c: getattr(old, c) for c in self.columns}
        given = {k: v for k, v in values.items() if v not in (None, "")}
        row = self.ready(do, {**before, **given}, old) if given else before
        if not given or (document is None and all(row[c] == before[c] for c in self.columns)):
            raise NOTHING_CHANGED(next(iter(self.fields)))
        self._only_once(do, do.actor, row, number)
        if document:
            document.move_to("revised", self.name)
        do.execute(
            f"update {self.table} set {', '.join(f'{c} = ${c}' for c in self.columns)} where number = $number",
            number=number, **{c: row[c] for c in self.columns},
        )  # fmt: skip
        self.kept(do, number, given)
        return number

    def revise(self, do: Doing, number: str) -> Any:
        """The row of a record of the acting member, noted as revised: for commands that change what belongs to it."""
        row, document = self._held(do, number)
        if document:
            document.move_to("revised", self.name)
        return row

    def delete(self, do: Doing, number: str) -> str:
        """Deletes a record; gives its number. Refuses 'in_use'."""
        _, document = self._held(do, number)
        user = do.value(self.used, number=number) if self.used else None
        if user is not None:
            raise IN_USE(self.name, kind=self.title, number=number, user=user)
        if document:
            document.move_to("deleted", self.name)
        else:
            do.execute(f"delete from {self.table} where number = $number", number=number)
        return number

    def offered(self, look: Looking, member: str) -> list[tuple[str, Text | str]]:
        """A member's records as choices, newest first."""
        shown = ", ".join(f"f.{c}" for c in self.shown)
        rows = look.all(f"select f.number, {shown} from {self.live} where f.member = $member order by f.number desc", member=member)
        return [(r[0], documents.label(r)) for r in rows]

    def _held(self, do: Doing, number: str, field: str | None = None) -> tuple[Any, documents.Document | None]:
        field = field or self.name
        document = documents.find(do, self.kind, number, field, owner=do.actor) if self.kind else None
        if document and document.state == "deleted":
            raise documents.NOT_FOUND(field, kind=self.title, number=number)
        row = do.one(f"select * from {self.table} where number = $number", number=number)
        if row is None or row.member != do.actor:
            raise NOT_KEPT(field, kind=self.title, number=number)
        return row, document

    def _only_once(self, look: Looking, member: str, row: dict[str, Any], number: str = "") -> None:
        if self.unique and (other := self.twin(look, member, row[self.unique], number)):
            raise KEPT_TWICE(self.unique, kind=self.title, value=row[self.unique], number=other)


#: All that are declared, by module and name: "netsell.text_ad".
FAMILIES: dict[str, Family] = {}


def family(
    body: type, prefix: str, title: tuple[str, str], *, plural: str, role: Role, tasks: tuple[str, ...], history: bool = True, change: bool = True,
    verb: tuple[str, str] = ("新建", "Create"), shown: tuple[str, ...] = ("title",), unique: str = "", used: str = "",
) -> Family:  # fmt: skip
    """Declares a family under the class's name, of the module that the class stands in.

    tasks: the codes done by creating, (changing,) deleting. history: whether its records are documents; if not, the module
    itself says how they are listed. change: whether they can be changed. verb: what creating is called. The others are as in `Family`.
    """
    module = body.__module__.split(".")[2]
    hints = typing.get_type_hints(body, include_extras=True)
    fields = {
        name: inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=body.__dict__.get(name, inspect.Parameter.empty), annotation=hint)
        for name, hint in hints.items()
    }
    made = Family(
        module,
        body.__name__,
        prefix,
        Text(*title),
        plural,
        documents.kind(f"{module}_{body.__name__}", prefix, title, MOVES, module) if history else None,
        fields,
        tuple(getattr(body, "columns", fields)),
        shown,
        unique,
        used,
        getattr(body, "ready", lambda do, values, old: values),
        getattr(body, "kept", lambda do, number, values: None),
    )
    if FAMILIES.setdefault(f"{module}.{made.name}", made) is not made:
        raise ValueError(f"family {module}.{made.name} is declared twice")
    _declare(made, body, role, tasks, change, verb)
    return made


def _declare(made: Family, body: type, role: Role, tasks: tuple[str, ...], change: bool, verb: tuple[str, str]) -> None:
    """The commands, the choices and, with a history, the list."""
    name, title = made.name, made.title
    a_title, about = _a(title.en), inspect.getdoc(body) or ""
    which = inspect.Parameter(
        name, inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=Annotated[Ref, Ask(title.zh, title.en.capitalize(), choose=f"{made.module}.{made.plural}")]
    )
    codes = iter(tasks)

    def create(do: Doing, **values: Any) -> str:
        return made.create(do, values)

    def alter(do: Doing, **values: Any) -> str:
        return made.change(do, values.pop(name), values)

    def delete(do: Doing, **values: Any) -> str:
        return made.delete(do, values[name])

    _as(create, f"create_{name}", list(made.fields.values()), body, f"Creates {a_title}; gives its number. {about}")
    command(next(codes), role=role, title=(f"{verb[0]}{title.zh}", f"{verb[1]} {a_title}"))(create)
    if change:
        # where there is but one field, there is nothing else to fill in
        changed, stay = list(made.fields.values()), ""
        if len(changed) > 1:
            changed, stay = [p.replace(default=None) for p in changed], "; fields left empty stay as they are"
        _as(alter, f"change_{name}", [which, *changed], body, f"Changes {a_title}{stay}. Gives its number. {about}")
        command(next(codes), role=role, title=(f"修改{title.zh}", f"Change {a_title}"))(alter)
    gone = "it is no longer shown" if made.kind else "only what nothing uses can be deleted"
    _as(delete, f"delete_{name}", [which], body, f"Deletes {a_title}: {gone}. Gives its number.")
    command(next(codes), role=role, title=(f"删除{title.zh}", f"Delete {a_title}"))(delete)
    choices(f"{made.module}.{made.plural}")(made.offered)
    if made.kind:
        _declare_list(made, body, role)


def _declare_list(made: Family, body: type, role: Role) -> None:
    files = {p.name for p in COMMANDS[f"{made.module}.create_{made.name}"].params if p.kind == "upload"}
    columns = [c for c in made.columns if c not in files]

    def listed(do: Doing) -> Table:
        return do.table(
            f"select f.number, {', '.join(f'f.{c}' for c in columns)}, d.state, d.day from {made.live} where f.member = $member order by f.number",
            member=do.actor,
        )

    _as(listed, made.plural, [], body, f"Your own, without those deleted: number, {', '.join(columns)}, state, day.")
    query(role=role, title=(f"我的{made.title.zh}", f"My {made.title.en}s"))(listed)


def _as(function: Any, name: str, parameters: list[inspect.Parameter], body: type, doc: str) -> None:
    """Gives a function the name, signature and documentation under which it is declared."""
    function.__name__ = function.__qualname__ = name
    function.__module__ = body.__module__
    function.__doc__ = doc
    ordered = [inspect.Parameter("do", inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=Doing)]
    needed = sorted(parameters, key=lambda p: p.default is not inspect.Parameter.empty)
    ordered += [p.replace(kind=inspect.Parameter.POSITIONAL_OR_KEYWORD) for p in needed]
    function.__signature__ = inspect.Signature(ordered, return_annotation=str)
    function.__annotations__ = {p.name: p.annotation for p in ordered}


def _a(noun: str) -> str:
    return f"{'an' if noun[0] in 'aeiou' else 'a'} {noun}"
