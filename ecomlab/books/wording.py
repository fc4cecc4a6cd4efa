"""Finding things by words: the condition of every query that has a field for a part of a name or a text."""

from __future__ import annotations

import re


def holds(text: str, words: str) -> str:
    """The SQL condition that a text, an expression of SQL (NULL is an empty one), holds what the parameter `words` gives, made by `pattern`."""
    return f"lower(coalesce({text}, '')) like ${words} escape '!'"


def pattern(typed: str | None) -> str:
    """What was typed as a pattern of SQL's LIKE: its words in their order, in any case, with anything in between; nothing finds all.

    So a title is found by the half that its reader sees: "仿牌手表 0417" finds 仿牌手表 Imitation watch 0417.
    """
    words = (re.sub("([!%_])", r"!\1", word) for word in (typed or "").lower().split())
    return "%".join(("", *words, "")) or "%"
