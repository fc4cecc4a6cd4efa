"""The hub of deploy/jupyterhub on ports of its own, and people signed in at it in browsers of their own, for tests."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from playwright.sync_api import expect

from tests.browser.desk import ARTEFACTS, ROOT, awaited

CONFIG = ROOT / "deploy" / "jupyterhub" / "jupyterhub_config.py"
#: How many ports the hub listens on, one beside the other.
PORTS = 4
#: A server of somebody's starts, a notebook's kernel too, and nbgrader does each step in a process of its own; on a machine with other work all the slower.
PATIENCE = 600_000


def free_ports() -> int:
    """The first of so many ports in a row on which nobody listens."""
    for first in range(20_000, 30_000, PORTS):
        with contextlib.ExitStack() as held, contextlib.suppress(OSError):
            for port in range(first, first + PORTS):
                held.enter_context(socket.socket()).bind(("127.0.0.1", port))
            return first
    raise RuntimeError("there are no four free ports in a row")


@contextlib.contextmanager
def running(kept: Path, language: str) -> Iterator[str]:
    """The hub, started as its README says; gives its address. kept: the folder for everything that it keeps."""
    port = free_ports()
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("JUPYTER", "ECOMLAB", "NBGRADER"))}
    environment |= {"ECOMLAB_HUB": str(kept), "ECOMLAB_HUB_PORT": str(port), "ECOMLAB_LANGUAGE": language, "PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "ignore"}
    log = kept.with_suffix(".log")
    with log.open("w") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "jupyterhub", "--config", str(CONFIG)], cwd=kept.parent, env=environment, stdout=out, stderr=subprocess.STDOUT
        )
        try:
            url = f"http://127.0.0.1:{port}"
            awaited(f"{url}/hub/api", process, log)
            yield url
        finally:
            process.send_signal(signal.SIGTERM)  # the hub ends its servers, the witness and the proxy
            try:
                process.wait(timeout=30)
            except subprocess.TimeoutExpired:
                process.kill()


class Person:
    """Somebody at the hub in a browser of their own, with cookies of their own."""

    def __init__(self, chromium: Any, hub: str, name: str):
        self.hub, self.name = hub, name
        self.context = chromium.new_context(viewport={"width": 1400, "height": 1000}, locale="en-US")
        self.context.set_default_timeout(PATIENCE)
        self.refused: list[str] = []
        self.context.on("request", lambda request: self._watch(request.url))
        self.page = self.context.new_page()

    def _watch(self, url: str) -> None:
        if not url.startswith((f"{self.hub}/", "data:", "blob:", "about:")):
            self.refused.append(url)

    def at(self, path: str = "") -> str:
        """An address at this person's own server."""
        return f"{self.hub}/user/{self.name}/{path}"

    def sign_in(self) -> None:
        """By the form, as everybody does; waits until the own server has started and JupyterLab is there."""
        self.page.goto(f"{self.hub}/hub/login")
        self.page.get_by_label("Username:").fill(self.name)
        self.page.get_by_label("Password:").fill("any")
        self.page.get_by_role("button", name="Sign in").click()
        self.page.wait_for_url(f"**/user/{self.name}/lab**")
        self.settled()

    def settled(self) -> None:
        expect(self.page.locator("#jp-MainMenu")).to_be_visible(timeout=PATIENCE)
        expect(self.page.locator(".jupyterlab-splash")).to_have_count(0, timeout=PATIENCE)

    def menu(self, *path: str) -> None:
        """Chooses from JupyterLab's menus."""
        self._open(path[0])
        for item in path[1:]:
            self.page.locator(".lm-Menu-item:visible").get_by_text(item, exact=True).click()

    def offered(self, menu: str) -> list[str]:
        """What a menu of JupyterLab's shows."""
        opened = self._open(menu)
        said = [text for text in opened.locator(".lm-Menu-itemLabel").all_inner_texts() if text]  # of a line between entries, nothing
        # the key is for the menu itself: what JupyterLab still loads may have taken the focus from it, and an open menu would take the next click
        opened.press("Escape")
        expect(opened).to_have_count(0)
        return said

    def _open(self, menu: str) -> Any:
        self.page.locator("#jp-MainMenu").get_by_text(menu, exact=True).click()
        opened = self.page.locator(".lm-Menu")
        expect(opened).to_be_visible()
        return opened

    # --- a student's list of assignments ---

    def assignments(self) -> Any:
        """nbgrader's list, opened or looked at anew."""
        listed = self.page.locator("#nbgrader-assignment-list")
        if not listed.is_visible():
            self.menu("Nbgrader", "Assignment List")
        expect(listed.get_by_text("Released assignments")).to_be_visible()
        return listed

    def press(self, button: str) -> None:
        """Fetch, Submit or Fetch Feedback: of the one assignment that there is."""
        self.assignments().get_by_text(button, exact=True).click()

    # --- a notebook ---

    def run(self, path: str) -> None:
        """Opens a notebook and runs its cells from the menu."""
        self.page.goto(self.at(f"lab/tree/{path}"))
        self.settled()
        expect(self.page.get_by_text("Python 3 (ipykernel) | Idle")).to_be_visible()  # else JupyterLab asks for a kernel
        self.menu("Run", "Run All Cells")

    def output(self, path: str, ends: str) -> str:
        """What a notebook of one cell prints, run until it has said how it ends."""
        self.run(path)
        outputs = self.page.locator(".jp-OutputArea-child .jp-OutputArea-output")
        expect(outputs.filter(has_text=ends)).to_have_count(1)
        return "\n".join(outputs.all_inner_texts())

    def write(self, path: str, source: str) -> None:
        """Puts a notebook of one cell into the own folder, through the server's own interface."""
        cell = {"cell_type": "code", "source": source, "metadata": {}, "outputs": [], "execution_count": None, "id": "only"}
        kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
        body = {"type": "notebook", "format": "json", "content": {"cells": [cell], "metadata": kernel, "nbformat": 4, "nbformat_minor": 5}}
        xsrf = next(c["value"] for c in self.context.cookies(self.at()) if c["name"] == "_xsrf" and c["path"].startswith(f"/user/{self.name}"))
        answer = self.context.request.put(self.at(f"api/contents/{path}"), data=body, headers={"X-XSRFToken": xsrf})
        assert answer.ok, answer.text()

    # --- a teacher's formgrader ---

    def formgrader(self) -> Any:
        """The frame of it, opened from the menu in a JupyterLab that shows nothing else."""
        self.page.goto(self.at("lab?reset"))
        self.settled()
        self.menu("Nbgrader", "Formgrader")
        frame = self.page.frame_locator("iframe[src*=formgrader]")
        expect(frame.get_by_text("email", exact=True).first).to_be_visible()
        return frame

    def do(self, frame: Any, row: str, cell: str, shot: str = "") -> str:
        """Clicks the sign in a row's cell, and gives what the formgrader says to it."""
        frame.locator("tr", has=frame.get_by_text(row, exact=True)).locator(f"td.{cell} a").click()
        said = frame.locator("#success-modal, #error-modal").first
        said.wait_for()
        text = str(said.inner_text())
        self.shot(shot or cell)
        frame.get_by_role("button", name="OK").click()
        said.wait_for(state="detached")
        return text

    def status(self, path: str) -> int:
        """What the own server answers over HTTP."""
        return int(self.context.request.get(path if path.startswith("http") else self.at(path)).status)

    def shot(self, name: str) -> None:
        ARTEFACTS.mkdir(exist_ok=True)
        self.page.screenshot(path=ARTEFACTS / f"hub-{name}.png", animations="disabled")
