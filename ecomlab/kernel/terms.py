"""The glossary: one name for one thing, in both languages, for columns, fields, states and kinds alike.

Every package keeps its own `terms.toml` (`name = ["中文", "English"]`); they are read together, and two packages must not call one name
differently. Where a module means something else by a name, it says so as its own word (`ebank.closed = ["已销户", "Closed"]`), which wins
over the glossary's wherever the module speaks: in its fields, its tables, its documents' states. Where two of a module's kinds of document mean
something else by one state, the kind stands before it (`shop.shop_till_open`), and whoever speaks of that kind does so as "shop.shop_till".
"""

from __future__ import annotations

import functools
from typing import Any, NamedTuple

from . import packages
from .texts import Text


class Words(NamedTuple):
    """What files of terms say. own: the modules' own words, by module; faults: what is wrong, each with its file and key."""

    glossary: dict[str, Text]
    own: dict[str, dict[str, Text]]
    faults: list[str]


@functools.cache
def read(sources: tuple[tuple[str, str], ...]) -> Words:
    """The words of (package, text of its `terms.toml`) pairs. What is faulty is left out and named; a name keeps its first meaning."""
    words = Words({}, {}, [])
    said_by: dict[str, str] = {}
    for package, text in sources:
        place = f"{package}/terms.toml"
        try:
            entries = packages.parse(package, "terms.toml", text)
        except ValueError as fault:
            words.faults.append(str(fault))
            continue
        module = package.rpartition(".")[2]
        own = entries.pop(module) if isinstance(entries.get(module), dict) else {}
        words.own[module] = {name: Text(*said) for name, said in own.items() if _is_term(said)}
        words.faults.extend(f'{place}: {module}.{name} is not ["中文", "English"]' for name, said in own.items() if not _is_term(said))
        for name, said in entries.items():
            if not _is_term(said):
                words.faults.append(f'{place}: {name} is not ["中文", "English"]')
            elif words.glossary.setdefault(name, Text(*said)) != Text(*said):
                other = f"{said_by[name]} says {words.glossary[name]}"
                words.faults.append(f"{place}: {name} is {Text(*said)}, but {other}; a word of this module alone is {module}.{name}")
            said_by.setdefault(name, place)
    return words


def _is_term(said: Any) -> bool:
    return isinstance(said, list) and len(said) == 2 and all(isinstance(s, str) and s.strip() for s in said)


def complete() -> None:
    """Raises ValueError naming every faulty term with its file. Called when every package has been registered."""
    if faults := _words().faults:
        raise ValueError("\n".join(faults))


def _words() -> Words:
    return read(packages.read("terms.toml"))


class _Term:
    def __call__(self, name: str, module: str = "") -> Text:
        """The term for `name` as a module uses it; a name without one is shown as it is (a test sees to it that none is missing)."""
        return self._find(name, module) or Text(name, name)

    def known(self, name: str, module: str = "") -> bool:
        return self._find(name, module) is not None

    @staticmethod
    def _find(name: str, module: str) -> Text | None:
        words = _words()
        module, _, kind = module.partition(".")
        own = words.own.get(module, {})
        return (own.get(f"{kind}_{name}") if kind else None) or own.get(name) or words.glossary.get(name)


term = _Term()


def module_title(module: str) -> Text:
    """What a module of the course is called: in progress, in the key ring, above its lesson and its assignment."""
    return term("module", module)
