"""Widgets that hold: no click meets a stale value, and a chart arrives as the kernel drew it."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.desk import Browser, jupyterlab

CLICKS = 50
PASSWORD = "correct-horse-7"
#: Plain ipywidgets, as dashboards use them: what a click finds in the field that was typed in just before.
STOCK = """
import ipywidgets, threading
seen, threads = [], set()
field, button, count = ipywidgets.Text(description="typed"), ipywidgets.Button(description="press"), ipywidgets.Label("count 0")
def pressed(_):
    threads.add(threading.current_thread() is threading.main_thread())
    seen.append(field.value)
    count.value = f"count {len(seen)}"
button.on_click(pressed)
ipywidgets.HBox([field, button, count])
"""


def stale_clicks(browser: Browser, page: Any) -> tuple[list[str], str]:
    """What clicks right after typing found that was not what had been typed, and whether they ran on the main thread.

    Each round waits for the one before: ipywidgets holds back a value while the kernel is busy with an earlier one but
    never a click, so on a slow machine rounds that overlap would meet stale values whatever the threads. (Our own
    faces send the values with the click and need no such care: see below.)
    """
    field, button = page.get_by_label("typed"), page.get_by_role("button", name="press")
    expect(button).to_be_visible()
    for i in range(CLICKS):
        field.fill(f"value {i}")
        button.click()
        expect(page.get_by_text(f"count {i + 1}", exact=True)).to_be_visible()
    seen = json.loads(browser.execute(page, "import json; print(json.dumps(seen))"))
    return [f"{a} at click {i}" for i, a in enumerate(seen) if a != f"value {i}"], browser.execute(page, "print(threads)").strip()


def test_jupyterlab_reads_our_settings(browser: Browser) -> None:
    kernels = browser.server.settings("@jupyterlab/apputils-extension:kernels-settings")
    assert kernels["schema"]["properties"]["commsOverSubshells"]["default"] == "disabled"
    news = browser.server.settings("@jupyterlab/apputils-extension:notification")
    assert news["schema"]["properties"]["fetchNews"]["default"] == "false"


@pytest.mark.slow
def test_the_setting_alone_holds(browser: Browser) -> None:
    page = browser.open(browser.server.notebook("stock", STOCK))
    browser.run(page)
    assert stale_clicks(browser, page) == ([], "{True}")


@pytest.fixture(scope="module")
def as_shipped(chromium: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """A browser at a JupyterLab without our settings, as when the kernel lives in another environment."""
    base: Path = tmp_path_factory.mktemp("as-shipped")
    with jupyterlab(base, overrides=False) as server:
        opened = Browser(chromium, server)
        yield opened
        opened.close()


@pytest.mark.slow
def test_the_kernel_alone_holds(as_shipped: Browser) -> None:
    kernels = as_shipped.server.settings("@jupyterlab/apputils-extension:kernels-settings")
    assert kernels["schema"]["properties"]["commsOverSubshells"]["default"] != "disabled"
    page = as_shipped.open(as_shipped.server.notebook("kernel", "import ecomlab.widgets", STOCK))
    as_shipped.run(page)
    assert stale_clicks(as_shipped, page) == ([], "{True}")


@pytest.mark.parametrize("clicks", [12, pytest.param(CLICKS, marks=pytest.mark.slow)])
def test_a_form_never_submits_a_stale_value(browser: Browser, clicks: int) -> None:
    """Drafts, each submitted at once after typing: the logbook has every text, once and in order."""
    folder = f"drafts-{clicks}"
    made = f"lab.email.register('chen.mo', '陈默', {PASSWORD!r}, {PASSWORD!r})\nlab.email.sign_in('chen.mo@ecomlab.test', {PASSWORD!r})"
    page = browser.open(
        browser.server.notebook(
            folder, f"import ecomlab\nlab = ecomlab.open({folder!r}, student='s1', scenario='email')\nlab.language = 'en'\n{made}\nlab.form('EMAIL007')"
        )
    )
    browser.run(page)
    card = page.locator(".ecl-card")
    save, said = card.get_by_role("button", name="Save a draft"), card.locator(".ecl-said")
    save.click()
    expect(said).to_contain_text("-0004")
    for i in range(clicks):
        card.get_by_label("Subject optional").fill(f"subject {i}")
        card.get_by_label("Text optional").fill(f"text {i}")
        save.click()
        expect(said).to_contain_text(f"-{i + 5:04d}")
    lines = (browser.server.folder / folder / "logbook.jsonl").read_text("utf-8").splitlines()
    drafts = [e["with"] for e in map(json.loads, lines[1:]) if e["do"] == "email.save_draft"]
    assert drafts[0] == {} and drafts[1:] == [{"subject": f"subject {i}", "body": f"text {i}"} for i in range(clicks)]


CHART = """
import hashlib, ecomlab
from ecomlab.kernel.texts import Text
from ecomlab.dashboards import style
from ecomlab.widgets import charts
lab = ecomlab.open('chart', student='s1', scenario='email')
lab.language = 'zh'
def draw(figure, language):
    axes = figure.subplots()
    names = ['江南商贸', '北方百货', '西部电器', '懋鑫超市'] if language == 'zh' else ['Jiangnan', 'Beifang', 'Xibu', 'Maoxin']
    axes.bar(names, [148200, 104910, 89640, 69630 + 10 * len(lab.world.entries)])
    axes.set_title('应收账款，元' if language == 'zh' else 'Receivables, CNY')
chart = charts.Chart(lab, draw, Text('四家客户的应收账款', 'Receivables of four customers'))
chart
"""
BYTES = """async (image) => {
    const bytes = await (await fetch(image.src)).arrayBuffer();
    const digest = await crypto.subtle.digest("SHA-256", bytes);
    return [...new Uint8Array(digest)].map((b) => b.toString(16).padStart(2, "0")).join("");
}"""
#: How long a drawing may be on its way to the browser, in seconds.
ON_ITS_WAY = 2.0
EXPECTED = "print(hashlib.sha256(style.png(lambda f: draw(f, lab.language))).hexdigest())"


def arrives(chart: Any, digest: str) -> None:
    """The picture in the browser is the one with this digest, at once or shortly."""
    end = time.monotonic() + ON_ITS_WAY
    while (there := chart.evaluate(BYTES)) != digest and time.monotonic() < end:
        time.sleep(0.02)
    assert there == digest


@pytest.mark.slow
@pytest.mark.parametrize("redrawn", [2, 10])
def test_a_chart_in_the_browser_is_the_one_the_kernel_draws(browser: Browser, redrawn: int) -> None:
    page = browser.open(browser.server.notebook(f"chart-{redrawn}", CHART.replace("'chart'", f"'chart-{redrawn}'"), "lab.bar()"))
    browser.run(page)
    chart = page.get_by_role("img", name="四家客户的应收账款")
    expect(chart).to_be_visible()
    assert chart.evaluate(BYTES) == browser.execute(page, EXPECTED).strip()
    browser.shot(chart, "chart-zh")
    # drawn anew in callbacks
    for days in range(1, redrawn + 1):
        page.get_by_role("button", name="下一天").click()
        expect(page.get_by_text(f"2026-09-{1 + days:02d}").filter(visible=True).first).to_be_visible()
        arrives(chart, browser.execute(page, EXPECTED).strip())
    page.get_by_role("button", name="English").click()
    english = page.get_by_role("img", name="Receivables of four customers")
    expect(english).to_be_visible()
    arrives(english, browser.execute(page, EXPECTED).strip())
    browser.shot(english, "chart-en")
