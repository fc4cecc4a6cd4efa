"""The wheels in an empty environment: the students' alone is the whole laboratory but for the model student; with the teachers' it has that too."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

from ecomlab.kernel.scenario import scenario_names

ROOT = Path(__file__).resolve().parent.parent
OF_THE_EXTRAS = ("pandas", "numpy", "matplotlib", "ipywidgets", "anywidget", "IPython", "jupyterlab", "nbformat", "nbgrader")


def built(project: Path, out: Path) -> Path:
    """A wheel of this checkout, built by hatchling itself: no build environment, so no network."""
    subprocess.run([sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(out)], cwd=project, check=True, capture_output=True)
    return next(out.glob("*.whl"))


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel that students install."""
    return built(ROOT, tmp_path_factory.mktemp("dist"))


@pytest.fixture(scope="module")
def teachers_wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel that teachers install beside it."""
    return built(ROOT / "teacher", tmp_path_factory.mktemp("dist-teacher"))


@pytest.fixture(scope="module")
def installed(wheel: Path, teachers_wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return environment(tmp_path_factory.mktemp("env"), wheel, teachers_wheel)


@pytest.fixture(scope="module")
def students(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """With what is in the wheel only: how pip puts it there is seen in `installed`."""
    place = environment(tmp_path_factory.mktemp("env-students"))
    with zipfile.ZipFile(wheel) as packed:
        packed.extractall(next(place.glob("lib/python*/site-packages")))
    return place


def environment(place: Path, *wheels: Path) -> Path:
    """A fresh environment with the wheels in it. Their dependencies are those of the running environment, read through a
    path file, in which path files (such as that of an editable ecomlab) have no say."""
    venv.create(place, with_pip=False, symlinks=os.name != "nt")
    pip = [sys.executable, "-m", "pip", "--python", str(place / "bin" / "python")]
    options = ["--no-deps", "--no-index", "--no-compile", "--quiet"]  # what a test imports is compiled then, and most is not
    if wheels:
        subprocess.run([*pip, "install", *options, *map(str, wheels)], check=True, capture_output=True)
    libraries = next(place.glob("lib/python*/site-packages"))
    (libraries / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n", "utf-8")
    return place


def run(place: Path, *command: str, folder: Path, check: bool = True) -> subprocess.CompletedProcess[str]:
    environment = {k: v for k, v in os.environ.items() if k not in ("PYTHONPATH", "VIRTUAL_ENV", "NBGRADER_EXECUTION") and not k.startswith("ECOMLAB_")}
    done = subprocess.run([str(place / "bin" / command[0]), *command[1:]], cwd=folder, env=environment, capture_output=True, text=True)
    assert not check or done.returncode == 0, f"{command} ended with {done.returncode}:\n{done.stdout}\n{done.stderr}"
    return done


def test_everything_that_travels_is_in_one_wheel_or_the_other(wheel: Path, teachers_wheel: Path) -> None:
    inside, teachers = set(zipfile.ZipFile(wheel).namelist()), set(zipfile.ZipFile(teachers_wheel).namelist())
    for folder, suffixes in {"data": (".csv", ".toml"), "notebooks": (".ipynb",), "assignments": (".ipynb", ".py")}.items():
        wanted = [p for p in (ROOT / folder).rglob("*") if p.suffix in suffixes and not {".ipynb_checkpoints", "release", "submitted"} & set(p.parts)]
        assert wanted
        assert {f"ecomlab/share/{p.relative_to(ROOT).as_posix()}" for p in wanted} <= inside
    kept = [p for p in (ROOT / "ecomlab").rglob("*") if p.is_file() and "__pycache__" not in p.parts]
    assert {p.relative_to(ROOT).as_posix() for p in kept} - inside - teachers == set(), "name it in teacher/pyproject.toml"
    assert not inside & teachers
    assert not [n for n in inside if "playbook" in n and not n.endswith(".txt")]
    assert {f"ecomlab/share/{Path(n).name}" for n in inside if Path(n).name == "logbook.jsonl"} == set()
    assert any(n.endswith("licenses/LICENSE") for n in inside)
    assert any(n.endswith("licenses/LICENSE-texts") for n in inside)


STUDENT = """
import sys
from ecomlab import modules
from ecomlab.cli.main import main
from ecomlab.kernel import tasks
from ecomlab.kernel.logbook import Header, seed_for
from ecomlab.kernel.plays import PLAYS
from ecomlab.kernel.rules import RULES
from ecomlab.kernel.scenario import scenario, scenario_names
from ecomlab.kernel.state import State
modules.load()
assert len(PLAYS) == 14 < len(tasks.tasks()), sorted(PLAYS)
for name in scenario_names():
    if name in sys.argv[1:]:
        State(Header(name, scenario(name).digest, seed_for("s", "k"), "s", "", "", RULES)).close()
    assert set(PLAYS) >= {step for step in scenario(name).prologue if step in tasks.tasks()}
for command in (["demo", "--module", "email"], ["bench"]):
    assert main(command) == 2
import ecomlab
lab = ecomlab.open("world", student="s", scenario="email")
lab.email.register(user_name="s.one", full_name="S", password="Tests-1-password", confirm="Tests-1-password")
assert not lab.check("EMAIL001").points == lab.check("EMAIL001").out_of
sys.exit(main(["grade", "world"]))
"""


def test_a_wheel_built_twice_is_the_same(wheel: Path, teachers_wheel: Path, tmp_path: Path) -> None:
    """To the byte, so that anybody can tell whether a wheel is what the sources make."""
    assert built(ROOT, tmp_path / "again").read_bytes() == wheel.read_bytes()
    assert built(ROOT / "teacher", tmp_path / "teacher").read_bytes() == teachers_wheel.read_bytes()


@pytest.mark.parametrize("opened", [["ebank"], pytest.param(scenario_names(), marks=pytest.mark.slow, id="all")], ids="+".join)
def test_the_students_wheel_has_the_laboratory_and_no_model_student(students: Path, tmp_path: Path, opened: list[str]) -> None:
    """Scenarios open, work is done and graded; what would do the tasks by itself is not there, and is named as the teachers'."""
    done = run(students, "python", "-c", STUDENT, *opened, folder=tmp_path)
    assert done.stderr.count("ecomlab-teacher") == 2


def test_jupyterlab_finds_the_settings_that_the_widgets_need(installed: Path) -> None:
    settings = installed / "share" / "jupyter" / "lab" / "settings" / "overrides.d" / "ecomlab.json"
    assert json.loads(settings.read_text("utf-8"))["@jupyterlab/apputils-extension:kernels-settings"] == {"commsOverSubshells": "disabled"}


def test_the_command_line_works_from_the_wheel_alone(installed: Path, tmp_path: Path) -> None:
    where = run(installed, "python", "-c", "import ecomlab; print(ecomlab.__file__)", folder=tmp_path).stdout
    assert where.startswith(str(installed)), "the test would test the checkout"
    catalogue = json.loads(run(installed, "ecomlab", "tasks", "--format", "json", folder=tmp_path).stdout)
    assert len(catalogue) >= 27
    run(installed, "ecomlab", "demo", "--student", "p1", "--module", "email", "--out", "world", folder=tmp_path)
    graded = json.loads(run(installed, "ecomlab", "grade", "world", "--format", "json", folder=tmp_path).stdout)
    report = graded[0] if isinstance(graded, list) else graded
    assert report["points"] == report["out_of"] > 0
    run(installed, "ecomlab", "audit", "world", folder=tmp_path)


def test_the_course_is_copied_into_a_folder_of_the_users(installed: Path, tmp_path: Path) -> None:
    """Outside a checkout the notebooks go to ./ecomlab-course, and what lies there stays as it is."""
    script = "from ecomlab.course.folder import working_folder; print(working_folder(None)[0])"
    folder = Path(run(installed, "python", "-c", script, folder=tmp_path).stdout.strip())
    assert folder == (tmp_path / "ecomlab-course").resolve()
    assert {p.relative_to(folder) for p in folder.rglob("*.ipynb")} == {p.relative_to(ROOT / "notebooks") for p in (ROOT / "notebooks").glob("*/*.ipynb")}
    (folder / "zh" / "00-start.ipynb").write_text("mine", "utf-8")
    run(installed, "python", "-c", script, folder=tmp_path)
    assert (folder / "zh" / "00-start.ipynb").read_text("utf-8") == "mine"


def test_the_base_installation_is_enough_for_grading(installed: Path, tmp_path: Path) -> None:
    """On a server without JupyterLab, pandas and nbgrader, a world is played, graded and audited."""
    script = f"""
import sys
class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {OF_THE_EXTRAS!r}:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)
sys.meta_path.insert(0, Absent())
import ecomlab
from ecomlab.cli.main import main
lab = ecomlab.open("world", student="p2", scenario="email")
from ecomlab.kernel.plays import PLAYS
for code in lab.codes:
    PLAYS[code](lab.player())
report = ecomlab.grade("world")
assert report.points == report.out_of > 0, report
assert not any(v.findings for v in lab.audit())
sys.exit(main(["grade", "world", "--workers", "2"]))
"""
    run(installed, "python", "-c", script, folder=tmp_path)


def test_importing_ecomlab_loads_next_to_nothing(installed: Path, tmp_path: Path) -> None:
    script = "import sys, ecomlab; print(' '.join(sorted({m.partition('.')[0] for m in sys.modules})))"
    loaded = set(run(installed, "python", "-c", script, folder=tmp_path).stdout.split())
    assert not loaded & {"duckdb", "pydantic", "cryptography", *OF_THE_EXTRAS}
    script = "import sys; from ecomlab import open; print(' '.join(sorted({m.partition('.')[0] for m in sys.modules})))"
    loaded = set(run(installed, "python", "-c", script, folder=tmp_path).stdout.split())
    assert not loaded & set(OF_THE_EXTRAS)


def test_a_command_that_needs_an_extra_says_so(installed: Path, tmp_path: Path) -> None:
    """Without JupyterLab `ecomlab lab` ends with status 2 and how to install it, not with a traceback."""
    script = "import sys; sys.modules['jupyterlab'] = None; from ecomlab.cli.main import main; sys.exit(main(['lab']))"
    done = run(installed, "python", "-c", script, folder=tmp_path, check=False)
    assert done.returncode == 2
    assert "pip install" in done.stderr and "Traceback" not in done.stderr
