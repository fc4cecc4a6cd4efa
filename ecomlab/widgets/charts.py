"""Charts as faces: a picture that follows the world and the language, with a text in its place for those who do not see it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import traitlets

from ..dashboards.style import png
from ..desk import Desk
from ..kernel.texts import Language, Text
from .face import Face
from .paper import data_uri, paper

if TYPE_CHECKING:
    from matplotlib.figure import Figure


class Chart(Face):
    """A chart that follows the world and the language.

    drawn: puts the chart on a Figure, in a language. alt: what it shows, in words, for those who do not see it; a
    function where that depends on the world.
    """

    png = traitlets.Bytes().tag(sync=True)

    def __init__(self, desk: Desk, drawn: Callable[[Figure, Language], None], alt: Text | Callable[[], Text], width: float = 6.4, height: float = 3.6):
        self._drawn_by, self._alt, self._size = drawn, alt, (width, height)
        super().__init__(desk)

    def caption(self) -> Text:
        return self._alt if isinstance(self._alt, Text) else self._alt()

    def still(self) -> str:
        return paper({**self.view, "src": data_uri(self.png)})

    def draw(self) -> dict[str, Any]:
        language = self.desk.language
        self.png = png(lambda figure: self._drawn_by(figure, language), *self._size)
        return {"face": "chart", "language": language, "alt": self.caption().say(language), "width": self._size[0], "height": self._size[1]}
