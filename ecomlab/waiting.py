"""What is shown of a long opening: a bar in a notebook, a line on a terminal. Nothing if it is short, or if nobody is there to look."""

from __future__ import annotations

import os
import sys
import time
from typing import Any, TextIO

from .kernel.texts import Language, Text

#: Seconds after which somebody wonders, and between one look and the next.
LONG, STEP = 1.0, 0.2
_SAID = Text("正在重做此前的操作：{done} / {total}", "Doing again what was done before: {done} of {total}")


class Waiting:
    """To be told after each entry how many are done, and of how many (`World.progress`)."""

    def __init__(self, language: Language):
        self.language = language
        self._next = 0.0
        self._bar: Any = None
        self._line: TextIO | None = None

    def __call__(self, done: int, total: int) -> None:
        now = time.monotonic()
        if done == 1:
            self._next = now + LONG
        if done == total:
            self._clear()
        elif now >= self._next and not os.environ.get("NBGRADER_EXECUTION"):
            self._next = now + STEP
            self._show(done, total, _SAID.fill(done=done, total=total).say(self.language))

    def _show(self, done: int, total: int, said: str) -> None:
        if self._bar or in_notebook():
            bar = _html(f'<label>{said} <progress value="{done}" max="{total}"></progress></label>')
            if self._bar:
                self._bar.update(bar, raw=True)
            else:
                self._bar = _display(bar)
        elif sys.stderr.isatty():
            self._line = sys.stderr
            print(f"\r{said}", end="", file=self._line, flush=True)

    def _clear(self) -> None:
        """The bar and the line go as they came: what follows stands where they stood."""
        if self._bar:
            self._bar.update(_html(""), raw=True)
        if self._line:
            print("\r\033[K", end="", file=self._line, flush=True)
        self._bar = self._line = None


def _html(text: str) -> dict[str, str]:
    return {"text/html": text, "text/plain": ""}


def _display(data: dict[str, str]) -> Any:
    """Shows data in a notebook; gives the handle that changes them."""
    from IPython import display

    show: Any = display.display
    return show(data, raw=True, display_id=True)


def in_notebook() -> bool:
    """Whether this is a kernel that shows what is displayed."""
    if "IPython" not in sys.modules:
        return False
    from IPython.core.getipython import get_ipython

    return hasattr(get_ipython(), "kernel")
