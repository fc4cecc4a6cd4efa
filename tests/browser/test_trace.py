"""The chain of a document in a real JupyterLab: drawn, and a box that is chosen by mouse or key shows its document."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.desk import Browser

CELLS = (
    "import ecomlab\nlab = ecomlab.open('trace', student='s1', scenario='lgs')\nlab.language = 'en'",
    "number = lab.world.state.look.value(\"select min(number) from document where kind = 'delivery_order'\")\n"
    "made = lab.lgs.accept_delivery(number)\nlab.trace(number)",
)


def test_a_box_of_the_chain_opens_its_document(browser: Browser) -> None:
    page = browser.open(browser.server.notebook("trace", *CELLS))
    browser.run(page)
    card = page.locator(".ecl-card")
    boxes = card.locator(".ecl-diagram [data-number]")
    expect(boxes).to_have_count(3)
    expect(card.locator("[aria-current]")).to_contain_text("delivery order")
    assert page.locator(".ecl-reopen").is_hidden(), "the live one stands in for the picture"
    browser.shot(card, "trace-1-order")
    boxes.filter(has_text="goods issue").click()
    expect(card.locator("[aria-current]")).to_contain_text("goods issue")
    expect(card.get_by_role("heading", level=2)).to_contain_text("OUT-")
    boxes.filter(has_text="dispatch order").focus()
    page.keyboard.press("Enter")
    expect(card.locator("[aria-current]")).to_contain_text("dispatch order")
    expect(card.locator("[aria-current]")).to_be_focused()
    browser.shot(card, "trace-2-slip")
