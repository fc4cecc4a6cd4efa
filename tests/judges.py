"""Outside judges: programs that are not ours and check what we write. One that is missing skips its tests by name.

    openssl = judge("openssl")            # the path of the program; skips, or fails under ECOMLAB_REQUIRE_JUDGES=1
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest


class Judge(NamedTuple):
    """find: gives the path of the program, or None. install: what to tell who lacks it."""

    find: Callable[[], str | None]
    install: str


def program(*names: str) -> Callable[[], str | None]:
    """Looks for one of these on the path and beside this Python."""
    beside = str(Path(sys.executable).parent)
    return lambda: next((found for name in names for found in [shutil.which(name) or shutil.which(name, path=beside)] if found), None)


def _module(name: str) -> Callable[[], str | None]:
    def find() -> str | None:
        found = importlib.util.find_spec(name)
        return found.origin if found else None

    return find


def _chromium() -> str | None:
    if importlib.util.find_spec("playwright") is None:
        return None
    return os.environ.get("ECOMLAB_CHROMIUM") or program("chromium", "chromium-browser", "google-chrome")()


def _cjk_font() -> str | None:
    """Some font with Chinese that the browser can use, as fontconfig names it."""
    import subprocess

    if not (fc := shutil.which("fc-list")):
        return None
    found = subprocess.run([fc, ":lang=zh-cn", "family"], capture_output=True, text=True, check=False).stdout.splitlines()
    return found[0] if found else None


JUDGES = {
    "chromium": Judge(_chromium, "apt-get install chromium; pip install playwright (its own browser is not needed)"),
    "cjk-font": Judge(_cjk_font, "apt-get install fonts-noto-cjk"),
    "openssl": Judge(program("openssl"), "apt-get install openssl"),
    "hledger": Judge(program("hledger"), "apt-get install hledger"),
    "formail": Judge(program("formail"), "apt-get install procmail"),
    "mhdr": Judge(program("mhdr"), "apt-get install mblaze"),
    "mshow": Judge(program("mshow"), "apt-get install mblaze"),
    "bean-check": Judge(program("bean-check"), "pip install beancount"),
    "publicsuffixlist": Judge(_module("publicsuffixlist"), "pip install publicsuffixlist"),
}


def judge(name: str) -> str:
    """The path of a judge. Without it the test is skipped, naming it; with ECOMLAB_REQUIRE_JUDGES=1 it fails."""
    found = JUDGES[name].find()
    if found:
        return found
    missing = f"{name} is not installed: {JUDGES[name].install}"
    if os.environ.get("ECOMLAB_REQUIRE_JUDGES") == "1":
        pytest.fail(missing)
    pytest.skip(missing)
