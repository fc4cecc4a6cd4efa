"""A JupyterLab of our own and a real browser at it, for tests.

The page may talk to this JupyterLab only: every other request is refused and counted.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import secrets
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat

ROOT = Path(__file__).resolve().parents[2]
ARTEFACTS = ROOT / "artefacts"
#: If it is set, the tests keep pictures of what they see; of what failed they always do.
PICTURES = "ECOMLAB_PICTURES"
ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--no-first-run", "--disable-sync",
    # no name leads anywhere: whatever a page asks of the internet is not there
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
]  # fmt: skip
#: Of a page.
SIZE: Any = {"width": 1500, "height": 2600}
#: Closes all notebooks, saved or not, and ends their kernels.
CLOSE = """async () => {
    const app = window.jupyterapp;
    for (const widget of [...app.shell.widgets("main")]) {
        await widget.context?.sessionContext.shutdown();
        widget.dispose();
    }
}"""


class Server:
    """A running JupyterLab: its address with the token, its folder of notebooks."""

    def __init__(self, url: str, token: str, folder: Path, log: Path):
        self.url, self.token, self.folder, self.log = url, token, folder, log

    def settings(self, plugin: str) -> dict[str, Any]:
        """The settings of a plugin as JupyterLab serves them, overrides applied."""
        request = urllib.request.Request(f"{self.url}/lab/api/settings/{plugin}", headers={"Authorization": f"token {self.token}"})
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.load(answer)  # type: ignore[no-any-return]

    def notebook(self, name: str, *cells: str) -> str:
        """Writes a notebook of these code cells, a form's with the id that it has in the course; gives its name."""
        ids = ({"id": f"{form[1]}-form"} if (form := re.search(r"lab\.form\('(\w+)'\)$", c)) else {} for c in cells)
        made = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(c, **i) for c, i in zip(cells, ids, strict=True)])
        made.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
        nbformat.write(made, self.folder / f"{name}.ipynb")
        return name


@contextlib.contextmanager
def jupyterlab(base: Path, overrides: bool = True) -> Iterator[Server]:
    """A JupyterLab on a free port of this machine, with folders of its own. overrides: with our settings, as installed."""
    folder = base / "work"
    folder.mkdir(parents=True)
    settings = ROOT / "data" / "jupyterlab" if overrides else base / "settings"
    if not overrides:
        (settings / "overrides.d").mkdir(parents=True)
        quiet = {"@jupyterlab/apputils-extension:notification": {"fetchNews": "false", "checkForUpdates": False}}
        (settings / "overrides.d" / "quiet.json").write_text(json.dumps(quiet))
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("JUPYTER", "ECOMLAB_STUDENT", "NBGRADER"))}
    environment |= {f"JUPYTER_{what}_DIR": str(base / what.lower()) for what in ("CONFIG", "DATA", "RUNTIME")}
    environment |= {"IPYTHONDIR": str(base / "ipython"), "JUPYTERLAB_WORKSPACES_DIR": str(base / "workspaces")}
    environment |= {"JUPYTERLAB_SETTINGS_DIR": str(base / "user-settings"), "PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "ignore"}
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    token = secrets.token_hex(16)
    options = {
        "ServerApp.root_dir": folder, "ServerApp.port": port, "ServerApp.port_retries": 0, "ServerApp.ip": "127.0.0.1",
        "IdentityProvider.token": token, "LabApp.app_settings_dir": settings,
    }  # fmt: skip
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", "--expose-app-in-browser", *(f"--{k}={v}" for k, v in options.items())]
    log = base / "server.log"
    with log.open("w") as out:
        process = subprocess.Popen(command, cwd=folder, env=environment, stdout=out, stderr=subprocess.STDOUT)
        server = Server(f"http://127.0.0.1:{port}", token, folder, log)
        try:
            awaited(f"{server.url}/api", process, server.log)
            yield server
        finally:
            process.terminate()
            try:
                process.wait(timeout=15)
            except subprocess.TimeoutExpired:
                process.kill()


def awaited(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    """Waits until a server that was started answers there. Raises RuntimeError with the end of its log if it does not within three minutes."""
    for _ in range(720):
        if process.poll() is not None:
            break
        with contextlib.suppress(OSError), urllib.request.urlopen(url, timeout=2):
            return
        time.sleep(0.25)
    raise RuntimeError(f"nobody answers at {url}:\n{log.read_text()[-3000:]}")


class Browser:
    """Headless Chromium at one server. `refused` lists the addresses outside the server that a page asked for; none is reached (ARGUMENTS)."""

    def __init__(self, chromium: Any, server: Server):
        self.server = server
        self.refused: list[str] = []
        self.faults: list[str] = []
        self._pages = 0
        #: a page whose JupyterLab is loaded and has nothing open
        self._free: Any = None
        # Requests are watched, not intercepted: interception would switch the cache off, and JupyterLab is large.
        self._context = chromium.new_context(viewport=SIZE, locale="en-US")
        self._context.on("request", lambda request: self._watch(request.url))

    def _watch(self, url: str) -> None:
        local = url.split("//", 1)[-1].startswith(self.server.url.split("//", 1)[1] + "/") or url.startswith(("data:", "blob:"))
        if not local:
            self.refused.append(url)

    def open(self, name: str) -> Any:
        """A page with the notebook open and its kernel ready; nothing has run yet. The page is the one that `tidy` left, if nobody has it yet."""
        page, self._free = self._free or self._loaded(), None
        self._evaluate(
            page,
            """async (path) => {
                const app = window.jupyterapp;
                await app.commands.execute("docmanager:open", { path });
                const sleep = (ms) => new Promise((done) => setTimeout(done, ms));
                while (app.shell.currentWidget?.context?.path !== path) await sleep(100);
                const context = app.shell.currentWidget.context;
                await context.ready;
                await context.sessionContext.ready;
                while (!context.sessionContext.session?.kernel) await sleep(100);
                await context.sessionContext.session.kernel.info;
                app.shell.collapseLeft?.();
            }""",
            f"{name}.ipynb",
        )
        return page

    def _loaded(self) -> Any:
        """A page with JupyterLab in a workspace of its own."""
        page = self._context.new_page()
        self._pages += 1
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.on("websocket", lambda socket: self._watch(socket.url))
        page.goto(f"{self.server.url}/lab/workspaces/tests-{self._pages}?token={self.server.token}")
        page.wait_for_function("() => window.jupyterapp", timeout=60_000)
        self._evaluate(page, "() => window.jupyterapp.restored")
        return page

    @staticmethod
    def _evaluate(page: Any, function: str, argument: Any = None, minutes: int = 1) -> Any:
        """Evaluates with a time limit, which Playwright's own has not."""
        limited = f"""(argument) => Promise.race([
            ({function})(argument),
            new Promise((_, fail) => setTimeout(() => fail(new Error("no answer within {minutes} min")), {60_000 * minutes})),
        ])"""
        return page.evaluate(limited, argument)

    def save(self, page: Any, minutes: int = 1) -> None:
        self._evaluate(page, "() => window.jupyterapp.shell.currentWidget.context.save()", minutes=minutes)

    def shutdown(self, page: Any, minutes: int = 1) -> None:
        """Ends the notebook's kernel."""
        self._evaluate(page, "() => window.jupyterapp.shell.currentWidget.context.sessionContext.shutdown()", minutes=minutes)

    def run(self, page: Any, minutes: int = 1) -> None:
        """Runs all cells and waits until they have, so long at most."""
        self._evaluate(page, "() => window.jupyterapp.commands.execute('notebook:run-all-cells')", minutes=minutes)

    def execute(self, page: Any, code: str) -> str:
        """Runs code in the notebook's kernel, beside its cells; what it printed, or its error."""
        return self._evaluate(
            page,
            """async (code) => {
                const kernel = window.jupyterapp.shell.currentWidget.context.sessionContext.session.kernel;
                const future = kernel.requestExecute({ code, store_history: false });
                let out = "";
                future.onIOPub = ({ content }) => { out += content.text ?? (content.evalue ? `${content.ename}: ${content.evalue}` : ""); };
                await future.done;
                return out;
            }""",
            code,
        )  # type: ignore[no-any-return]

    def shot(self, what: Any, name: str) -> None:
        """Keeps a picture of a page or a part of it under artefacts/, if pictures are asked for: to draw one takes as long as many a test."""
        if PICTURES in os.environ:
            self._shoot(what, name)

    def _shoot(self, what: Any, name: str) -> None:
        ARTEFACTS.mkdir(exist_ok=True)
        what.screenshot(path=ARTEFACTS / f"{name}.png", animations="disabled")

    def shoot_all(self, name: str) -> None:
        for i, page in enumerate(self._context.pages):
            with contextlib.suppress(Exception):
                self._shoot(page, f"{name}-{i}")

    def leave(self, page: Any) -> None:
        """Closes the notebooks of a page, which is the one that `open` uses next."""
        self._evaluate(page, CLOSE)
        self._free = page

    def tidy(self) -> None:
        """Closes what is open and fails if a page asked for anything elsewhere or threw an error. One page is left for the next test: to load JupyterLab
        takes longer than most of them."""
        refused, faults = self.refused, self.faults
        for page in self._context.pages[1:]:
            page.close()
        for page in self._context.pages:
            self.leave(page)
            page.set_viewport_size(SIZE)
            page.emulate_media(media="null")
        self.refused, self.faults = [], []
        assert not refused, f"the page asked the internet for {refused}"
        assert not faults, faults

    def close(self) -> None:
        self._context.close()
