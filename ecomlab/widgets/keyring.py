"""The key ring: the passwords that the scenario has prepared in the student's name, each with what it opens."""

from __future__ import annotations

from typing import Any

from ..books import access
from ..desk import Desk
from ..kernel.command import COMMANDS, ROLES, Command, Param
from ..kernel.names import dotted
from ..kernel.secrets import Issued
from ..kernel.terms import module_title


def keys(desk: Desk) -> list[dict[str, Any]]:
    """The prepared secrets: label, who signs in with it or what it is for, the name to sign in with as a form offers it. Never the secret itself."""
    return [
        {"label": issued.label, **_named(desk, realm, name)} for issued in desk.world.state.prepared for realm, name in _opens(desk, issued)
    ]  # fmt: skip


def secret(desk: Desk, label: str) -> str:
    """A prepared secret in plain text; "" for what was not prepared."""
    return Issued(label).plain(desk.world.header.seed) if Issued(label) in desk.world.state.prepared else ""


def _opens(desk: Desk, issued: Issued) -> list[tuple[str, str]]:
    """What a secret opens, as (realm, name); of a certificate's only those that the student is told, not the library's."""
    rows = desk.look.all("select realm, name from access where secret = $secret and not scripted order by realm, name", secret=issued.stored())
    return [(r.realm, r.name) for r in rows]


def _named(desk: Desk, realm: str, name: str) -> dict[str, str]:
    has = desk.world.state.scenario.includes  # what another scenario's modules open is no door here
    doors = [(role.title, c) for role in ROLES.values() if (c := COMMANDS.get(role.sign_in)) and has(c.function)]
    fitting = [(title, _offered(desk, c)) for title, c in doors if any(p.kind == "secret" and p.ask.purpose == realm for p in c.params)]
    titles = [t for t, offered in fitting if name in offered] or [t for t, _ in fitting] or [next(p.label for p in _secrets() if p.ask.purpose == realm)]
    if len(titles) > 1:  # several may sign in with it: then the place is said
        titles = [module_title(realm.partition(".")[0])]
    holder = access.holder(desk.look, realm, name)
    said = dotted(f"{name} · {holder}" if holder else name).say(desk.language)
    label = next((offered[name] for _, offered in fitting if name in offered), said)
    title = titles[0].say(desk.language)
    return {"title": title[:1].upper() + title[1:], "name": label}


def _offered(desk: Desk, command: Command) -> dict[str, str]:
    return {value: label for p in command.params if p.kind == "ref" for value, label in desk.choices(command.name, p.name)}


def _secrets() -> list[Param]:
    return [p for c in COMMANDS.values() for p in c.params if p.kind == "secret"]
