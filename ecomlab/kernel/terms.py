"""The glossary: one name for one thing, in both languages, for columns, fields, states and kinds alike.

Every package keeps its own `terms.toml` (`name = ["中文", "English"]`); they are read together, and two packages
that call one name differently are an error.
"""

from __future__ import annotations

import functools
import tomllib

from . import packages
from .texts import Text


def glossary() -> dict[str, Text]:
    """All terms of the registered packages, by name. Raises ValueError where two packages disagree."""
    return _merge(packages.read("terms.toml"))


@functools.cache
def _merge(sources: tuple[tuple[str, str], ...]) -> dict[str, Text]:
    found: dict[str, Text] = {}
    for package, text in sources:
        for name, (zh, en) in tomllib.loads(text).items():
            if found.setdefault(name, Text(zh, en)) != Text(zh, en):
                raise ValueError(f"{package} calls {name!r} {zh}/{en}, elsewhere it is {found[name]}")
    return found


class _Term:
    def __call__(self, name: str) -> Text:
        """The term for `name`; a name without one is shown as it is (a test sees to it that none is missing)."""
        return glossary().get(name) or Text(name, name)

    def known(self, name: str) -> bool:
        return name in glossary()


term = _Term()
