"""All texts of the product, read from its source: wherever a Chinese text is followed by its English one."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from ecomlab.kernel.texts import Text

ROOT = Path(__file__).resolve().parent.parent
HAN = re.compile("[\u4e00-\u9fff]")
LATIN = re.compile("[A-Za-z]")
#: What these hold are names and papers of the laboratory's people, said in both languages at once, and what they type; letters are seen rendered.
DATA = ("playbook.py", "report_plays.py", "scenes.py", "season.py", "briefs.py", "starter.py", "scripted.py", "bidders.py", "names.py", "bench", "fonts.py")


class Pair(NamedTuple):
    """A text as the source has it, its places unfilled, and what it is an argument of: `refusal`, `Text`, `title`, a key of a TOML file."""

    file: str
    line: int
    of: str
    text: Text


def pairs() -> Iterator[Pair]:
    """Every text in the package and in the data, with its file and line."""
    for file in sorted((ROOT / "ecomlab").rglob("*.py")):
        if not any(part in DATA for part in file.parts):
            yield from _in_python(file)
    for file in sorted([*(ROOT / "ecomlab").rglob("*.toml"), *(ROOT / "data" / "scenarios").glob("*.toml")]):
        if "stubs" not in file.parts:
            for key, text in _in_toml(tomllib.loads(file.read_text("utf-8"))):
                yield Pair(str(file.relative_to(ROOT)), 0, key, text)


def _in_python(file: Path) -> Iterator[Pair]:
    source = file.read_text("utf-8")
    for node in ast.walk(ast.parse(source)) if HAN.search(source) else ():
        match node:
            case ast.Call():
                of, items = _name(node.func), node.args
                for k in node.keywords:
                    yield from _adjacent(file, k.arg or "", getattr(k.value, "elts", []))
            case ast.Tuple() | ast.List():
                of, items = "", node.elts
            case _:
                continue
        yield from _adjacent(file, of, items)


def _adjacent(file: Path, of: str, items: list[Any]) -> Iterator[Pair]:
    for zh, en in zip(items, items[1:], strict=False):
        said = _string(zh), _string(en)
        if HAN.search(said[0]) and LATIN.search(said[1]) and not HAN.search(said[1].split("\n", maxsplit=1)[0][:3]):
            yield Pair(str(file.relative_to(ROOT)), zh.lineno, of, Text(*said))


def _name(node: ast.expr) -> str:
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""


def _string(node: ast.expr) -> str:
    """A string as the source has it; what an f-string fills in is an empty place."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(v.value if isinstance(v, ast.Constant) else "{}" for v in node.values)
    return ""


def _in_toml(found: Any, key: str = "") -> Iterator[tuple[str, Text]]:
    match found:
        case {"zh": str(zh), "en": str(en)}:
            yield key, Text(zh, en)
        case {"zh": dict(zh), "en": dict(en)}:
            yield from ((f"{key}.{name}", Text(zh[name], en[name])) for name in zh)
        case [str(zh), str(en), *_] if HAN.search(zh) and LATIN.search(en):
            yield key, Text(zh, en)
        case [_, str(zh), str(en)] if HAN.search(zh):
            yield key, Text(zh, en)
    if isinstance(found, dict):
        for name, value in found.items():
            if not isinstance(value, str):
                yield from _in_toml(value, f"{key}.{name}".strip("."))
    elif isinstance(found, list):
        for value in found:
            if isinstance(value, dict):
                yield from _in_toml(value, key)
