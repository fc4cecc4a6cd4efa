"""What the pictures in docs/images show. Each carries a digest of that, so that a test knows a picture that has become stale.

`make screenshots` (docs/site/pictures.py) takes them anew.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any, NamedTuple

from PIL import Image

from ecomlab.kernel.texts import LANGUAGES, Language
from ecomlab.lab import Chain, Lab
from ecomlab.widgets.face import Face
from tests.forms import submit

IMAGES = Path(__file__).resolve().parent.parent / "docs" / "images"
#: The key of the digest among the texts of a PNG file.
SHOWS = "Shows"


class Screen(NamedTuple):
    """A face on a picture. traded: in the world of `worlds.traded()`, else in one that has just begun; cell: what a notebook's cell says to show it;
    command, typed: what is filled in and refused there, before the picture is taken."""

    traded: bool
    cell: str
    command: str = ""
    typed: dict[str, str] = {}


SCREENS = {
    "task-form": Screen(False, "lab.form('EMAIL001')", "email.register", {"user_name": "陈", "full_name": "陈默", "password": "abc"}),
    "dashboard": Screen(True, "lab.dashboard('profit')"),
    "trace": Screen(True, """lab.trace(lab.look.value("select min(number) from document where kind = 'b2c_order'"))"""),
    "bar": Screen(True, "lab.bar()"),
}


def file(name: str, language: Language) -> Path:
    return IMAGES / f"{name}{'' if language == 'en' else f'.{language}'}.png"


def shown(lab: Lab, screen: Screen, language: Language) -> str:
    """A digest of what a picture of it shows: all that the browser is given, and how it is drawn. Charts stand there by their texts."""
    lab.language = language
    said = eval(screen.cell, {"lab": lab})
    face: Face = said.face() if isinstance(said, Chain) else said
    if screen.command:
        submit(face, screen.command, screen.typed)  # type: ignore[arg-type]
    given = json.dumps(_lasting(face.view), ensure_ascii=False, sort_keys=True)
    drawn = hashlib.sha256("\0".join((given, str(face._esm), str(face._css))).encode()).hexdigest()
    face.close()
    return drawn


def _lasting(view: Any) -> Any:
    """A view without what no picture shows (whom it answered) and what another version of matplotlib draws otherwise."""
    if isinstance(view, dict):
        return {name: _lasting(part) for name, part in view.items() if name not in ("answered", "svg")}
    return [_lasting(part) for part in view] if isinstance(view, list) else view


def stale(lab: Lab, traded: bool) -> list[str]:
    """The names of those pictures of a world that show something else than there is."""
    each = [(file(name, language), screen, language) for name, screen in SCREENS.items() if screen.traded == traded for language in LANGUAGES]
    return [picture.name for picture, screen, language in each if not picture.exists() or carried(picture) != shown(lab, screen, language)]


def carried(picture: Path) -> str:
    """The digest that a picture carries."""
    with Image.open(picture) as opened:
        return str(opened.info.get(SHOWS, ""))
