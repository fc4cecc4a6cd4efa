"""The documentation as a site: every page is there, links lead on, and a browser loads nothing from elsewhere."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent
pytest.importorskip("nbformat")
#: What a browser would load or run, in HTML and in a style sheet; a link to follow is no load.
LOADS = re.compile(r"""(?:<(?:script|img|iframe|source|video|audio|link)\b[^>]*?\b(?:src|href)=["']?|url\(["']?|@import ["'])((?:https?:)?//[^"')\s>]+)""")


@pytest.fixture(scope="module")
def build() -> Any:
    spec = importlib.util.spec_from_file_location("site_build", ROOT / "docs" / "site" / "build.py")
    assert spec and spec.loader
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    return made


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_page_is_laid_out_and_its_links_lead_on(build: Any, language: str, tmp_path: Path) -> None:
    build.lay_out(language, tmp_path)
    targets = [page.target for pages in build.pages(language).values() for page in pages]
    assert len(set(targets)) == len(targets), "two pages in one place"
    index = (tmp_path / "index.md").read_text("utf-8")
    for target in targets:
        assert f"\n{target}\n" in index, f"{target} is in no list"
    for file in tmp_path.rglob("*.md"):
        words = re.sub(r"```.*?```|`[^`]*`", "", file.read_text("utf-8"), flags=re.S)
        missing = [to for to in re.findall(r"\]\((?!\w+:|#)([^)#\s]+)", words) if not (file.parent / to).exists()]
        assert not missing, f"{file.name}: {missing}"
        there = {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in re.findall(r"^#+ (.+)$", words, re.M)}
        assert {place for place in re.findall(r"\]\(#([^)\s]+)\)", words)} <= there, file.name


def test_what_docs_has_for_readers_stands_in_the_site(build: Any) -> None:
    """A new page under docs/ is given its part."""
    listed = {page.source for pages in build.pages("en").values() for page in pages}
    there = {p for p in (ROOT / "docs").rglob("*.md") if "zh" not in p.parts and p.parent.name != "site"}
    assert there <= listed


def test_both_editions_have_the_same_lessons(build: Any) -> None:
    english, chinese = ({p.target for pages in build.pages(lang).values() for p in pages} for lang in ("en", "zh"))
    assert chinese <= english
    assert {t for t in english if t.startswith(("notebooks/", "lessons/", "students"))} <= chinese


@pytest.mark.slow
def test_the_site_is_built_without_a_warning_and_loads_nothing_from_elsewhere(build: Any, tmp_path: Path) -> None:
    pytest.importorskip("sphinx")
    assert build.build(tmp_path) == 0
    made = [f for f in tmp_path.rglob("*") if f.suffix in (".html", ".css")]
    assert len(made) > 100
    assert {f"{f.name}: {load}" for f in made for load in LOADS.findall(f.read_text("utf-8"))} == set()
    assert 'lang="zh' in (tmp_path / "zh" / "index.html").read_text("utf-8")
    assert not LOADS.findall('<a href="https://example.test/">') and LOADS.findall('<script src="https://cdn.example.test/a.js">')
