"""The documentation as a site, in two languages: `python docs/site/build.py` (or `make docs`) writes build/site/en and build/site/zh.

Nothing is written twice: pages are docs/*.md, the notebooks of the course and the glossary as they are. They are laid out as Sphinx wants them
(`lay_out`), with links turned to where each page comes to stand; a link to a file that is no page, such as a program, stays as words. A warning
ends the build.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import nbformat

HERE = Path(__file__).resolve().parent
TOP = HERE.parents[1]
BUILD = TOP / "build"
LANGUAGES = {"en": "en", "zh": "zh_CN"}
#: Parts of the site, each with its pages in order; `{}` is the language. A pattern stands for all that it names, in order.
PARTS = {
    "en": {
        "For students": ["docs/site/students.{}.md", "notebooks/{}/0*.ipynb", "notebooks/{}/1*.ipynb", "notebooks/{}/[!01]*.ipynb", "glossary.md"],
        "For teachers": ["docs/teaching.md", "docs/lessons/{}/*.md", "deploy/*/README.md", "docs/witness.md", "docs/market.md"],
        "For designers": ["docs/modules.md", "docs/style.md", "docs/house.md", "CONTRIBUTING.md", "docs/adr/*.md", "docs/dependencies.md", "docs/speed.md"],
        "Formats": ["docs/reference.md", "docs/data.md", "docs/reports.md", "docs/edi.md"],
        "Security": ["SECURITY.md"],
    },
    "zh": {
        "学生": ["docs/site/students.{}.md", "notebooks/{}/0*.ipynb", "notebooks/{}/1*.ipynb", "notebooks/{}/[!01]*.ipynb", "glossary.md"],
        "教师": ["docs/lessons/{}/*.md"],
        "查阅": ["docs/reference.md", "docs/data.md"],
    },
}  # fmt: skip
_CODE = re.compile(r"(^```.*?^```|`[^`\n]*`)", re.S | re.M)
#: A link to a heading of the same page.
_HERE = re.compile(r"\]\(#[^)\s]+\)")
_LINK = re.compile(r"(!?)\[((?:[^\[\]]|\[[^\]]*\])*)\]\((?!\w+:|#)([^)#\s]+)(#[^)\s]*)?\)")


class Page(NamedTuple):
    """source: the file that it is made from; target: where it stands in the site, without a suffix."""

    source: Path
    target: str


def pages(language: str) -> dict[str, list[Page]]:
    """The pages of each part in their order, each once."""
    found: dict[str, list[Page]] = {}
    seen: set[Path] = set()
    for part, patterns in PARTS[language].items():
        found[part] = []
        for source in (p for pattern in patterns for p in _named(pattern.format(language))):
            if source not in seen:
                seen.add(source)
                found[part].append(Page(source, _target(source)))
    return found


def _named(pattern: str) -> Iterator[Path]:
    if pattern == "glossary.md":
        yield HERE / pattern  # made from ecomlab.glossary, see `lay_out`
        return
    there = sorted(TOP.glob(pattern), key=lambda p: (p.name != "README.md", p))
    if not there:
        raise FileNotFoundError(f"no page is named {pattern}")
    yield from there


def _target(source: Path) -> str:
    name = source.relative_to(TOP).with_suffix("").as_posix()
    name = re.sub(r"^(docs/site|docs)/", "", name)
    return re.sub(r"\.(en|zh)$|/(en|zh)(?=/)", "", name).replace("README", "index").lower()


def lay_out(language: str, to: Path) -> None:
    """Writes the pages below `to`, with an index that lists them."""
    shutil.rmtree(to, ignore_errors=True)
    parts = pages(language)
    places = {page.source: page.target for listed in parts.values() for page in listed}
    for source, target in places.items():
        file = to / f"{target}.md"
        file.parent.mkdir(parents=True, exist_ok=True)
        text = _glossary(language) if source.name == "glossary.md" else _turned(_text(source), source, target, places, to)
        file.write_text(text, "utf-8")
    source = HERE / f"index.{language}.md"
    index = _turned(source.read_text("utf-8"), source, "index", places, to)
    for part, listed in parts.items():
        index += f"\n```{{toctree}}\n:caption: {part}\n:maxdepth: 1\n:hidden:\n\n" + "".join(f"{page.target}\n" for page in listed) + "```\n"
    (to / "index.md").write_text(index, "utf-8")


def _text(source: Path) -> str:
    """A page as Markdown; of a notebook the words, and the cells as Python. JupyterLab spells a heading's anchor as the heading, MyST in small letters."""
    if source.suffix != ".ipynb":
        return source.read_text("utf-8")
    cells = nbformat.read(source, 4).cells
    said = (_HERE.sub(lambda m: m[0].lower(), c.source) if c.cell_type == "markdown" else f"```ipython3\n{c.source}\n```" for c in cells if c.source.strip())
    return "\n\n".join(said) + "\n"


def _turned(text: str, source: Path, target: str, places: dict[Path, str], to: Path) -> str:
    """The text with links that lead from where the page stands in the site; a diagram that only a script from elsewhere could draw as its words."""

    def turn(found: re.Match[str]) -> str:
        picture, words, path, place = found.groups()
        file = (source.parent / path).resolve()
        if file.is_dir():
            file = next((f for f in sorted(file.glob("*.md")) if f in places), file)
        if picture:
            shutil.copy(file, to / file.name)
            return f"![{words}]({os.path.relpath(to / file.name, (to / target).parent)})"
        if file not in places:
            return words
        where = "" if place and place.startswith("#cell-id") else place or ""
        return f"[{words}]({os.path.relpath(places[file], Path(target).parent)}.md{where})"

    pieces = _CODE.split(text)
    return "".join(p.replace("```mermaid", "```text") if i % 2 else _LINK.sub(turn, p) for i, p in enumerate(pieces))


def _glossary(language: str) -> str:
    from ecomlab.glossary import concepts

    zh = language == "zh"
    head = "# 词汇表\n\n| 词 | English | 含义 |\n|---|---|---|\n" if zh else "# Glossary\n\n| term | 中文 | meaning |\n|---|---|---|\n"
    rows = [(c.term.zh, c.term.en, c.means.zh) if zh else (c.term.en, c.term.zh, c.means.en) for c in concepts().values()]
    return head + "".join("| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |\n" for row in sorted(rows, key=lambda row: row[0].casefold()))


def build(to: Path, languages: tuple[str, ...] = tuple(LANGUAGES)) -> int:
    """Builds the site below `to`; gives the exit status of Sphinx, which is not 0 where there was a warning."""
    from sphinx.cmd.build import main as sphinx

    status = 0
    for language in languages:
        laid = BUILD / "pages" / language
        lay_out(language, laid)
        options = ["-q", "-W", "--keep-going", "-b", "html", "-c", str(HERE), "-D", f"language={LANGUAGES[language]}", "-d", str(BUILD / "doctrees" / language)]
        status |= sphinx([*options, str(laid), str(to / language)])
    return status


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--to", type=Path, default=BUILD / "site", metavar="DIR", help="where to write the site (default: build/site)")
    given = parser.parse_args()
    status = build(given.to)
    print(given.to / "en" / "index.html" if not status else "The site was built with the warnings above.")
    sys.exit(status)
