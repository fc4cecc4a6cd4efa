"""The layout: imports point down, base code needs base dependencies only, nothing of one machine is committed."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from ecomlab.modules import ORDER

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "ecomlab"

#: From the bottom to the top; a file imports from its own layer and those before it.
LAYERS = (
    "kernel",
    "edifact",
    "books",
    ("reports", "market"),
    *(f"modules.{name}" for name in (*ORDER, "analytics")),
    "modules",
    "grading",
    "dashboards",
    "widgets",
    ("lab", "export"),
    "course",
    "bench",
    ("cli", "__main__"),
)
RANK = {name: rank for rank, layer in enumerate(LAYERS) for name in ([layer] if isinstance(layer, str) else layer)}
#: What a server that only grades has installed.
BASE = {"duckdb", "pydantic", "pydantic_core", "filelock", "cryptography", "asn1crypto", "stdnum", "email_validator", "idna", "PIL"}
#: Where the extras may be used at the top of a file; elsewhere in the package only inside a function, when it is called.
WITH_EXTRAS = {"widgets", "course/notebooks.py", "grading/gradebook.py", "grading/nbgrader_bridge.py"}

FILES = sorted(PACKAGE.rglob("*.py"))


def layer_of(dotted: str) -> str:
    """The layer of a module named below ecomlab: modules.ca.checks -> modules.ca; kernel.state -> kernel."""
    parts = dotted.split(".")
    return ".".join(parts[:2]) if parts[0] == "modules" and len(parts) > 1 and parts[1] in (*ORDER, "analytics") else parts[0]


def dotted_of(file: Path) -> str:
    parts = file.relative_to(PACKAGE).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def for_typing_only(tree: ast.Module) -> set[ast.AST]:
    """The nodes below `if TYPE_CHECKING:`, which no run ever executes."""
    return {
        inner
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING")
        for statement in node.body
        for inner in ast.walk(statement)
    }


def imported(file: Path) -> Iterator[tuple[int, str]]:
    """(line, module below ecomlab) of every import of ours that a run of this file may execute."""
    tree = ast.parse(file.read_text("utf-8"))
    skip = for_typing_only(tree)
    package = ["ecomlab", *dotted_of(file).split(".")] if file.name == "__init__.py" else ["ecomlab", *dotted_of(file).split(".")][:-1]
    package = [p for p in package if p]
    for node in ast.walk(tree):
        if node in skip:
            continue
        if isinstance(node, ast.Import):
            names = [a.name for a in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            source = ".".join([*base, *([node.module] if node.module else [])])
            names = [f"{source}.{a.name}" for a in node.names]
        else:
            continue
        for name in names:
            if name.startswith("ecomlab."):
                yield node.lineno, name.removeprefix("ecomlab.")


@pytest.mark.parametrize("file", FILES, ids=lambda f: str(f.relative_to(PACKAGE)))
def test_imports_point_down(file: Path) -> None:
    """A layer knows those below it only; a module uses only those that stand before it in the course's order."""
    own = dotted_of(file)
    if not own:
        return  # ecomlab/__init__.py names what it offers and loads it on first use
    assert layer_of(own) in RANK, f"{own}: give it a place in LAYERS"
    for line, target in imported(file):
        if target.startswith("__"):
            continue  # __version__
        layer = layer_of(target)
        assert layer in RANK, f"{file.name}:{line} imports {target}, which has no place in LAYERS"
        assert RANK[layer] <= RANK[layer_of(own)], f"{file.name}:{line}: {layer_of(own)} imports {target}, which stands above it"


def test_the_layer_test_sees_an_import_that_points_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "kernel").mkdir()
    file = tmp_path / "kernel" / "bad.py"
    file.write_text("from ..modules.ca import authority\nfrom typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from ..lab import Lab\n", "utf-8")
    monkeypatch.setattr(sys.modules[__name__], "PACKAGE", tmp_path)
    assert list(imported(file)) == [(1, "modules.ca.authority")]
    assert RANK[layer_of("modules.ca.authority")] > RANK[layer_of(dotted_of(file))]


def outside(file: Path, anywhere: bool) -> Iterator[tuple[int, str]]:
    """(line, top-level name) of every import from outside: at the file's top, or also within functions."""
    tree = ast.parse(file.read_text("utf-8"))
    skip = for_typing_only(tree)
    for node in ast.walk(tree) if anywhere else tree.body:
        names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom) and not node.level:
            names = [node.module or ""]
        for name in {n.partition(".")[0] for n in names}:
            if node not in skip and name not in sys.stdlib_module_names and name != "ecomlab":
                yield node.lineno, name


def test_base_code_needs_base_dependencies_only() -> None:
    """At the top of a file of the library only what every installation has; the extras where they are used."""
    wrong = [
        f"{file.relative_to(ROOT)}:{line}: {name}"
        for file in FILES
        if not any(str(file.relative_to(PACKAGE)).startswith(place) for place in WITH_EXTRAS)
        for line, name in outside(file, anywhere=False)
        if name not in BASE
    ]
    assert not wrong


def test_every_import_from_outside_is_declared() -> None:
    """What the package imports stands in pyproject.toml, in the base or in an extra; what follows from those is named here."""
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    wanted = [*declared["dependencies"], *declared["optional-dependencies"]["lab"], *declared["optional-dependencies"]["course"]]
    known = {re.split(r"[\[<>=!~ ;]", w)[0].replace("-", "_") for w in wanted} - {"ecomlab"}
    known |= {"stdnum", "pydantic_core", "PIL"}  # of python-stdnum, pydantic and pillow
    known |= {"polars"}  # the benchmark of reports measures against it where it is installed (extra dev)
    known |= {"IPython", "ipykernel", "traitlets", "cycler", "numpy", "nbformat", "nbconvert", "nbclient", "sqlalchemy"}  # of JupyterLab, matplotlib, nbgrader
    assert {name for file in FILES for _, name in outside(file, anywhere=True)} <= known


def tracked() -> list[Path]:
    if not (ROOT / ".git").exists():
        pytest.skip("not a git checkout: what is committed cannot be told")
    listed = subprocess.run(["git", "-c", f"safe.directory={ROOT}", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True).stdout
    return [ROOT / name for name in listed.decode().split("\0") if name and (ROOT / name).is_file()]


#: Put together here, so that this file does not hold them.
HOSTS = [".".join(p) for p in (("pypi", "org"), ("pythonhosted", "org"), ("registry", "npmjs"), ("npmmirror", "com"), ("deb", "debian", "org"))]
MACHINE = re.compile("|".join((r"/root/", r"/home/\w+/", r"/work/\w", r"/tmp/(wt|v3)", r"/opt/(wheels|pypi)", r"index" + "-url", r"find" + "-links")))
OWN = ("tests/test_layout.py",)


def test_no_registry_address_and_no_machine_path_is_committed() -> None:
    wrong = []
    for path in tracked():
        name = str(path.relative_to(ROOT))
        try:
            text = path.read_text("utf-8")
        except UnicodeDecodeError:
            continue
        for number, line in enumerate(text.splitlines(), start=1):
            if any(host in line for host in HOSTS) or (name not in OWN and MACHINE.search(line)):
                wrong.append(f"{name}:{number}: {line.strip()[:120]}")
    assert not wrong


def test_no_committed_file_is_large_or_made() -> None:
    """Nothing over 1 MB, no cache, no database, no world of somebody's."""
    for path in tracked():
        name = path.relative_to(ROOT)
        assert path.stat().st_size <= 1_000_000, f"{name} has {path.stat().st_size:,} bytes"
        assert not {"__pycache__", ".ipynb_checkpoints", ".venv"} & set(name.parts), name
        assert path.suffix not in (".duckdb", ".db", ".pyc", ".whl"), name
        assert path.name != "logbook.jsonl" or "golden" in name.parts, name


def test_constraints_pin_versions_for_every_python() -> None:
    """Every line is `name==version`, with a marker where the Pythons differ; every dependency is pinned for each Python."""
    from packaging.requirements import Requirement

    lines = [line for line in (ROOT / "constraints.txt").read_text("utf-8").splitlines() if line and not line.startswith("#")]
    pins = [Requirement(line) for line in lines]
    assert all(len(p.specifier) == 1 and next(iter(p.specifier)).operator == "==" and not p.url for p in pins)
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    asked = [Requirement(r) for group in (declared["dependencies"], *declared["optional-dependencies"].values()) for r in group]

    def plain(name: str) -> str:
        return re.sub(r"[-_.]+", "-", name).lower()

    for python in ("3.11", "3.12", "3.13"):
        here = [p for p in pins if p.marker is None or p.marker.evaluate({"python_version": python})]
        versions = {plain(p.name): next(iter(p.specifier)).version for p in here}
        assert len(versions) == len(here), f"a package is pinned twice on Python {python}"
        for requirement in asked:
            if requirement.name != "ecomlab":
                assert requirement.specifier.contains(versions[plain(requirement.name)]), f"{requirement} on Python {python}"


@pytest.mark.parametrize("page", ["README.md", "README.zh.md", *sorted(str(p.relative_to(ROOT)) for p in (ROOT / "docs").rglob("*.md"))])
def test_links_lead_somewhere(page: str) -> None:
    """Every relative link of a README and of the documentation names a file that is there."""
    source = ROOT / page
    words = re.sub(r"```.*?```|`[^`]*`", "", source.read_text("utf-8"), flags=re.S)
    links = re.findall(r"\]\((?!https?:|mailto:|#)([^)#\s]+)", words)
    missing = [link for link in links if not (source.parent / link).exists() and not link.endswith("docs/images/task-form.png")]
    assert not missing


def test_the_readmes_are_twins() -> None:
    """The same sections, code and links in both languages."""
    english, chinese = ((ROOT / name).read_text("utf-8") for name in ("README.md", "README.zh.md"))

    def shape(text: str) -> list[list[int]]:
        marks = (r"```", r"\]\(", r"^- ", r"^\d\. ", r"^\|")
        return [[len(re.findall(mark, part, flags=re.M)) for mark in marks] for part in re.split(r"^## ", text, flags=re.M)]

    assert shape(english) == shape(chinese)


def test_continuous_integration_installs_every_judge() -> None:
    """Each program that a judge's message names is installed by .ci/run or comes with the extra `dev`."""
    from tests.judges import JUDGES

    script = (ROOT / ".ci" / "run").read_text("utf-8")
    extra = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["optional-dependencies"]["dev"]
    for judge in JUDGES.values():
        for package in re.findall(r"apt-get install ([\w-]+)", judge.install):
            assert re.search(rf"\b{package}\b", script), package
        for package in re.findall(r"pip install ([\w-]+)", judge.install):
            assert any(re.match(rf"{package}\b", wanted) for wanted in extra), package


def test_every_dependency_has_its_reason() -> None:
    """docs/dependencies.md names each direct dependency with the release that constraints.txt pins."""
    page = (ROOT / "docs" / "dependencies.md").read_text("utf-8")
    pinned = dict(line.split(" ;")[0].lower().split("==") for line in (ROOT / "constraints.txt").read_text("utf-8").splitlines() if "==" in line)
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    rows = [line for line in page.splitlines() if line.startswith("|")]
    for wanted in [r for group in (declared["dependencies"], *declared["optional-dependencies"].values()) for r in group]:
        name = re.split(r"[\[<>=]", wanted)[0]
        if name != "ecomlab":
            [row] = [r for r in rows if re.search(rf"\b{name}\b(?!-)", r.split("|")[1])]
            assert pinned[name] in row, f"{name} is pinned to {pinned[name]}"
