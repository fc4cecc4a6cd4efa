"""Finding things by words: the condition of every query that has a field for a part of a name or a text."""

from __future__ import annotations

import re

_HAN = re.compile("[\u3400-\u9fff]")
_SIGNS = re.compile(r"[\s/|·,，、;；:：()（）\[\]【】]+")


def holds(text: str, words: str) -> str:
    """The SQL condition that a text, an expression of SQL (NULL is an empty one), holds what the parameter `words` gives, made by `pattern`."""
    return f"regexp_matches(lower(coalesce({text}, '')), ${words})"


def pattern(typed: str | None) -> str:
    """What was typed as a regular expression: its words in their order, in any case, with anything in between; nothing finds all.

    So a title is found by the half that its reader sees, "仿牌手表 0417" finds 仿牌手表 Imitation watch 0417, and by both with the English one first,
    or with a sign between them: the laboratory's data have the Chinese words first.
    """
    words = (typed or "").lower().split()
    turned = sorted(filter(None, _SIGNS.split(" ".join(words))), key=lambda word: not _HAN.search(word))
    once = tuple(dict.fromkeys(reversed(turned)))[::-1]  # a mark that both halves have stands at the end
    return "(?s)" + "|".join(".*".join(map(re.escape, way)) for way in dict.fromkeys((tuple(words), once)))
