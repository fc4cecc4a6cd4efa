"""Dashboards in a real JupyterLab: drawn in both languages, filtered, drilled into by mouse and keyboard, taken away as files."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from tests import worlds
from tests.browser.desk import Browser

TITLES = {
    "today": ("今日", "Today"), "overview": ("总览", "Overview"), "payables": ("现金与应付", "Cash and payables"),
    "inventory": ("库存", "Inventory"), "cost": ("成本", "Cost"), "profit": ("利润", "Profit"),
    "receivables": ("应收账款", "Receivables"), "auctions": ("拍卖", "Auctions"), "marketing": ("网络营销", "Marketing"),
}  # fmt: skip
#: Widths of what stands out of its box: a text that is cut off, a table that had to be scrolled.
CUT_OFF = """(board) => [...board.querySelectorAll(".ecl-panel, .ecl-figures > div, .ecl-filter, .ecl-top, .ecl-sheet, .ecl-drawer")]
    .filter((e) => e.scrollWidth > e.clientWidth + 1).map((e) => `${e.className}: ${e.textContent.slice(0, 40)}`)"""


#: Those that are filtered and drilled into; `make test-all` reads all.
FEW = ("profit", "auctions")


@pytest.fixture
def page(browser: Browser, names: tuple[str, ...]) -> Any:
    """A notebook with those dashboards of a world in which something happened, in Chinese; tall enough to show them at once."""
    folder = browser.server.folder / "traded"
    if not folder.exists():
        worlds.opened(folder, worlds.traded()).world.close()  # with the snapshot, so that the kernel need not do two weeks again
    opening = "import ecomlab\nlab = ecomlab.open('traded')\nlab.language = 'zh'"
    page = browser.open(browser.server.notebook("dashboards", opening, *(f"lab.dashboard({name!r})" for name in names)))
    page.set_viewport_size({"width": 1100, "height": 1350 * len(names)})
    browser.run(page)
    expect(page.locator(".ecl-board")).to_have_count(len(names), timeout=60_000)
    return page


def board_of(page: Any, name: str) -> Any:
    return page.locator(".ecl-board").filter(has=page.get_by_role("heading", level=2, name=re.compile(f"^({'|'.join(TITLES[name])})$")))


@pytest.mark.parametrize("names", [FEW, pytest.param(tuple(TITLES), marks=pytest.mark.slow)], ids=["few", "all"])
def test_dashboards_are_read_filtered_drilled_into_and_taken_away(browser: Browser, page: Any, names: tuple[str, ...], tmp_path: Path) -> None:
    for language in (0, 1):
        for name in names:
            titles, board = TITLES[name], board_of(page, name)
            # all of them are drawn anew when the language changes
            expect(board.get_by_role("heading", level=2)).to_have_text(titles[language], timeout=30_000)
            expect(board.locator(".ecl-figures > div")).to_have_count(4)
            pictures = board.locator(".ecl-panel svg")
            assert pictures.count() >= 3 and all(i.evaluate("(i) => i.clientWidth > 200 && i.ariaLabel.length > 10") for i in pictures.all())
            assert board.evaluate(CUT_OFF) == [], name
            browser.shot(board, f"dashboard-{name}-{('zh', 'en')[language]}")
        if not language:  # one switch speaks for all of them
            board_of(page, "profit").get_by_role("button", name="English").click()

    # a filter, and one that cannot be taken so: told at the field, the page stays
    profit = board_of(page, "profit")
    revenue = profit.locator(".ecl-figures dd").first
    before, last = revenue.inner_text(), profit.get_by_label("To", exact=True)
    last.fill("2026-08-01")
    last.press("Enter")
    message = profit.get_by_role("alert")
    expect(message).to_have_text("The last day is before the first day, 2026-09-01. Choose that day or a later one.")
    expect(last).to_have_attribute("aria-invalid", "true")
    expect(last).to_be_focused()
    assert revenue.inner_text() == before
    last.fill("2026-09-08")
    last.press("Enter")
    expect(message).to_have_count(0)
    expect(revenue).not_to_have_text(before)
    expect(last).to_be_focused()
    last.fill("")
    last.press("Enter")
    expect(revenue).to_have_text(before)

    # from a bar to its documents to a chain, and back by Escape
    mark = profit.locator(".ecl-panel").nth(2).locator(".ecl-mark").first
    label = mark.get_attribute("aria-label")
    mark.hover()
    expect(profit.locator(".ecl-hover:not([hidden])")).to_have_text(label)
    larger = profit.locator(".ecl-panel").first
    narrow = larger.evaluate("(p) => p.clientWidth")
    larger.get_by_role("button", name="Enlarge").click()
    assert larger.evaluate("(p) => p.clientWidth") > 1.4 * narrow
    larger.get_by_role("button", name="smaller").click()
    mark.click()
    behind = profit.get_by_role("group", name="The documents behind")
    expect(behind.get_by_role("heading")).to_have_text(f"The documents behind · {label}")
    expect(behind.get_by_role("heading")).to_be_focused()
    number = behind.locator(".ecl-link").first
    shown = number.inner_text()
    number.click()
    chain = profit.get_by_role("group", name=f"Document chain of {shown}")
    expect(chain.locator("[aria-current=true]")).to_contain_text(shown)
    assert profit.evaluate(CUT_OFF) == []
    browser.shot(profit, "dashboard-drill")
    page.keyboard.press("Escape")
    expect(chain).to_have_count(0)
    expect(behind.get_by_role("heading")).to_be_focused()
    page.keyboard.press("Escape")
    expect(behind).to_have_count(0)
    expect(mark).to_be_focused()

    # the same by keyboard alone: arrow keys move among the marks of a chart, Enter opens
    auctions = board_of(page, "auctions")
    marks = auctions.locator(".ecl-marks").nth(1).get_by_role("button")
    marks.first.focus()
    page.keyboard.press("ArrowRight")
    expect(marks.nth(1)).to_be_focused()
    assert [m.get_attribute("tabindex") for m in marks.all()].count("0") == 1
    wanted = marks.nth(1).get_attribute("aria-label")
    page.keyboard.press("Enter")
    expect(auctions.locator(".ecl-drawer h3")).to_have_text(f"The documents behind · {wanted}")

    # the table and the page as files
    with page.expect_download() as taken:
        profit.get_by_role("button", name="Download the table (CSV)").click()
    taken.value.save_as(tmp_path / "table.csv")
    text = (tmp_path / "table.csv").read_bytes().decode("utf-8-sig")
    heads, *lines = csv.reader(io.StringIO(text, newline=""))
    table = profit.locator(".ecl-sheet").last
    shown = [head.removesuffix("?").strip() for head in table.locator("th").all_inner_texts()]  # a term has its sign
    assert heads == shown and [line[0] for line in lines] == table.locator("tbody td:first-child").all_inner_texts()
    assert re.fullmatch(r"profit_2026-09-01_2026-\d\d-\d\d\.csv", taken.value.suggested_filename)
    with page.expect_download() as taken:
        profit.get_by_role("button", name="Download the picture (PNG)").click()
    taken.value.save_as(tmp_path / "page.png")
    assert (tmp_path / "page.png").read_bytes().startswith(b"\x89PNG")
