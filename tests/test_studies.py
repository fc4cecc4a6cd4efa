"""The studies of a market: both editions from one source, every question of a theme asked, and every cell runs."""

from __future__ import annotations

import ast
import contextlib
import io
import json
import os
import re
from pathlib import Path
from typing import Any

import pytest

from ecomlab.course import studies
from ecomlab.course.studies import STUDIES
from ecomlab.glossary import concepts
from ecomlab.kernel.texts import LANGUAGES, Language
from ecomlab.market import practice
from ecomlab.market.questions import QUESTIONS, THEMES

pytest.importorskip("scipy", reason="the extra analytics")
pytest.importorskip("statsmodels", reason="the extra analytics")
ROOT = Path(__file__).resolve().parent.parent
CHINESE = re.compile(r"[\u4e00-\u9fff]")


def cells(name: str, language: Language) -> list[dict[str, Any]]:
    return list(json.loads(studies.notebook(name, language))["cells"])


def code(name: str, language: Language) -> list[str]:
    return ["".join(c["source"]) for c in cells(name, language) if c["cell_type"] == "code"]


def bare(source: str) -> str:
    """What a cell does, without what it says."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and not isinstance(node.value, (float, bool)):
            node.value = ""
        if isinstance(node, ast.JoinedStr):
            node.values = [v for v in node.values if isinstance(v, ast.FormattedValue)]
    return ast.dump(tree)


@pytest.mark.parametrize("name", STUDIES)
def test_both_editions_do_the_same_and_each_speaks_its_language(name: str) -> None:
    zh, en = (code(name, language) for language in LANGUAGES)
    assert [bare(c) for c in zh] == [bare(c) for c in en]
    assert not CHINESE.search("".join(en)) and any(CHINESE.search(c) for c in zh) and "«" not in "".join(zh + en)
    asked = [c["id"].removeprefix("answer-") for c in cells(name, "zh") if c["id"].startswith("answer-")]
    assert asked == [q.name for q in QUESTIONS.values() if q.theme == name.removeprefix("market-")], "every question of the theme"


@pytest.mark.parametrize("name", STUDIES)
def test_a_study_is_whole(name: str) -> None:
    told = studies.study(name)
    assert len(told.objectives) >= 2 and 30 <= told.minutes <= 120 and told.minutes % 5 == 0 and len(told.think) == 2
    assert set(told.terms) <= set(concepts()) and len(told.steps) >= 4
    plots = [s for s in told.steps if "plt.subplots" in s.code]
    assert len(plots) >= 3 and all("title=" in s.code for s in plots)


def test_there_is_a_study_for_each_theme() -> None:
    assert tuple(f"market-{theme}" for theme in THEMES) == STUDIES


def run(name: str, language: Language, folder: Path) -> str:
    """Runs all cells, as a notebook would; what they printed. Raises what a cell raises."""
    matplotlib = pytest.importorskip("matplotlib")
    matplotlib.use("agg")
    from matplotlib import pyplot

    place, before, said = folder / language, os.getcwd(), io.StringIO()
    place.mkdir(exist_ok=True)
    with matplotlib.rc_context():
        try:
            os.chdir(place)
            space: dict[str, Any] = {}
            with contextlib.redirect_stdout(said):
                for source in code(name, language):
                    exec(compile(source, name, "exec"), space)
                    for number in pyplot.get_fignums():
                        pyplot.figure(number).canvas.draw()
                    pyplot.close("all")
        finally:
            os.chdir(before)
    return said.getvalue()


def test_a_study_runs_on_a_small_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(practice.SETS, "market", (5_000, 365))
    said = run("market-receivables", "zh", tmp_path)
    assert re.search(r"应提 [\d,.]+ CNY", said)


@pytest.mark.slow
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", STUDIES)
@pytest.mark.filterwarnings("error")
def test_a_study_runs_from_top_to_bottom_and_its_way_is_right(name: str, language: Language, tmp_path_factory: pytest.TempPathFactory) -> None:
    """On the practice set itself: where a wrong way and the right one are judged, the first is off and the last right."""
    folder = tmp_path_factory.getbasetemp() / "studies"
    folder.mkdir(exist_ok=True)
    verdicts = re.findall(r"\b(right|near|off)\b", run(name, language, folder))
    assert not verdicts or (verdicts[0], verdicts[-1]) == ("off", "right")
