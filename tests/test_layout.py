"""The layout: imports point down, base code needs base dependencies only, nothing of one machine is committed."""

from __future__ import annotations

import ast
import functools
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from ecomlab.modules import BESIDE, NAMES
from tests.each import each

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "ecomlab"

#: The picture of the house, which is also the rule.
HOUSE = ROOT / "docs" / "house.md"


def rooms(page: str) -> dict[str, set[str]]:
    """The table of docs/house.md: from the ground up, each room with those that it may use."""
    rows = re.findall(r"^\| (\w+) \| [^|]+ \| ?([\w, ]*?) ?\|$", page, flags=re.M)
    return {room: {u.strip() for u in uses.split(",") if u.strip()} for room, uses in rows if room != "room"}


ROOMS = rooms(HOUSE.read_text("utf-8"))
#: What a server that only grades has installed.
BASE = {"duckdb", "pydantic", "pydantic_core", "filelock", "cryptography", "asn1crypto", "stdnum", "email_validator", "idna", "PIL"}
#: Where the extras may be used at the top of a file; elsewhere in the package only inside a function, when it is called.
WITH_EXTRAS = {"widgets", "course/cells.py", "grading/gradebook.py", "grading/nbgrader_bridge.py", "witness/service.py", "market/", "bench/market.py",
               "bench/reports.py", "bench/rivals_pandas.py", "modules/live/offers.py", "modules/live/trade.py"}  # fmt: skip

FILES = sorted(PACKAGE.rglob("*.py"))
#: The modules in their order.
COURSE = (*NAMES, *BESIDE)


def room_of(dotted: str) -> str:
    """The room of a module named below ecomlab: kernel.state -> kernel, modules.ca.checks -> modules. `python -m ecomlab` belongs to cli."""
    return dotted.partition(".")[0].replace("__main__", "cli")


def module_of(dotted: str) -> str:
    """The module of the course among the modules: modules.ca.checks -> ca; empty for any other file."""
    parts = dotted.split(".")
    return parts[1] if parts[0] == "modules" and parts[1:] and parts[1] in COURSE else ""


def dotted_of(file: Path) -> str:
    parts = file.relative_to(PACKAGE).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@functools.cache
def nodes_of(text: str) -> tuple[ast.AST, ...]:
    """The syntax tree of a file, from its top on; read once, however many tests ask."""
    return tuple(ast.walk(ast.parse(text)))


def imported(file: Path, root: Path = PACKAGE) -> Iterator[tuple[int, str]]:
    """(line, module below ecomlab) of every import of ours in a file, also within functions and for types only."""
    package = ["ecomlab", *file.relative_to(root).parts[:-1]]
    for node in nodes_of(file.read_text("utf-8")):
        if isinstance(node, ast.Import):
            names = [a.name for a in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            source = ".".join([*base, *([node.module] if node.module else [])])
            names = [f"{source}.{a.name}" for a in node.names]
        else:
            continue
        for name in names:
            if name.startswith("ecomlab.") and not name.startswith("ecomlab.__"):  # not __version__
                yield node.lineno, name.removeprefix("ecomlab.")


def wrong(own: str, target: str) -> bool:
    """Whether a file of ours may not import that one: its room may not use the other, or the module stands later in the course."""
    if room_of(own) != room_of(target):
        return room_of(target) not in ROOMS[room_of(own)]
    before, after = module_of(target), module_of(own)
    return bool(before and after) and COURSE.index(before) > COURSE.index(after)


@each("file", FILES)
def test_imports_point_down(file: Path) -> None:
    """A room knows those that docs/house.md lets it use; a module only those that stand before it in the course's order."""
    own = dotted_of(file)
    if not own:
        return  # ecomlab/__init__.py names what it offers and loads it on first use
    assert room_of(own) in ROOMS, f"{own}: give its room a line in docs/house.md"
    for line, target in imported(file):
        assert not wrong(own, target), f"{file.name}:{line}: {own} imports {target}"


def test_the_layout_test_sees_an_import_that_points_up(tmp_path: Path) -> None:
    (tmp_path / "kernel").mkdir()
    file = tmp_path / "kernel" / "bad.py"
    file.write_text("from ..modules.ca import authority\nfrom typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from ..lab import Lab\n", "utf-8")
    found = list(imported(file, tmp_path))
    assert found == [(1, "modules.ca.authority"), (4, "lab.Lab")]
    assert all(wrong("kernel.bad", target) for _, target in found)
    assert wrong("modules.email.post", "modules.ca.authority") and not wrong("modules.ca.authority", "modules.email.post")
    assert wrong("widgets.form", "lab") and not wrong("lab", "widgets.form")


# --- the house ---------------------------------------------------------------------------------------------------------------


def test_the_picture_of_the_house_shows_every_room() -> None:
    """Each room once in the table and once in the diagram; each may use only rooms that stand below it."""
    page = HOUSE.read_text("utf-8")
    there = {f.relative_to(PACKAGE).parts[0].removesuffix(".py") for f in FILES} - {"__init__", "__main__"}
    assert set(ROOMS) == there
    names = list(ROOMS)
    for room, uses in ROOMS.items():
        assert uses <= set(names[: names.index(room)]), f"{room} may use only what stands below it"
    assert sorted(re.findall(r"^ +(\w+)\[\"\1: [^\"]+\"\]$", page, flags=re.M)) == sorted(ROOMS)


def test_the_house_has_no_door_that_nobody_uses() -> None:
    """What a room may use, some file of it does use: the table grants nothing in advance."""
    used: dict[str, set[str]] = {room: set() for room in ROOMS}
    for file in FILES:
        if own := dotted_of(file):
            used[room_of(own)] |= {room_of(target) for _, target in imported(file)} - {room_of(own)}
    assert used == ROOMS


# --- circles -----------------------------------------------------------------------------------------------------------------


def imports_among(root: Path) -> dict[str, set[str]]:
    """Which files of a package import which, wherever in the file. `from .a import b` is the file a/b.py if there is one, else a."""
    files = {".".join(f.relative_to(root).with_suffix("").parts).removesuffix("__init__").rstrip("."): f for f in root.rglob("*.py")}
    graph: dict[str, set[str]] = {}
    for name, file in files.items():
        targets = {t if t in files else t.rpartition(".")[0] for _, t in imported(file, root)}
        graph[name] = (targets & files.keys()) - {name, ""}
    del graph[""]  # ecomlab/__init__.py names what it offers and loads it on first use
    return graph


def circles(graph: dict[str, set[str]]) -> list[set[str]]:
    """The groups of files that import each other, directly or through others of the group (strongly connected components)."""
    reached: dict[str, set[str]] = {}
    for start in graph:
        found, waiting = set[str](), list(graph[start])
        while waiting:
            if (name := waiting.pop()) not in found:
                found.add(name)
                waiting += graph[name]
        reached[start] = found
    groups = {frozenset(b for b in reached[a] if a in reached[b]) for a in graph if a in reached[a]}
    return sorted((set(g) for g in groups), key=sorted)


def test_no_files_import_each_other_in_a_circle() -> None:
    assert circles(imports_among(PACKAGE)) == []


def test_the_circle_test_sees_a_circle(tmp_path: Path) -> None:
    """Of three files, one import within a function and one for types only; and none where nothing leads back."""
    (tmp_path / "books").mkdir()
    for name, text in {
        "__init__.py": "from .lab import Lab\n",
        "lab.py": "def open():\n    from .books import stock\n",
        "books/__init__.py": "",
        "books/stock.py": "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from ..desk import Desk\n",
        "desk.py": "import ecomlab.lab\n",
        "alone.py": "from .lab import open\n",
    }.items():
        (tmp_path / name).write_text(text, "utf-8")
    assert circles(imports_among(tmp_path)) == [{"lab", "books.stock", "desk"}]
    (tmp_path / "desk.py").write_text("import ecomlab.books\n", "utf-8")
    assert circles(imports_among(tmp_path)) == []


def for_typing_only(nodes: tuple[ast.AST, ...]) -> set[ast.AST]:
    """The nodes below `if TYPE_CHECKING:`, which no run ever executes."""
    return {
        inner
        for node in nodes
        if isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING")
        for statement in node.body
        for inner in ast.walk(statement)
    }


def outside(file: Path, anywhere: bool) -> Iterator[tuple[int, str]]:
    """(line, top-level name) of every import from outside: at the file's top, or also within functions."""
    nodes = nodes_of(file.read_text("utf-8"))
    (top, *_), skip = nodes, for_typing_only(nodes)
    for node in nodes if anywhere else top.body:
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
    extras = declared["optional-dependencies"]
    wanted = [*declared["dependencies"], *(w for name in extras if name != "dev" for w in extras[name])]
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


@each("page", ["README.md", "README.zh.md", *sorted(str(p.relative_to(ROOT)) for p in (ROOT / "docs").rglob("*.md"))])
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
