"""Forms in a real JupyterLab: filled in, clicked, refused, accepted, in both languages."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from playwright.sync_api import expect

from ecomlab.books import images
from tests import worlds
from tests.browser.desk import Browser, Server

VOTES = """
options = [{'option': o} for o in ('纸盒 Box', '布袋 Bag', '<script>x</script>')]
asked = lab.netsell.create_questionnaire(title='包装? Wrapping?', answer_type='single', options=options)
lab.netsell.vote(asked, '2')
lab.advance(5)
votes = lab.form('NETSELL024')
votes._on_submit({'command': 'netsell.results', 'values': {'questionnaire': asked}, 'id': 1})
"""
PASSWORD = "correct-horse-7"
OPEN = "import ecomlab\nlab = ecomlab.open({folder!r}, student='s1', scenario='email')\nlab.language = {language!r}\nlab.bar()"
SAID = {
    "zh": {
        "user_name": "用户名", "full_name": "姓名", "password": "密码", "again": "确认密码", "submit": "申请电子邮箱", "missing": "请填写此项。",
        "bad_name": "用户名不符合要求", "differ": "两次输入不一致", "other": "English", "step": "用新地址登录", "address": "邮箱地址", "sign_in": "登录邮箱",
        "done": "本任务已完成",
    },
    "en": {
        "user_name": "User name", "full_name": "Name", "password": "Password", "again": "Password again", "submit": "Register a mailbox",
        "missing": "Fill in this field.", "bad_name": "This is not a valid user name", "differ": "The two entries differ", "other": "中文",
        "step": "Sign in with the new address", "address": "Address", "sign_in": "Sign in to a mailbox", "done": "This task is done",
    },
}  # fmt: skip


def opened(browser: Browser, name: str, language: str, *cells: str) -> Any:
    page = browser.open(browser.server.notebook(name, OPEN.format(folder=name, language=language), *cells))
    browser.run(page)
    return page


def entries(server: Server, folder: str) -> list[dict[str, Any]]:
    lines = (server.folder / folder / "logbook.jsonl").read_text("utf-8").splitlines()[1:]
    return [json.loads(line) for line in lines]


def reopened(browser: Browser, page: Any, name: str) -> Any:
    """The notebook saved, closed, opened again and run: before it runs it says what to do."""
    expect(page.get_by_label("用户名", exact=True)).to_be_visible()
    expect(page.locator(".ecl-reopen").first).to_be_hidden()
    browser.save(page)
    browser.leave(page)
    again = browser.open(name)
    bar, task = again.locator(".ecl-reopen").all()
    expect(bar).to_contain_text("请从头运行单元格")
    expect(task).to_contain_text("EMAIL001 申请电子邮箱 · 0.0 / 2.0")
    expect(task).to_contain_text("本任务还需要")
    browser.shot(again, "reopened")
    browser.run(again)
    return again


@pytest.mark.parametrize("language", ["zh", pytest.param("en", marks=pytest.mark.slow)])
def test_a_form_is_filled_in_refused_and_accepted(browser: Browser, language: str) -> None:
    said, server, name = SAID[language], browser.server, f"form-{language}"
    page = opened(browser, name, language, "form = lab.form('EMAIL001'); form")
    if language == "zh":
        page = reopened(browser, page, name)
    card = page.locator(".ecl-card.ecl-task")
    field = lambda word: card.get_by_label(SAID[now][word], exact=True)  # noqa: E731
    now = language
    expect(field("user_name")).to_be_visible()
    browser.shot(card, f"form-{language}-1-empty")

    # refused: each problem at its field, nothing done, what was typed stays, secrets do not
    field("user_name").fill("Chen Mo")
    field("password").fill(PASSWORD)
    field("again").fill(PASSWORD + "8")
    field("again").press("Enter")
    expect(card.get_by_text(said["differ"])).to_be_visible()
    expect(card.get_by_text(said["missing"])).to_be_visible()
    for word, problem in (("full_name", "missing"), ("again", "differ")):
        expect(field(word)).to_have_attribute("aria-invalid", "true")
        assert said[problem] in card.locator(f"#{field(word).get_attribute('aria-describedby').split()[0]}").inner_text()
    expect(field("user_name")).to_be_focused()
    expect(field("user_name")).to_have_value("Chen Mo")
    expect(field("password")).to_have_value("")
    browser.shot(card, f"form-{language}-2-refused")
    assert entries(server, name) == []

    # another language without reload: what is typed stays, a secret not yet sent as well
    field("full_name").fill("陈默")
    field("password").fill(PASSWORD)
    page.get_by_role("button", name=said["other"]).click()
    now = "en" if language == "zh" else "zh"
    expect(field("user_name")).to_have_value("Chen Mo")
    expect(field("full_name")).to_have_value("陈默")
    expect(field("password")).to_have_value(PASSWORD)
    expect(card.get_by_text(SAID[now]["differ"])).to_be_visible()
    page.get_by_role("button", name=SAID[now]["other"]).click()
    now = language

    # a refusal by the command itself, then accepted
    field("again").fill(PASSWORD)
    card.get_by_role("button", name=said["submit"]).click()
    expect(card.get_by_text(said["bad_name"])).to_be_visible()
    expect(field("user_name")).to_be_focused()
    field("user_name").fill("chen.mo")
    field("password").fill(PASSWORD)
    field("again").fill(PASSWORD)
    card.get_by_role("button", name=said["submit"]).click()
    expect(card.get_by_text("chen.mo@ecomlab.test", exact=True)).to_be_visible()
    expect(card.locator("[aria-current=step]")).to_contain_text(said["step"])
    expect(field("address")).to_have_value("chen.mo@ecomlab.test")
    browser.shot(card, f"form-{language}-3-accepted")
    field("password").fill(PASSWORD)
    field("password").press("Enter")
    expect(card.get_by_text(said["done"])).to_be_visible()
    expect(card.locator(".ecl-head .ecl-points")).to_have_text("2.0 / 2.0")
    browser.shot(page, f"form-{language}-4-done")

    assert [e["do"] for e in entries(server, name)] == ["email.register", "email.sign_in"]
    assert browser.execute(page, "print(lab.check('EMAIL001').points)").strip() == "2.0"
    browser.save(page)
    for file in [*server.folder.glob(f"{name}*"), *(server.folder / name).iterdir()]:
        if file.is_file():
            assert PASSWORD not in file.read_text("utf-8"), f"a password in {file.name}"
    assert PASSWORD not in browser.execute(page, "import ipywidgets; print(ipywidgets.Widget.get_manager_state())")


@pytest.mark.slow
@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("width", [900, 1500])
def test_what_a_term_means_opens_below_its_field_and_moves_neither_it_nor_the_one_beside_it(browser: Browser, language: str, width: int) -> None:
    name = f"term-{language}-{width}"
    opening = f"import ecomlab\nlab = ecomlab.open({name!r}, student='s1', scenario='ebank')\nlab.language = {language!r}"
    page = browser.open(browser.server.notebook(name, opening, "form = lab.form('EBANK001'); form"))
    page.set_viewport_size({"width": width, "height": 1600})
    browser.run(page)
    card = page.locator(".ecl-card.ecl-task")
    terms = card.locator(".ecl-term")
    expect(terms.first).to_be_visible(timeout=60_000)
    row = card.locator(".ecl-grid .ecl-in")
    for n in range(terms.count()):
        field = card.locator(".ecl-field", has=page.locator(".ecl-term")).nth(n)
        beside = [row.nth(i) for i in range(row.count()) if row.nth(i).bounding_box()["y"] <= field.locator(".ecl-in").first.bounding_box()["y"]]
        before = [b.bounding_box() for b in beside]
        terms.nth(n).click()
        note = field.locator(".ecl-meaning")
        expect(note).to_be_visible()
        assert [b.bounding_box() for b in beside] == before
        assert note.bounding_box()["y"] >= field.locator(".ecl-in").first.bounding_box()["y"] + field.locator(".ecl-in").first.bounding_box()["height"]
        browser.shot(card, f"{name}-{n}")
        terms.nth(n).click()


@pytest.mark.slow
def test_a_task_of_several_steps_with_dropdown_table_and_card(browser: Browser) -> None:
    prepare = f"lab.email.register('chen.mo', '陈默', {PASSWORD!r}, {PASSWORD!r}); lab.email.sign_in('chen.mo@ecomlab.test', {PASSWORD!r});"
    page = opened(browser, "steps", "en", f"{prepare} lab.form('EMAIL002')", "lab.progress()")
    card = page.locator(".ecl-task")
    expect(card.get_by_label("Folder", exact=True)).to_have_value("inbox")
    card.get_by_role("button", name="View a folder").click()
    expect(card.get_by_role("cell", name="欢迎使用实验室邮箱 Welcome to your mailbox")).to_be_visible()
    assert card.locator(".jp-RenderedHTMLCommon table").count() == 1
    letters = card.get_by_label("Message", exact=True)
    letters.select_option(index=2)
    card.get_by_role("button", name="Open a message").click()
    expect(card.locator("dd").filter(has_text="Please reply to this message with the word")).to_be_visible()
    browser.shot(card, "steps-1-letter")

    # keys typed at a dropdown are not commands of the notebook
    cells = page.locator(".jp-Notebook .jp-Cell").count()
    card.get_by_label("Message", exact=True).first.focus()
    page.keyboard.type("ddxb")
    assert page.locator(".jp-Notebook .jp-Cell").count() == cells

    word = browser.execute(page, "print(lab.brief('EMAIL002')['word'])").strip()
    expect(card.get_by_label("Message", exact=True).first).to_have_value(re.compile("ML-"))  # the letter just opened
    body = card.locator("textarea")
    body.fill(f"Here it is:\n{word}")
    body.press("Enter")
    assert body.input_value().endswith("\n"), "Enter makes a new line where several are allowed"
    body.press("Control+Enter")
    expect(card.locator(".ecl-head .ecl-points")).to_have_text("2.0 / 2.0")
    browser.shot(page, "steps-2-done")


@pytest.mark.slow
def test_what_cannot_be_chosen_can_be_typed(browser: Browser) -> None:
    prepare = f"lab.email.register('chen.mo', '陈默', {PASSWORD!r}, {PASSWORD!r}); lab.email.sign_in('chen.mo@ecomlab.test', {PASSWORD!r});"
    page = opened(browser, "typed", "zh", f"{prepare} lab.form('EMAIL004')")
    card = page.locator(".ecl-card").filter(has=page.locator(".ecl-main"))
    card.get_by_label("邮件", exact=True).select_option(label="其他（直接输入）")
    card.get_by_label("邮件: 其他（直接输入）").fill("ML-0000-9999")
    page.keyboard.press("Enter")
    expect(card.get_by_text("你的邮箱里没有邮件 ML-0000-9999")).to_be_visible()
    expect(card.get_by_label("邮件: 其他（直接输入）")).to_have_value("ML-0000-9999")
    browser.shot(card, "typed-refused")


@pytest.mark.slow
def test_a_picture_is_uploaded_and_votes_are_drawn_in_the_students_language(browser: Browser) -> None:
    """The browser speaks English, the form what the student chose; what is hostile in a text is shown as text."""
    worlds.opened(browser.server.folder / "banner", worlds.model("netsell", "s1", ("NETSELL001",))).world.close()
    page = opened(browser, "banner", "zh", "lab.form('NETSELL015')", VOTES, "votes")
    cards = page.locator(".ecl-card").filter(has=page.locator(".ecl-main"))
    card = cards.first
    expect(card.get_by_text("选择文件", exact=True)).to_be_visible()
    card.get_by_label("广告标题", exact=True).fill("<b>x</b>")
    card.get_by_label("链接", exact=True).fill("https://a.example/")
    card.get_by_label("广告图片", exact=True).set_input_files({"name": "b.png", "mimeType": "image/png", "buffer": images.sample(468, 60, (200, 30, 60))})
    expect(card.get_by_text("b.png", exact=True)).to_be_visible()
    card.get_by_label("发布位置", exact=True).select_option("banner_top")
    browser.shot(card, "upload-zh")
    card.get_by_role("button", name="新建横幅广告").click()
    expect(card.locator(".ecl-said")).to_be_visible()
    assert "netsell.create_banner_ad" in [e["do"] for e in entries(browser.server, "banner")]

    bars = cards.last.locator(".ecl-result td[style*=gradient]")
    expect(bars).to_have_count(3)
    assert all(re.search(rf"\) {bar.inner_text()}%", str(bar.get_attribute("style"))) for bar in bars.all())
    assert cards.last.locator(".ecl-result script").count() == 0
    browser.shot(cards.last, "votes-zh")
    browser.execute(page, "lab.language = 'en'")
    card.get_by_role("button", name="Enter title and link").click()
    expect(card.get_by_text("Choose a file", exact=True)).to_be_visible()
    expect(cards.last.get_by_role("columnheader", name="Votes")).to_be_visible()
    browser.shot(cards.last, "votes-en")
