"""All refusals of a form come in one round: every pair of fields of every command, each broken in a way that the command refuses of it alone."""

from __future__ import annotations

import pytest

from ecomlab.kernel.command import COMMANDS
from ecomlab.kernel.logbook import survey
from ecomlab.kernel.state import State
from tests import golden, worlds
from tests.broken import pairs, refusals

#: By command: fields that are judged by another that is wrong as well, so that nothing can be said of them before that is known.
JUDGED_BY = {
    "b2b.register": {("company_name", "uscc")},
    "b2c.add_product": {("product", "name"), ("product", "product_category")},
    "b2c.add_to_cart": {("merchant", "product")},
    "c2c.bid": {("listing", "maximum")},
    "c2c.list_item": {("start_price", "reserve_price"), ("start_price", "buy_now_price")},
    "ebank.register_corporate": {("company_name", "uscc")},
    "ebank.sign_in_corporate": {("certificate", "customer_number")},
    "ebank.transfer": {("to_account", "payee")},
    "ebank.transfer_personal": {("to_account", "payee")},
    "edi.register": {("company_name", "uscc")},
    "email.configure": {("address", "user_name")},
    "finance.apply_wire": {("order", "postage")},
    "finance.explain_difference": {("difference", "cause")},
    "finance.hand_copy_from_stock": {("slip", "colour"), ("slip", "to")},
    "finance.request_refund": {("order", "amount")},
    "floor.exchange_piece": {("sales_order", "wrong"), ("sales_order", "right")},
    "floor.label_carton": {("box_no", "product")},
    "floor.pack": {("sales_order", "invoice_title")},
    "lgs.register": {("company_name", "uscc")},
    "netsell.register": {("company_name", "uscc")},
    "netsell.vote": {("questionnaire", "choices")},
    "service.fetch_back": {("order", "what")},
    "service.offer_gift": {("conversation", "product")},
    "shop.maintain": {("field", "value")},
    "shop.take_payment": {("order", "way"), ("order", "amount"), ("order", "reference"), ("amount", "reference")},
}
#: The last day of a period is judged by its first.
PERIODS = {("from_day", "to_day"), ("start", "end")}


def left_out(scenario: str) -> list[str]:
    return [
        f"{p.command}: {dict(zip(p.fields, p.typed, strict=True))} names {sorted(map(str, p.named))}"
        for p in pairs(scenario)
        if not p.whole and p.fields not in PERIODS | JUDGED_BY.get(p.command, set())
    ]


@pytest.mark.parametrize("scenario", worlds.each_scenario("email"))
def test_two_fields_that_are_wrong_are_named_at_once(scenario: str) -> None:
    assert left_out(scenario) == []


def test_what_is_said_to_be_judged_by_another_field_are_fields() -> None:
    assert {(name, f) for name, fields in JUDGED_BY.items() for pair in fields for f in pair if f not in {p.name for p in COMMANDS[name].params}} == set()


def test_a_secret_is_not_found_out_by_what_else_is_wrong() -> None:
    """What is tried after a refusal is nobody's attempt: it says nothing of a PIN, of which each wrong one counts towards a lock."""
    read = survey(golden.FOLDER / "ebank.jsonl")
    state = State(read.header)
    at = next(i for i, (_, entry) in enumerate(read.entries) if entry.do == "ebank.transfer")
    assert state.replay(read.entries[:at]) == []
    entry, command = read.entries[at][1], COMMANDS["ebank.transfer"]
    before = state.digest()
    said = [refusals(state, command, {**entry.arguments, "to_account": "ZZ", "pin": pin}, entry) for pin in (entry.arguments["pin"], "pin:001")]
    assert said[0] == said[1] and {p.field for p in said[0]} == {"to_account"}
    assert state.digest() == before
