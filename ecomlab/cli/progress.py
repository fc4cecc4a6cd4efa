"""How far a long command is: a bar with the time left on a terminal, and a line for each that failed, wherever errors go."""

from __future__ import annotations

import sys
import time

from ..kernel.texts import Language, Text

#: Seconds between two looks, and the bar's width in characters.
STEP, WIDTH = 0.2, 24
_LEFT = Text("{bar} {done}/{total}，约剩 {left}", "{bar} {done} of {total}, about {left} left")


class Progress:
    """To be told of each piece of work as it is done. Shows a bar only where somebody looks at a terminal."""

    def __init__(self, language: Language, many: bool = True):
        """many: whether there is enough to do for a bar."""
        self.language = language
        self._shown = many and sys.stderr.isatty()
        self._began, self._next = time.monotonic(), 0.0
        self._worked = 0

    def __call__(self, done: int, total: int, anew: bool = True) -> None:
        """anew: it was work, so that what was at hand already makes nobody believe that the rest goes as fast."""
        self._worked += anew
        now = time.monotonic()
        if done == total:
            self.clear()
        elif self._shown and self._worked and now >= self._next:
            self._next = now + STEP
            left = (now - self._began) / self._worked * (total - done)
            full = WIDTH * done // total
            bar = f"[{'█' * full}{'·' * (WIDTH - full)}]"
            said = _LEFT.fill(bar=bar, done=done, total=total, left=span(left)).say(self.language)
            print(f"\r\033[K{said}", end="", file=sys.stderr, flush=True)

    def tell(self, text: str) -> None:
        """A line that stays, above the bar."""
        self.clear()
        print(text, file=sys.stderr, flush=True)

    def clear(self) -> None:
        """The bar goes as it came: what follows stands where it stood."""
        if self._shown:
            print("\r\033[K", end="", file=sys.stderr, flush=True)


def span(seconds: float) -> Text:
    """A time to wait, no more exact than anybody needs it."""
    if seconds < 90:
        return Text("{n} 秒", "{n:second}").fill(n=max(1, round(seconds)))
    minutes = round(seconds / 60)
    if minutes < 90:
        return Text("{n} 分钟", "{n:minute}").fill(n=minutes)
    return Text("{n} 小时 {m} 分钟", "{n:hour} {m:minute}").fill(n=minutes // 60, m=minutes % 60)
