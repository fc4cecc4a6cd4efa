"""A long opening shows how far it has come; a short one, and one that nobody watches, shows nothing."""

from __future__ import annotations

import io
import sys
from types import SimpleNamespace
from typing import Any

import pytest

import ecomlab
from ecomlab import waiting
from ecomlab.kernel.shelf import FOLDER
from ecomlab.lab import Lab
from ecomlab.waiting import Waiting


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The seconds that each entry takes, and the time that has come."""
    time = [0.5, 0.0]

    def tick() -> float:
        time[1] += time[0]
        return time[1]

    monkeypatch.setattr(waiting, "time", SimpleNamespace(monotonic=tick))
    return time


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    made = Terminal()
    monkeypatch.setattr(waiting, "sys", SimpleNamespace(stderr=made, modules=sys.modules))
    return made


def wait(entries: int, language: Any = "en") -> None:
    told = Waiting(language)
    for done in range(1, entries + 1):
        told(done, entries)


def test_on_a_terminal_a_line_tells_from_the_first_second_on_and_goes_at_the_end(clock: list[float], terminal: Terminal) -> None:
    wait(5)
    assert terminal.getvalue() == "".join(f"\rDoing again what was done before: {n} of 5" for n in (3, 4)) + "\r\033[K"
    wait(4, "zh")
    assert "正在重做此前的操作：3 / 4" in terminal.getvalue()


def test_what_is_short_unwatched_or_done_by_nbgrader_shows_nothing(clock: list[float], terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    clock[0] = 0.01
    wait(50)
    clock[0] = 0.5
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    wait(50)
    monkeypatch.delenv("NBGRADER_EXECUTION")
    monkeypatch.setattr(terminal, "isatty", lambda: False)
    wait(50)
    assert terminal.getvalue() == ""


def test_in_a_notebook_a_bar_follows_and_goes_at_the_end(clock: list[float], terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[str] = []

    class Handle:
        def update(self, what: Any, raw: bool) -> None:
            shown.append(what["text/html"])

    monkeypatch.setattr(waiting, "in_notebook", lambda: True)
    monkeypatch.setattr(waiting, "_display", lambda what: (Handle().update(what, raw=True), Handle())[1])
    wait(5)
    assert [('value="3" max="5"' in shown[0]), ('value="4" max="5"' in shown[1]), shown[2:]] == [True, True, [""]]
    assert terminal.getvalue() == ""


def test_opening_undoing_and_looking_back_tell_how_far_they_are(mail: Lab, clock: list[float], terminal: Terminal) -> None:
    for _ in range(5):
        mail.email.folder()
    mail.world.close()
    for path in (mail.world.folder / FOLDER).iterdir():
        path.unlink()
    lab = ecomlab.open(mail.world.folder)
    assert " 7" in terminal.getvalue() and terminal.getvalue().endswith("\r\033[K")
    before = len(terminal.getvalue())
    lab.undo()
    lab.at(6)
    assert terminal.getvalue().count("\r\033[K") == 3 and len(terminal.getvalue()) > before
