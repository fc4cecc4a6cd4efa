"""What every face has in common: a view that follows the world and the language, and messages from the browser."""

from __future__ import annotations

import asyncio
import contextlib
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import anywidget
import traitlets

from ..desk import Desk
from ..kernel.texts import Text
from .following import follow
from .paper import paper, plain
from .words import WORDS

#: Seconds after the last change at which faces that are out of sight are drawn too, for what is kept with the notebook.
REST = 5.0
_STATIC = Path(__file__).with_name("static")


def static(*names: str) -> str:
    """Scripts or styles as one text, in the order in which they use each other."""
    return "\n".join((_STATIC / name).read_text("utf-8") for name in names)


#: In a notebook that is reopened no live face comes up, and JupyterLab says so below its still picture; in one that is live, only the picture goes.
_HIDES = "<style>.jp-OutputArea-child:has(.ecl-reopen) + .jp-OutputArea-child:not(:has(.ecl-root)) { display: none; }</style>"


class Face(anywidget.AnyWidget):  # type: ignore[misc]
    """A widget at a desk. `view` is all that is to be seen, as JSON in the desk's language; `draw` makes it anew."""

    _esm: Path | str = _STATIC / "faces.js"
    _css: Path | str = _STATIC / "faces.css"
    view = traitlets.Dict().tag(sync=True)

    def __init__(self, desk: Desk, **state: Any):
        super().__init__(**state)
        self.desk = desk
        #: the browser's views of this widget that are on the screen; None until the first one reports
        self._seen: set[str] | None = None
        self._stale = False
        self._due = False
        self._resting: asyncio.TimerHandle | None = None
        #: while it acts itself, it is drawn once at the end
        self._held = False
        #: the handle of the still picture, once it is displayed, and what it shows
        self._shown: Any = None
        self._kept: dict[str, str] = {}
        self.on_msg(self._heard)
        desk.watch(self)
        follow(desk)
        self._draw_now()

    # --- what is to be seen ---

    def draw(self) -> dict[str, Any]:
        """The view as it should be now."""
        raise NotImplementedError

    def refresh(self) -> None:
        """Draws anew: in a kernel once it has finished what it is doing, so that many changes make one drawing."""
        if self._due or self._held:
            return
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            self._draw_now()
        else:
            self._due = True
            loop.call_soon(self._draw_now)

    def _draw_now(self) -> None:
        """Put off while no view of this widget is on the screen, so that forms far away cost nothing until the world rests."""
        self._due = False
        self._stale = self._seen is not None and not self._seen
        if self._stale:
            self._wait_for_rest()
        else:
            self._draw_at_once()

    def _draw_at_once(self) -> None:
        self._stale = False
        if self.comm is not None:
            self.view = self._drawn()
            self._settle()

    def _wait_for_rest(self) -> None:
        """What is out of sight is drawn once nothing has changed for a while: a notebook that is kept, printed or exported shows it."""
        if self._resting:
            self._resting.cancel()
        with contextlib.suppress(RuntimeError):  # no kernel runs: nobody keeps a notebook
            self._resting = asyncio.get_running_loop().call_later(REST, self._draw_at_rest)

    def _draw_at_rest(self) -> None:
        if self._stale:
            self._draw_at_once()

    def _drawn(self) -> dict[str, Any]:
        try:
            return self.draw()
        except Exception as error:  # a fault in one face must not stop the command that made it draw
            traceback.print_exc()
            return {"face": "broken", "text": self.say("fault", what=f"{type(error).__name__}: {error}")}

    def say(self, word: str, **values: object) -> str:
        """A word of the faces' own vocabulary, in the desk's language."""
        return WORDS[word].fill(**values).say(self.desk.language)

    def words(self, *names: str) -> dict[str, str]:
        """Words for the browser, which fills their places itself."""
        return {name: WORDS[name].say(self.desk.language) for name in names}

    # --- what the student does ---

    def actions(self) -> dict[str, Callable[[dict[str, Any]], None]]:
        """What the browser may ask for, by name."""
        return {}

    def _heard(self, _: Any, content: Any, buffers: Any) -> None:
        if not isinstance(content, dict):
            return
        if content.get("do") == "seen":
            self._on_seen(content)
        elif action := self.actions().get(str(content.get("do"))):
            action(content)

    def _on_seen(self, content: dict[str, Any]) -> None:
        self._seen = self._seen or set()
        (self._seen.add if content.get("on") else self._seen.discard)(str(content.get("view")))
        if self._seen and self._stale:
            self._draw_now()

    # --- in a notebook ---

    def caption(self) -> Text:
        """What this face is, for a reader who cannot see it."""
        return Text("ecomlab", "ecomlab")

    def still(self) -> str:
        """The face as HTML that needs neither kernel nor script: what a reopened, printed or exported notebook shows."""
        return paper(self.view)

    def text(self, still: str) -> str:
        """The same for readers of text alone."""
        return plain(still) or str(self.caption())

    def _ipython_display_(self) -> None:
        """Shows the widget after its still picture, in an output of its own that live views hide (faces.css): JupyterLab never falls back to a picture
        within a widget's output."""
        from IPython.display import display

        self._shown = display(self._still(), raw=True, display_id=f"ecomlab-{self.model_id}") or self._shown
        display(self._repr_mimebundle_()[0], raw=True)

    def _still(self) -> dict[str, str]:
        still = self.still()
        return {"text/html": f'<div class="ecl-reopen">{_HIDES}{still}</div>', "text/plain": self.text(still)}

    def _settle(self) -> None:
        """The still picture follows what is seen, so that what is kept with the notebook is how things stood last."""
        if self._shown is not None and (still := self._still()) != self._kept:
            self._kept = still
            self._shown.update(still, raw=True)

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        made: Any = super()._repr_mimebundle_(**kwargs)
        data, metadata = made if isinstance(made, tuple) else (made, {})
        return {**data, "text/plain": str(self.caption())}, metadata
