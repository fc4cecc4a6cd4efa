"""The cells of notebooks in one language edition: the same bytes for the same catalogue, with ids that stay."""

from __future__ import annotations

from typing import Any

import nbformat

from ..kernel.texts import Language, Text

_FORMAT: Any = nbformat  # its functions carry no annotations
_KERNEL = {
    "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}


class Cells(list[Any]):
    """A notebook in the making. language: of its edition; None says every text in both, Chinese first."""

    def __init__(self, language: Language | None):
        super().__init__()
        self.language = language

    def words(self, name: str, *texts: Text) -> None:
        """A cell of Markdown; texts are parts of it, with an empty line between."""
        said = [t.say(self.language) if self.language else "\n\n".join(dict.fromkeys(p for p in t if p)) for t in texts]
        self._cell("markdown", name, "\n\n".join(s for s in said if s))

    def code(self, name: str, source: str) -> None:
        self._cell("code", name, source, execution_count=None, outputs=[])

    def _cell(self, kind: str, name: str, source: str, **more: Any) -> None:
        """Not by nbformat's `new_..._cell`, which judges each by itself: two thirds of what a build takes. `written` judges them all."""
        self.append(_FORMAT.from_dict({"cell_type": kind, "id": name, "metadata": {}, "source": source, **more}))

    def form(self, code: str) -> None:
        """The form of a task; links between notebooks lead to the cell's id."""
        self.code(f"{code}-form", f'lab.form("{code}")')

    def opened(self, folder: str = "..", scenario: str = "") -> None:
        """What every notebook begins with: the student's world, and the bar at the top of it.

        folder: where the world lies, beside the folders of the two editions, so that both have one world.
        """
        given = [f'"{folder}"' if folder else "", f'scenario="{scenario}"' if scenario else "", f'language="{self.language}"' if self.language else ""]
        self.code("open", f"import ecomlab\n\nlab = ecomlab.open({', '.join(filter(None, given))})")
        self.code("bar", "lab.bar()")

    def written(self) -> str:
        made = _FORMAT.from_dict({"nbformat": 4, "nbformat_minor": 5, "metadata": _KERNEL, "cells": list(self)})
        _FORMAT.validate(made)
        return str(_FORMAT.v4.writes(made)) + "\n"


def heading(level: int, text: Text) -> Text:
    return Text(*(f"{'#' * level} {t}" if t else "" for t in text))


def bullets(texts: list[Text] | tuple[Text, ...], numbered: bool = False) -> Text:
    """A list, one text a point."""
    return Text(*("\n".join(f"{f'{n}.' if numbered else '-'} {t.say(lang)}" for n, t in enumerate(texts, 1)) for lang in ("zh", "en")))
