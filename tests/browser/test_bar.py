"""The desk in a real JupyterLab: a bar, forms and progress in two notebooks of one world, without a line of Python."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.desk import Browser

PASSWORD = "correct-horse-7"
OPEN = "import ecomlab\nlab = ecomlab.open('.', student='s1', scenario='{scenario}')"


def test_one_notebook_follows_another_and_a_link_leads_there(browser: Browser) -> None:
    first = browser.server.notebook("01-mail", OPEN.format(scenario="email"), "lab.language = 'en'\nlab.bar()", "lab.form('EMAIL001')", "lab.form('EMAIL003')")
    second = browser.server.notebook("02-more", OPEN.format(scenario="email"), "lab.bar()", "lab.form('EMAIL002')", "lab.progress()")
    page = browser.open(first)
    browser.run(page)
    other = browser.open(second)
    browser.run(other)
    waits = other.locator(".ecl-task")
    expect(waits.get_by_text("First do the task EMAIL001")).to_be_visible()
    expect(waits.get_by_role("button", name="Fill it in anyway")).to_be_visible()
    browser.shot(other, "desk-1-waits")

    # done in the first notebook, by forms alone; the one that waited can now be done, in the second
    page.bring_to_front()
    card = page.locator(".ecl-task").first
    for label, value in (("User name", "chen.mo"), ("Name", "陈默"), ("Password", PASSWORD), ("Password again", PASSWORD)):
        card.get_by_label(label, exact=True).fill(value)
    card.get_by_role("button", name="The same in Python").click()
    expect(card.locator(".ecl-python")).to_contain_text('user_name="chen.mo"')
    expect(card.locator(".ecl-python")).to_contain_text('password=getpass("Password")')
    assert PASSWORD not in card.locator(".ecl-python").inner_text()
    browser.shot(card, "desk-2-python")
    card.get_by_role("button", name="Register a mailbox").click()
    expect(card.get_by_label("Address", exact=True)).to_have_value("chen.mo@ecomlab.test")
    card.get_by_label("Password", exact=True).fill(PASSWORD)
    card.get_by_role("button", name="Sign in to a mailbox").click()
    expect(card.locator(".ecl-finished")).to_contain_text("This task is done")
    expect(page.locator(".ecl-bar")).to_contain_text("chen.mo@ecomlab.test")
    expect(page.locator(".ecl-bar .ecl-next")).to_contain_text("EMAIL002")
    browser.shot(page, "desk-3-finished")
    other.bring_to_front()
    expect(waits.get_by_label("Folder", exact=True)).to_be_visible()
    expect(other.locator(".ecl-card:has(.ecl-modules)")).to_contain_text("Tasks done: 1 of")

    # the language too
    other.get_by_role("button", name="中文").click()
    page.bring_to_front()
    expect(card.locator(".ecl-finished")).to_contain_text("本任务已完成")

    # do it again, or go on: the next task is in the other notebook
    card.get_by_role("button", name="再做一次").click()
    expect(card.get_by_role("button", name="登录邮箱")).to_be_visible()
    card.locator(".ecl-finished a").click()
    page.wait_for_function("() => window.jupyterapp.shell.currentWidget?.context?.path === '02-more.ipynb'")


@pytest.mark.slow
def test_the_bar_moves_the_day_and_hands_out_prepared_passwords(browser: Browser) -> None:
    name = browser.server.notebook("bar", "import ecomlab\nlab = ecomlab.open('bar', student='s1', scenario='b2c')\nlab.language = 'en'", "lab.bar()")
    page = browser.open(name)
    browser.run(page)
    bar = page.locator(".ecl-bar")
    bar.get_by_role("button", name="Next day").click()
    expect(bar).to_contain_text("2026-09-02")
    bar.locator("summary", has_text="Key ring").click()
    row = bar.locator(".ecl-keys li").filter(has_text="zhou.ning@ecomlab.test")
    row.get_by_role("button").click()
    secret = browser.execute(page, "print(next(r.password for r in lab.prepared() if r.name == 'password/mailbox'))").strip()
    expect(row.locator("code")).to_contain_text(secret)
    browser.shot(bar, "desk-4-keys")
    browser.save(page)
    assert secret not in (browser.server.folder / "bar.ipynb").read_text("utf-8")
    assert secret not in browser.execute(page, "import ipywidgets; print(ipywidgets.Widget.get_manager_state())")
