"""One pattern for everything that a member creates, changes and deletes.

A family is declared as a class whose annotated attributes are its fields, just as a command declares them:

    @family("NT", ("文字广告", "text advertisement"), plural="text_ads", tasks=("NETSELL009", "NETSELL010", "NETSELL011"))
    class text_ad:
        title: Annotated[Line, Ask(max=40)]
        link: Annotated[Line, Ask(max=300)]

From it follow, through the ordinary `@command` and `@query`, `create_text_ad(title, link)`, `change_text_ad(text_ad,
title=None, link=None)` where a field left empty stays as it is, `delete_text_ad(text_ad)` and the list `text_ads()`.
Each thing is a document (created, revised, deleted) and a row of the table `netsell_<family>`: number, member, the
fields. Deleted rows stay, as history. A family may also say what is done with its values, as static methods:

    ready(do, values, old)     checks and completes the values before anything is written; gives a dict for the table
    kept(do, number, values)   what else to write, once the row is there; `values` are those given
"""

from __future__ import annotations

import inspect
import typing
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any

from ...books import documents
from ...kernel.command import choices, command, query
from ...kernel.doing import Doing, Looking
from ...kernel.refusals import refusal
from ...kernel.table import Table
from ...kernel.texts import Text
from ...kernel.values import Ask, Ref
from .accounts import MARKETER

NOTHING_CHANGED = refusal("nothing_changed", "没有填写任何要修改的内容。请至少修改一项。", "Nothing was changed; fill in at least one field.")
MOVES = {"created": ("revised", "deleted"), "revised": ("revised", "deleted"), "deleted": ()}


@dataclass(frozen=True)
class Family:
    """A declared family. `fields` are its commands' fields, `columns` those that its table keeps under the same name."""

    name: str
    kind: documents.Kind
    title: Text
    plural: str
    fields: dict[str, inspect.Parameter]
    columns: tuple[str, ...]
    ready: Callable[[Doing, dict[str, Any], Any], dict[str, Any]]
    kept: Callable[[Doing, str, dict[str, Any]], None]

    @property
    def table(self) -> str:
        return f"netsell_{self.name}"

    def row(self, look: Looking, number: str) -> Any:
        return look.one(f"select * from {self.table} where number = $number", number=number)

    def own(self, do: Doing, number: str) -> tuple[documents.Document, Any]:
        """A thing of the signed-in member that is not deleted. Refuses 'not_found' and 'not_yours'."""
        found = documents.find(do, self.kind, number, self.name, owner=do.actor)
        if found.state == "deleted":
            raise documents.NOT_FOUND(self.name, kind=self.title, number=number)
        return found, self.row(do, number)


FAMILIES: dict[str, Family] = {}


def family(
    prefix: str, title: tuple[str, str], *, plural: str, tasks: tuple[str, ...], change: bool = True, verbs: tuple[str, str] = ("新增", "Create")
) -> Callable[[type], Family]:
    """Declares a family under the class's name. tasks: the codes done by creating, (changing,) deleting."""

    def declare(body: type) -> Family:
        hints = typing.get_type_hints(body, include_extras=True)
        fields = {
            name: inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=body.__dict__.get(name, inspect.Parameter.empty), annotation=hint)
            for name, hint in hints.items()
        }
        made = Family(
            body.__name__,
            documents.kind(f"netsell_{body.__name__}", prefix, title, MOVES),
            Text(*title),
            plural,
            fields,
            tuple(getattr(body, "columns", fields)),
            getattr(body, "ready", lambda do, values, old: values),
            getattr(body, "kept", lambda do, number, values: None),
        )
        if made.name in FAMILIES:
            raise ValueError(f"family {made.name!r} is declared twice")
        FAMILIES[made.name] = made
        _declare(made, body, tasks, change, verbs)
        return made

    return declare


def _declare(made: Family, body: type, tasks: tuple[str, ...], change: bool, verbs: tuple[str, str]) -> None:
    name, title = made.name, made.title
    about = inspect.getdoc(body) or ""
    which = inspect.Parameter(
        name, inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=Annotated[Ref, Ask(title.zh, title.en.capitalize(), choose=f"netsell.{made.plural}")]
    )
    optional = [p.replace(default=None) for p in made.fields.values()]

    def create(do: Doing, **values: Any) -> str:
        return _create(do, made, values)

    def alter(do: Doing, **values: Any) -> str:
        return _change(do, made, values.pop(name), values)

    def delete(do: Doing, **values: Any) -> str:
        found, _ = made.own(do, values[name])
        found.move_to("deleted", name)
        return found.number

    def offer(do: Doing) -> Table:
        return do.table(
            f"""select f.number, {", ".join(f"f.{c}" for c in made.columns if c != "image")}, d.state, d.day
                from {made.table} f join document d using (number)
                where f.member = $member and d.state <> 'deleted' order by f.number""",
            member=do.actor,
        )

    def own(look: Looking, actor: str) -> list[tuple[str, Text | str]]:
        rows = look.all(
            f"select f.number, f.title from {made.table} f join document d using (number) where f.member = $actor and d.state <> 'deleted' order by 1 desc",
            actor=actor,
        )
        return [(r.number, f"{r.number} · {r.title}") for r in rows]

    role = MARKETER
    codes = iter(tasks)
    _as(create, f"create_{name}", list(made.fields.values()), body, f"Creates a {title.en}; gives its number. {about}")
    command(next(codes), role=role, title=(f"{verbs[0]}{title.zh}", f"{verbs[1]} a {title.en}"))(create)
    if change:
        _as(alter, f"change_{name}", [which, *optional], body, f"Changes a {title.en}; fields left empty stay as they are. Gives its number. {about}")
        command(next(codes), role=role, title=(f"修改{title.zh}", f"Change a {title.en}"))(alter)
    _as(delete, f"delete_{name}", [which], body, f"Deletes a {title.en}: it is no longer shown. Gives its number.")
    command(next(codes), role=role, title=(f"删除{title.zh}", f"Delete a {title.en}"))(delete)
    _as(offer, made.plural, [], body, f"Your own, without those deleted: number, {', '.join(c for c in made.columns if c != 'image')}, state, day.")
    query(role=role, title=(f"我的{title.zh}", f"My {title.en}s"))(offer)
    choices(f"netsell.{made.plural}")(own)


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


def _create(do: Doing, made: Family, values: dict[str, Any]) -> str:
    row = made.ready(do, dict(values), None)
    document = documents.create(do, made.kind, do.actor)
    columns = ("number", "member", *made.columns)
    do.execute(
        f"insert into {made.table} ({', '.join(columns)}) values ({', '.join(f'${c}' for c in columns)})",
        number=document.number, member=do.actor, **{c: row[c] for c in made.columns},
    )  # fmt: skip
    made.kept(do, document.number, values)
    return document.number


def _change(do: Doing, made: Family, number: str, values: dict[str, Any]) -> str:
    document, old = made.own(do, number)
    given = {k: v for k, v in values.items() if v is not None and v != ""}
    if not given:
        raise NOTHING_CHANGED(next(iter(made.fields)))
    row = made.ready(do, {**{c: getattr(old, c) for c in made.columns}, **given}, old)
    document.move_to("revised", made.name)
    do.execute(
        f"update {made.table} set {', '.join(f'{c} = ${c}' for c in made.columns)} where number = $number",
        number=number, **{c: row[c] for c in made.columns},
    )  # fmt: skip
    made.kept(do, number, given)
    return number
