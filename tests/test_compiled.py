"""Files of TOML that were read once: kept as Python keeps compiled modules, and never another file's, an older one's or a damaged one."""

from __future__ import annotations

import importlib
import os
import pickle
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

from ecomlab.kernel import compiled

ROOT = Path(__file__).resolve().parent.parent


class Reader:
    """Reads TOML, and counts how often it had to."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.times = 0

    def of(self, text: str) -> dict[str, Any]:
        def read() -> dict[str, Any]:
            self.times += 1
            return tomllib.loads(text)

        return compiled.kept(self.folder, "tasks.toml", text, read)


@pytest.fixture
def reader(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Reader:
    """A package of its own on the disk, and a Python that may write."""
    (tmp_path / "tea_house").mkdir()
    (tmp_path / "tea_house" / "__init__.py").write_text("")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    monkeypatch.setattr(sys, "pycache_prefix", None)
    importlib.import_module("tea_house")
    yield Reader(tmp_path / "tea_house")  # type: ignore[misc]
    sys.modules.pop("tea_house")


def stored(tmp_path: Path) -> list[Path]:
    return sorted((tmp_path / "tea_house" / "__pycache__").glob("tasks.toml*"))


def test_a_text_is_read_once(reader: Reader, tmp_path: Path) -> None:
    assert reader.of("a = 1") == reader.of("a = 1") == {"a": 1}
    assert reader.times == 1 and len(stored(tmp_path)) == 1


def test_another_text_is_read_again(reader: Reader) -> None:
    assert [reader.of(text) for text in ("a = 1", "a = 2", "a = 1")] == [{"a": 1}, {"a": 2}, {"a": 1}]
    assert reader.times == 3


@pytest.mark.parametrize("damage", [b"", b"x" * 20, None, "cut", "list"])
def test_what_is_damaged_is_read_again(reader: Reader, tmp_path: Path, damage: bytes | str | None) -> None:
    reader.of("a = 1")
    (file,) = stored(tmp_path)
    whole = file.read_bytes()
    if damage is None:
        file.unlink()
        file.mkdir()
    else:
        file.write_bytes(damage if isinstance(damage, bytes) else whole[:-3] if damage == "cut" else whole[:32] + pickle.dumps([1]))
    assert reader.of("a = 1") == {"a": 1} and reader.times == 2


def test_where_python_may_not_write_nothing_is_written(reader: Reader, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    assert reader.of("a = 1") == reader.of("a = 1") == {"a": 1}
    assert reader.times == 2 and not stored(tmp_path)


def test_a_file_that_is_no_toml_is_kept_nowhere(reader: Reader, tmp_path: Path) -> None:
    with pytest.raises(tomllib.TOMLDecodeError):
        reader.of("a =")
    assert not stored(tmp_path)


@pytest.mark.whole
def test_a_second_start_reads_no_toml_and_grades_a_small_submission_without_duckdb(tmp_path: Path) -> None:
    code = (
        "import sys, tomllib; real = tomllib.loads; n = []; tomllib.loads = lambda *a, **k: n.append(1) or real(*a, **k)\n"
        "from ecomlab.grading import grade; points = grade(sys.argv[1]).points; asked = 'duckdb' in sys.modules\n"
        "from ecomlab import modules; modules.load(); from ecomlab.kernel.tasks import tasks; print(len(n), len(tasks()), asked, points)"
    )
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"} | {"PYTHONPYCACHEPREFIX": str(tmp_path), "PYTHONPATH": str(ROOT)}
    call = [sys.executable, "-c", code, str(ROOT / "tests" / "golden" / "email.jsonl")]
    first, second = (subprocess.run(call, env=environment, capture_output=True, text=True, check=True).stdout.split() for _ in range(2))
    assert int(first[0]) > 20 and second[0] == "1"  # the scenario of the world
    assert first[1] == second[1] and int(second[1]) > 170
    assert (first[2], second[2]) == ("True", "False") and first[3] == second[3] == "12.0"
