"""Fixtures that every test may use: fresh worlds in a folder of their own, and model students' worlds, played once."""

from __future__ import annotations

import functools
import gc
import multiprocessing
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

import ecomlab
from ecomlab.grading import workers
from ecomlab.kernel import beginning, secrets
from ecomlab.kernel.doing import Doing
from ecomlab.kernel.state import State
from ecomlab.lab import Lab
from tests import network, worlds
from tests.copies import Copies

# Examples follow from the test, not from chance: a run that is green stays green.
settings.register_profile("ecomlab", derandomize=True, deadline=None, max_examples=40, suppress_health_check=list(HealthCheck))
settings.load_profile("ecomlab")

_OF_THE_USER = ("ECOMLAB_COURSE_KEY", "ECOMLAB_STUDENT", "ECOMLAB_LANGUAGE", "JUPYTERHUB_USER", "NBGRADER_EXECUTION")
#: What `make test-fast` leaves out: whole programs at work, which take long to start and mostly wait, and whole courses played, built or graded.
_PROGRAMS = {
    "browser": ("tests/browser/",),
    "nbgrader": ("tests/test_nbgrader.py",),
    "packaging": ("tests/test_packaging.py",),
    "whole": tuple(
        f"tests/test_{name}.py"
        for name in (
            *("first", "course", "kernel_processes", "bench", "versions", "new", "perturbed", "csvfile", "export"),
            # a class graded or watched, a market made, whole logbooks replayed in both stores, damaged, cut and compared
            *("grading_class", "classroom", "compare", "cluster", "witness", "market", "market_questions", "questions", "studies", "study"),
            *("replica", "kernel_damage"),
            *("kernel_snapshots", "conservation", "dictionary", "incoterms", "losses", "dashboards", "reports", "module_reports"),
            # modules of which a student plays many days before there is anything to test
            *("b2b", "b2c", "c2c", "netsell", "shop", "service", "finance", "floor", "live", "mall", "vat_returns", "edi_b2b"),
        )
    ),
}
#: Of what is tried in each scenario, `make test-fast` tries these: to play the others takes minutes.
_FEW = ("email", "ca", "ebank", "b2c")
#: What plays or begins every scenario by itself.
_EVERY = (
    *(f"tests/test_access.py::test_{name}" for name in ("five_wrong", "a_lock_is", "the_cast")), "tests/test_golden.py", "tests/attacks/test_labels.py",
)  # fmt: skip


#: Files that take longest, each tens of seconds: they come first, so that no worker is left alone with one of them at the end.
_LONG = tuple(f"tests/test_{name}.py" for name in ("tasks", "course", "nbgrader", "packaging", "words", "b2c", "b2b", "netsell", "bench"))


#: Sweeps of `make test-all` that take minutes for each scenario or part, and share nothing: each part goes to whichever worker is free.
_PARTS = tuple(
    f"tests/attacks/test_{name}"
    for name in ("cheats.py::test_no_cheat_", "matrix.py::test_every_cell_of_every_world_", "fuzz.py::test_a_million_", "trying.py::test_whoever_")
)


#: How worlds began, for all tests of the run.
BEGINNINGS = worlds.Beginnings()


def pytest_configure(config: pytest.Config) -> None:
    gc.disable()  # until the tests are collected: a million objects are made then that all stay, and to look for garbage among them took half of the time
    network.close()
    if not hasattr(config, "workerinput") and worlds.SHARED not in os.environ:
        os.environ[worlds.SHARED] = tempfile.mkdtemp(prefix="ecomlab-tests-")
    beginning._KEPT = BEGINNINGS
    if "forkserver" in multiprocessing.get_all_start_methods():
        workers._context = Copies
    _digest_secrets_once()
    # No power is cut: to wait for the disk after each line of each logbook takes longer than many a test. Processes of their own wait for it as ever.
    os.fsync = os.fdatasync = lambda handle: None


def _digest_secrets_once() -> None:
    """The same passwords are typed in the same worlds, thousands of times, and each digest takes 50 ms. Some tests make digests cheap: theirs are others."""
    scrypt = secrets._scrypt
    once = functools.cache(lambda cost, *of: scrypt(*of))
    secrets._scrypt = lambda *of: once(secrets.COST, *of)


def pytest_collection_finish() -> None:
    """What was collected stays until the end: who looks for garbage from here on need not look through it, nor look as often as Python does by itself."""
    gc.freeze()
    gc.enable()
    gc.set_threshold(*workers.SELDOM)


def pytest_sessionfinish() -> None:
    gc.unfreeze()


def pytest_unconfigure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput") and worlds.SHARED in os.environ:
        shutil.rmtree(os.environ.pop(worlds.SHARED), ignore_errors=True)


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """A file of which `-m` leaves out every test, for where it stands, is not even read."""
    left_out = config.option.markexpr.split(" and ")
    return any(f"not {mark}" in left_out and worlds.ROOT / place == collection_path for mark, places in _PROGRAMS.items() for place in places) or None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Marks the tests of whole programs, and puts those of the browser first: they wait while others compute. Then come the long files."""
    for item in items:
        for mark, places in _PROGRAMS.items():
            if item.nodeid.startswith(places):
                item.add_marker(mark)
        given = getattr(item, "callspec", None)
        asked = {given.params.get(of) for of in ("scenario", "scenario_name")} - {None} if given else set()
        if not asked <= set(_FEW) or item.nodeid.startswith(_EVERY):
            item.add_marker("whole")
    items.sort(key=lambda item: 0 if item.get_closest_marker("browser") else 1 if item.nodeid.startswith(_LONG) else 2)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Whole files go to a worker, because tests of one file share the worlds that they open; all of the browser's share one JupyterLab. Sweeps are parted."""
    from xdist.scheduler import LoadFileScheduling

    class Scheduling(LoadFileScheduling):
        def _split_scope(self, nodeid: str) -> str:
            if nodeid.startswith(_PARTS):
                return nodeid
            return "tests/browser" if nodeid.startswith("tests/browser/") else super()._split_scope(nodeid)

    config.option.loadscopereorder = False  # in the order above, not the files with most tests first
    return Scheduling(config, log) if config.option.dist == "loadfile" else None


@pytest.fixture(scope="session", autouse=True)
def _own_environment() -> Iterator[None]:
    """Nothing of the user's environment decides what a test sees."""
    with pytest.MonkeyPatch.context() as patch:
        for name in _OF_THE_USER:
            patch.delenv(name, raising=False)
        yield


@pytest.fixture(autouse=True)
def _nobody_is_called() -> Iterator[None]:
    """A test that wants to go beyond this machine has failed, whatever became of its call."""
    yield
    asked, network.ASKED[:] = network.ASKED[:], []
    assert asked == []


@pytest.fixture(autouse=True)
def _beginnings_are_forgotten_by_one_test_only() -> Iterator[None]:
    yield
    BEGINNINGS.remember()


@pytest.fixture
def lab(tmp_path: Path) -> Callable[..., Lab]:
    """`lab("email")`: a world that has just begun; `lab("email", student="s2")` somebody else's."""

    def fresh(scenario: str = "email", student: str = worlds.STUDENT) -> Lab:
        return ecomlab.open(tmp_path / f"{scenario}-{student}", student=student, scenario=scenario)

    return fresh


@pytest.fixture
def played(tmp_path: Path) -> Callable[..., Lab]:
    """`played("email")`: a model student's finished world; `played("email", "EMAIL001")` one who did only those tasks."""

    def copy(scenario: str = "email", *codes: str, student: str = worlds.STUDENT) -> Lab:
        return worlds.opened(tmp_path / f"{scenario}-{student}", worlds.model(scenario, student, codes or None))

    return copy


@pytest.fixture
def acting(tmp_path: Path) -> Callable[..., Lab]:
    """As `played`, on the store that replays (`worlds.acting`)."""
    return lambda scenario, *codes: worlds.acting(tmp_path / scenario, worlds.model(scenario, worlds.STUDENT, codes or None))


@pytest.fixture(scope="module")
def understudied() -> Iterator[None]:
    """For files that open many worlds to see what modules do in them: their worlds are understudies' (`worlds.rehearsing`)."""
    with worlds.rehearsing():
        yield


@pytest.fixture(scope="module")
def state() -> Iterator[State]:
    """The state of a world in which nothing has happened, for all tests of a file."""
    made = worlds.fresh_state()
    yield made
    made.close()


@pytest.fixture
def do(state: State) -> Iterator[Doing]:
    """A command at work in it; what it did is taken back."""
    with worlds.at_work(state) as do:
        yield do


@pytest.fixture
def mail(played: Callable[..., Lab]) -> Lab:
    """A world whose student has a mailbox and is signed in to it."""
    return played("email", "EMAIL001")
