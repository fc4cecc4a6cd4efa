from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.browser.desk import Browser, Server, jupyterlab
from tests.judges import judge


@pytest.fixture(scope="package")
def chromium() -> Iterator[Any]:
    """For this folder only: Playwright keeps an event loop running in its thread, under which other tests' widgets
    would rightly wait to draw, as in a kernel."""
    path = judge("chromium")
    judge("cjk-font")
    from playwright.sync_api import sync_playwright

    from tests.browser.desk import ARGUMENTS

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="package")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with jupyterlab(tmp_path_factory.mktemp("jupyter")) as running:
        yield running


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Any:
    """Keeps a picture of what a failed test saw."""
    report = yield
    seen = getattr(item, "funcargs", {}).get("browser")
    if report.failed and seen is not None:
        seen.shoot_all(f"failed-{item.name}")
    return report


@pytest.fixture(scope="package")
def desk(chromium: Any, server: Server) -> Iterator[Browser]:
    """One browser for all of them, so that it reads JupyterLab's scripts once."""
    opened = Browser(chromium, server)
    yield opened
    opened.close()


@pytest.fixture
def browser(desk: Browser) -> Iterator[Browser]:
    yield desk
    desk.tidy()
