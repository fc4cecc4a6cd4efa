"""The EDI network: what it refuses, what a document goes through, and what comes back from a partner."""

from __future__ import annotations

import datetime
import re
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import uscc

from ecomlab.books import documents, supply
from ecomlab.books.cast import own_person
from ecomlab.edifact import messages, read
from ecomlab.edifact.messages import Line, Trade
from ecomlab.export import export_state
from ecomlab.grading import grade
from ecomlab.kernel.doing import Doing
from ecomlab.kernel.evidence import shown
from ecomlab.kernel.names import both
from ecomlab.kernel.state import State
from ecomlab.kernel.tasks import tasks
from ecomlab.lab import Lab
from ecomlab.modules import edi
from ecomlab.modules.edi import flatfile, network
from ecomlab.modules.edi.starter import goods, partners
from tests import worlds
from tests.each import each
from tests.test_edifact import peer
from tests.worlds import refused

pytestmark = pytest.mark.usefixtures("understudied")

SOON = datetime.date(2026, 9, 15)


@pytest.fixture
def joined(acting: Callable[..., Lab]) -> Lab:
    """A world whose student's company is on the network and signed in."""
    return acting("edi", "EDI001")


@pytest.fixture(scope="module")
def untouched(tmp_path_factory: pytest.TempPathFactory) -> Lab:
    """The same for tests that change nothing, and see to it."""
    return worlds.opened(tmp_path_factory.mktemp("edi"), worlds.model("edi", codes=("EDI001",)))


@pytest.fixture
def ordered(acting: Callable[..., Lab]) -> Lab:
    """The same with the order of EDI014 entered."""
    return acting("edi", "EDI001", "EDI014")


@pytest.fixture
def sent(acting: Callable[..., Lab]) -> Lab:
    """The same with the order's message sent and acknowledged."""
    return acting("edi", "EDI001", "EDI014", "EDI017")


def mailbox(lab: Lab) -> str:
    return own_person(lab.world.state.look).mailbox


def me(lab: Lab) -> str:
    return str(lab.brief("EDI001")["gln"])


def one(lab: Lab, sql: str, **values: Any) -> Any:
    return lab.world.state.look.value(sql, **values)


def partner(lab: Lab, i: int = 0) -> str:
    """Which of the start set's partners: 0 to order from, 1 UNOB, 2 the carrier, 3 not on the network."""
    return str(one(lab, "select number from edi_partner where gln = $gln", gln=partners(lab.world.state.look)[i].gln))


def product(lab: Lab, i: int = 0) -> str:
    return str(one(lab, "select number from edi_product where gtin = $gtin", gtin=goods(lab.world.state.look)[i].gtin))


def order(lab: Lab, i: int = 0, quantity: int = 5, **change: Any) -> str:
    given = {"partner": partner(lab, i), "lines": [{"product": product(lab), "quantity": quantity}], "delivery_day": SOON}
    return str(lab.edi.create_document(**given | change))


def dispatch(lab: Lab, document: str) -> str:
    lab.edi.make_flat_file(document)
    lab.edi.make_message(document)
    return str(lab.edi.send(document))


def state(lab: Lab, document: str) -> str:
    return str(one(lab, "select state from document where number = $n", n=document))


def only_document(lab: Lab) -> str:
    return str(one(lab, "select number from document where kind = 'edi_document'"))


@contextmanager
def doing(lab: Lab, role: str = "edi_member") -> Iterator[Doing]:
    """A command at work, for the doors that other modules use; undone at the end."""
    s = lab.world.state
    s.database.begin()
    try:
        yield Doing(s.database, s.header.seed, s.scenario, s.known, len(lab.world.entries) + 1, f"{role}:{me(lab)}", role, me(lab))
    finally:
        s.database.rollback()


# --- what is refused -------------------------------------------------------------------------------------------------

GLN = "9520000000004"
BAD: dict[str, tuple[Callable[[Lab], Any], str, str]] = {
    "GLN with a wrong check digit": (lambda w: w.edi.create_partner("X", GLN[:-1] + "5", _type(w), "UNOC"), "bad_gln", "gln"),
    "GLN of letters": (lambda w: w.edi.create_partner("X", "ABCDEFGHIJKLM", _type(w), "UNOC"), "bad_gln", "gln"),
    "GLN in other digits": (lambda w: w.edi.create_partner("X", "٩٥٢٠٠٠٠٠٠٠٠٠٤", _type(w), "UNOC"), "bad_gln", "gln"),
    "partner that is oneself": (lambda w: w.edi.create_partner("X", me(w), _type(w), "UNOC"), "partner_is_yourself", "gln"),
    "partner kept already": (lambda w: w.edi.create_partner("X", partners(w.world.state.look)[0].gln, _type(w), "UNOC"), "kept_twice", "gln"),
    "partner of no type": (lambda w: w.edi.create_partner("X", GLN, "EDT-0", "UNOC"), "not_kept", "partner_type"),
    "unknown repertoire": (lambda w: w.edi.create_partner("X", GLN, _type(w), "UNOZ"), "not_offered", "level"),
    "GTIN with a wrong check digit": (lambda w: w.edi.create_product(GLN[:-1] + "5", "Pen", "PCE", "1"), "not_a_gtin", "gtin"),
    "product kept already": (lambda w: w.edi.create_product(goods(w.world.state.look)[0].gtin, "Pen", "PCE", "1"), "kept_twice", "gtin"),
    "product that is in no catalogue": (lambda w: w.edi.create_product(GLN, "Pen", "PCE", "1"), "not_in_catalogue", "gtin"),
    "product for nothing": (lambda w: w.edi.create_product(GLN, "Pen", "PCE", "0"), "too_small", "list_price"),
    "type of a name kept already": (lambda w: w.edi.create_partner_type("供应商 Supplier"), "kept_twice", "name"),
    "renaming to a name kept already": (lambda w: w.edi.change_partner_type(_type(w, "物流商 Carrier"), "供应商 Supplier"), "kept_twice", "name"),
    "renaming to the same": (lambda w: w.edi.change_partner_type(_type(w), "供应商 Supplier"), "nothing_changed", "name"),
    "changing nothing": (lambda w: w.edi.change_partner(partner(w)), "nothing_changed", "name"),
    "type that a partner has": (lambda w: w.edi.delete_partner_type(_type(w)), "in_use", "partner_type"),
    "type that nobody keeps": (lambda w: w.edi.delete_partner_type("EDT-9"), "not_kept", "partner_type"),
    "delivery today": (lambda w: order(w, delivery_day=w.day), "delivery_too_soon", "delivery_day"),
    "product on two lines": (lambda w: order(w, lines=[{"product": product(w), "quantity": 1}] * 2), "product_twice", "lines"),
    "quantity of nothing": (lambda w: order(w, quantity=0), "too_small", "lines"),
    "no lines": (lambda w: order(w, lines=[]), "list_format", "lines"),
    "no such product": (lambda w: order(w, lines=[{"product": "EDG-9", "quantity": 1}]), "not_kept", "lines"),
    "no such document": (lambda w: w.edi.void("EDO-9", "entered_twice"), "not_found", "document"),
    "no such acknowledgement": (lambda w: w.edi.acknowledgement("EDR-9"), "not_kept", "acknowledgement"),
    "no such interchange": (lambda w: w.edi.interchange("EDX-9"), "not_kept", "interchange"),
    "joining twice": (lambda w: _join(w), "already_joined", "gln"),
    "joining under another GLN": (lambda w: _join(w, gln=GLN), "already_joined", "uscc"),
    "joining with a wrong credit code": (lambda w: _join(w, uscc="910000002WQFATCBX1"), "bad_uscc", "uscc"),
    "joining without a mailbox": (lambda w: _join(w, mailbox="nobody@ecomlab.test"), "no_mailbox", "mailbox"),
    "signing in as a stranger": (lambda w: w.edi.sign_in(GLN, "Secret-123"), "not_joined", "gln"),
}  # fmt: skip


def _type(lab: Lab, name: str = "供应商 Supplier") -> str:
    return str(one(lab, "select number from edi_partner_type where name = $name", name=name))


def _join(lab: Lab, **change: Any) -> Any:
    asked = lab.brief("EDI001")
    given = {
        "company_name": asked["company"], "uscc": asked["uscc"], "gln": asked["gln"], "mailbox": mailbox(lab), "level": "UNOC",
        "password": "Secret-123", "confirm": "Secret-123",
    }  # fmt: skip
    return lab.edi.register(**given | change)


@each("name", BAD)
def test_bad_input_is_refused_at_its_field_and_changes_nothing(name: str, untouched: Lab) -> None:
    act, code, field = BAD[name]
    before = worlds.held(untouched)
    said = refused(act, untouched)
    assert (said.code, said.field) == (code, field)
    assert worlds.held(untouched) == before


def test_a_wrong_password_is_remembered_and_opens_nothing(joined: Lab) -> None:
    joined.sign_out("edi_member", me(joined))
    assert refused(joined.edi.sign_in, me(joined), "wrong-password-1").code == "wrong_password"
    assert joined.world.entries[-1].do == "edi.sign_in"
    assert refused(joined.edi.system_map).code == "sign_in_first"


def test_what_a_document_names_cannot_be_deleted_until_it_is_gone_for_good(ordered: Lab) -> None:
    """A voided document stays on file, so its partner and products do too."""
    document = only_document(ordered)
    for act in (lambda: ordered.edi.delete_partner(partner(ordered)), lambda: ordered.edi.delete_product(product(ordered))):
        said = refused(act)
        assert said.code == "in_use" and document in said.text.en
    ordered.edi.void(document, "wrong_partner")
    assert refused(ordered.edi.delete_partner, partner(ordered)).code == "in_use"


def test_a_document_keeps_its_price_when_the_product_changes(ordered: Lab) -> None:
    before = one(ordered, "select total from edi_order")
    ordered.edi.change_product(product(ordered), list_price="999.99")
    assert one(ordered, "select total from edi_order") == before == one(ordered, "select sum(quantity * unit_price) from edi_order_line")


# --- states ------------------------------------------------------------------------------------------------------------


def test_the_steps_come_in_their_order(ordered: Lab) -> None:
    document = only_document(ordered)
    assert refused(ordered.edi.flat_file, document).code == "no_flat_file"
    assert refused(ordered.edi.message, document).code == "no_message"
    assert refused(ordered.edi.make_message, document).code == "wrong_state"
    assert refused(ordered.edi.send, document).code == "wrong_state"
    ordered.edi.make_flat_file(document)
    assert refused(ordered.edi.make_flat_file, document).code == "wrong_state"
    assert refused(ordered.edi.send, document).code == "wrong_state"
    ordered.edi.make_message(document)
    assert ordered.edi.send(document) == "message_acknowledged"
    history = [r.state for r in documents.history(ordered.world.state.look, document)]
    assert history == ["recorded", "flat_file_made", "message_made", "message_sent", "message_acknowledged"]


@pytest.mark.parametrize("steps", range(3))
def test_a_document_is_void_only_before_it_is_sent(steps: int, ordered: Lab) -> None:
    document = only_document(ordered)
    for step in (ordered.edi.make_flat_file, ordered.edi.make_message)[:steps]:
        step(document)
    ordered.edi.void(document, "order_withdrawn")
    assert state(ordered, document) == "voided"
    assert refused(ordered.edi.make_flat_file, document).code == "wrong_state"


def test_what_is_sent_cannot_be_voided_nor_sent_again(sent: Lab) -> None:
    document = only_document(sent)
    assert refused(sent.edi.void, document, "entered_twice").code == "wrong_state"
    said = refused(sent.edi.send, document)
    assert said.code == "already_sent" and str(one(sent, "select control_reference from edi_interchange where message_type = 'ORDERS'")) in said.text.zh


def test_the_network_reaches_members_only(joined: Lab) -> None:
    joined.edi.change_partner(partner(joined, 3), level="UNOC")
    document = order(joined, 3)
    joined.edi.make_flat_file(document)
    joined.edi.make_message(document)
    assert refused(joined.edi.send, document).code == "not_connected"
    assert state(joined, document) == "message_made"


def test_characters_beyond_the_agreement_are_refused_and_nothing_is_made(joined: Lab) -> None:
    joined.edi.change_product(product(joined), name="中性笔")
    document = order(joined)
    joined.edi.make_flat_file(document)
    said = refused(joined.edi.make_message, document)
    assert said.code == "not_in_repertoire" and "中" in said.text.en
    assert state(joined, document) == "flat_file_made"
    assert one(joined, "select count(*) from edi_interchange") == 0


def test_names_of_goods_are_written_in_the_language_that_the_character_set_has(joined: Lab) -> None:
    name = one(joined, "select name from edi_product where number = $n", n=product(joined))
    document = order(joined)
    joined.edi.make_flat_file(document)
    interchange = joined.edi.make_message(document)
    payload = one(joined, "select payload from edi_interchange where number = $n", n=interchange)
    assert both(name).zh != both(name).en and both(name).en in payload and both(name).zh not in payload
    goal = tasks()["EDI014"].goal.fill(**shown(joined.brief("EDI014")))
    assert (both(name).zh in goal.zh, both(name).en in goal.zh, both(name).en in goal.en) == (True, False, True)


# --- what comes back -----------------------------------------------------------------------------------------------------


def test_a_repertoire_that_the_partners_system_does_not_read_is_rejected_and_can_be_mended(joined: Lab) -> None:
    joined.edi.change_partner(partner(joined), level="UNOY")
    document = order(joined)
    assert dispatch(joined, document) == "message_rejected"
    (found,) = joined.edi.search_acknowledgements(document, outcome="rejected")
    assert (found.error_code, found.error_place) == ("2", "UNB/1/1")
    assert found.meaning.en == "syntax version or level not supported"
    joined.edi.change_partner(partner(joined), level="UNOC")
    joined.edi.take_up_again(document)
    assert dispatch(joined, document) == "message_acknowledged"
    references = [r[0] for r in joined.sql("select control_reference from edi_interchange where message_type = 'ORDERS' order by number").fetchall()]
    assert len(set(references)) == 2, "the second try has a reference of its own"
    assert len(joined.edi.search_acknowledgements(document)) == 2
    assert not [v for v in joined.audit() if v.findings]


def test_the_same_interchange_again_is_refused_by_the_recipient(sent: Lab) -> None:
    number = one(sent, "select number from edi_interchange where message_type = 'ORDERS'")
    with doing(sent) as do:
        said = network.deliver(do, number, do.moment)
    assert not said.accepted
    assert (said.code, said.tag, said.place) == ("26", "UNB", "/5")


def test_technical_and_functional_acknowledgement_are_two_things(sent: Lab) -> None:
    document = only_document(sent)
    assert [(r.message_type, r.outcome) for r in sent.edi.search_acknowledgements(document)] == [("CONTRL", "accepted")]
    sent.advance(1)
    assert [(r.acknowledgement, r.message_type, r.outcome) for r in sent.edi.search_acknowledgements(document)] == [
        ("technical", "CONTRL", "accepted"), ("functional", "ORDRSP", "accepted"),
    ]  # fmt: skip
    assert state(sent, document) == "order_confirmed"
    opened = sent.edi.acknowledgement(sent.edi.search_acknowledgements(document, "functional")[0].number)
    assert "照单接受" in next(r.zh for r in opened if r.tag == "BGM")
    assert "accepted without amendment" in next(r.en for r in opened if r.tag == "BGM")


def test_a_message_may_be_read_and_the_order_still_declined(joined: Lab) -> None:
    document = order(joined, delivery_day=joined.day + datetime.timedelta(days=1))
    assert dispatch(joined, document) == "message_acknowledged"
    joined.advance(1)
    assert state(joined, document) == "order_declined"
    joined.advance(10)
    assert state(joined, document) == "order_declined", "nothing is delivered of it"


def test_the_chain_goes_on_to_despatch_and_invoice_with_what_the_seller_offered(joined: Lab) -> None:
    document = order(joined, quantity=12_000)
    dispatch(joined, document)
    joined.advance(1)
    assert [r.outcome for r in joined.edi.search_acknowledgements(document, "functional")] == ["changed"]
    joined.advance(20)
    assert state(joined, document) == "order_invoiced"
    read_back = {}
    for number, kind in joined.sql("select number, message_type from edi_interchange where message_type <> 'CONTRL' order by number").fetchall():
        read_back[kind] = messages.trade(read(network.payload(joined.world.state.look, number)).messages[0])
    asked, *offered = [int(t.lines[0].quantity) for t in read_back.values()]
    assert asked == 12_000 and offered == 3 * [offered[0]], "what the seller has is offered, sent and billed"
    assert supply.SUPPLY[0] <= offered[0] <= supply.SUPPLY[1]
    assert read_back["ORDRSP"].order == read_back["DESADV"].order == read_back["INVOIC"].order == document
    assert read_back["INVOIC"].despatch == read_back["DESADV"].number
    assert read_back["DESADV"].delivery == SOON
    assert not [v for v in joined.audit() if v.findings]
    names = {r.gtin: r.name for r in joined.world.state.look.all("select gtin, name from edi_order_line where number = $n", n=document)}
    billed = {line.gtin: line.name for line in read_back["INVOIC"].lines}
    assert billed == {gtin: both(name).en for gtin, name in names.items()}, "the bill names what it bills, by IMD, as far as the character set has it"


def test_a_rejection_and_an_answer_arrive_by_mail(sent: Lab) -> None:
    sent.advance(1)
    subjects = [r[0] for r in sent.sql("select subject from mail_message m join mail_item i using (message_id) where m.sender = 'edi@ecomlab.test'").fetchall()]
    assert any("Order response" in s for s in subjects) and any("membership" in s for s in subjects)


def test_documents_and_partners_of_another_member_are_nobody_elses(sent: Lab) -> None:
    """A second company on the network sees and touches nothing of the first."""
    document, theirs = only_document(sent), partner(sent)
    other = sent.world.state.look
    company = {
        "company_name": "第二家 Second",
        "uscc": "91000000AAAAAAAAA" + uscc.calc_check_digit("91000000AAAAAAAAA"),
        "gln": GLN,
        "mailbox": mailbox(sent),
        "level": "UNOC",
    }
    sent.edi.register(**company, password="Secret-123", confirm="Secret-123")
    sent.edi.sign_in(GLN, "Secret-123")
    assert refused(sent.edi.message, document).code == "not_yours"
    assert refused(sent.edi.delete_partner, theirs).code == "not_kept"
    assert len(sent.edi.search_documents()) == 0
    assert len(sent.edi.search_acknowledgements()) == 0
    assert refused(sent.edi.interchange, one(sent, "select min(number) from edi_interchange")).code == "not_kept"
    assert other.value("select count(distinct member) from edi_partner") == 2


# --- searching -----------------------------------------------------------------------------------------------------------------


def test_searches_meet_every_condition(ordered: Lab) -> None:
    look = ordered.world.state.look
    item, someone = goods(look)[4], partners(look)[2]
    assert [r.gtin for r in ordered.edi.search_products(name=item.name.upper())] == [item.gtin]
    assert [r.gtin for r in ordered.edi.search_products(at_least=item.price, at_most=item.price)] == [item.gtin]
    assert len(ordered.edi.search_products(at_least=item.price, gtin="0" * 13)) == 0
    assert [r.gln for r in ordered.edi.search_partners(gln=someone.gln[-5:], partner_type=_type(ordered, "物流商 Carrier"))] == [someone.gln]
    assert len(ordered.edi.search_documents(state="recorded", from_day=ordered.day, to_day=ordered.day, text=goods(look)[0].name)) == 1
    assert len(ordered.edi.search_documents(state="voided")) == 0
    assert len(ordered.edi.search_documents(partner=partner(ordered, 1))) == 0


# --- flat file -------------------------------------------------------------------------------------------------------------------

NAMES = st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"]), max_size=70).map(str.strip)
LINES = st.builds(
    Line, st.from_regex(r"[0-9]{13}", fullmatch=True), st.integers(1, 999_999).map(Decimal), st.decimals("0.01", "9999999.99", places=2), NAMES,
    st.sampled_from(["PCE", "PR", "DZN", "CEN"]),
)  # fmt: skip
TRADES = st.builds(
    Trade, st.from_regex(r"EDO-[0-9]{4}-[0-9]{4}", fullmatch=True), st.dates(datetime.date(1900, 1, 1)), st.just("9529708681812"), st.just("9523615450950"),
    st.lists(LINES, min_size=1, max_size=6).map(tuple), st.dates(datetime.date(1900, 1, 1)), note=NAMES,
)  # fmt: skip


@given(TRADES)
def test_a_flat_file_says_what_the_document_says(trade: Trade) -> None:
    text = flatfile.write(trade)
    assert all(len(record) == flatfile.LENGTH for record in text.removesuffix("\n").split("\n"))
    assert flatfile.read(text) == trade


TRADE = Trade("EDO-1", SOON, "9529708681812", "9523615450950", (Line("9526175433210", Decimal(2), Decimal("1.50"), "Pen"),), delivery=SOON)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (("030000", "0300"), "120"),
        (("03000001", "04000001"), "'04'"),
        (("20260915", "20261345"), "ordered"),
        (("000000002PCE", "0000000X2PCE"), "quantity"),
        (("000000000000000300", "000000000000000301"), "total"),
        (("99000001", "02000001"), "one record 99"),
    ],
)
def test_a_damaged_flat_file_is_named_with_record_and_reason(change: tuple[str, str], says: str) -> None:
    text = flatfile.write(TRADE)
    assert change[0] in text
    with pytest.raises(flatfile.BadFlatFile) as refusal:
        flatfile.read(text.replace(*change))
    assert says in refusal.value.text.en and re.match(r"第 \d 条记录：", refusal.value.text.zh)


def test_the_documentation_has_the_flat_files_layout() -> None:
    text = (Path(__file__).parent.parent / "docs" / "edi.md").read_text("utf-8")
    for kind, columns in flatfile.LAYOUT.items():
        at = 3
        for column in columns:
            assert f"| `{kind}` | `{column.name}` | {at} | {at + column.length - 1} | {column.kind} |" in text
            at += column.length


# --- views -------------------------------------------------------------------------------------------------------------------------


def test_the_system_map_is_a_picture_with_words(untouched: Lab) -> None:
    table = untouched.edi.system_map()
    for language, word in (("zh", "翻译模块"), ("en", "Translator")):
        picture = table.html(language).split("</svg>")[0] + "</svg>"
        root = ET.fromstring(picture)
        assert root.attrib["role"] == "img" and root.attrib["aria-label"]
        names = {child.tag.rpartition("}")[2] for child in root}
        assert {"title", "desc", "rect", "polyline"} <= names
        assert word in picture and word in table.text(language)


def test_the_message_stands_beside_its_document_in_one_language_at_a_time(joined: Lab) -> None:
    joined.edi.change_product(product(joined), name="Pen <b> & 'Co'")
    document = order(joined)
    joined.edi.make_flat_file(document)
    joined.edi.make_message(document)
    view = joined.edi.message(document)
    assert {r.tag for r in view} >= {"UNA", "UNB", "UNH", "BGM", "LIN", "UNT", "UNZ"}
    chinese, english = view.html("zh"), view.html("en")
    assert "要求交货日" in chinese and "delivery, requested" not in chinese
    assert "delivery, requested" in english and "要求交货日" not in english
    for page in (chinese, english):
        assert page.count("<table>") == 3 and "<b>" not in page and "&lt;b&gt;" in page
    assert "IMD+F++:::Pen <b> & ?'Co?''" in [r.segment for r in view]


def test_the_flat_file_is_shown_field_by_field(sent: Lab) -> None:
    view = sent.edi.flat_file(only_document(sent))
    assert [(r.from_character, r.to_character) for r in view][:2] == [(3, 37), (38, 45)]
    assert view[0].content == only_document(sent)


# --- doors -----------------------------------------------------------------------------------------------------------------------------


def trade(lab: Lab, supplier: str | None = None, **change: Any) -> Trade:
    gtin = goods(lab.world.state.look)[0].gtin
    given: dict[str, Any] = {"lines": (Line(gtin, Decimal(40), Decimal("18.00"), "Wireless mouse M2"),), "delivery": SOON}
    return Trade("SO-0417-0012", lab.day, me(lab), supplier or partners(lab.world.state.look)[0].gln, **given | change)


def test_an_order_of_another_module_becomes_a_document_that_can_be_sent(untouched: Lab) -> None:
    with doing(untouched) as do:
        number = edi.from_order(do, trade(untouched), "SO-0417-0012")
        row = do.one("select d.state, d.parent, o.total, o.supplier from document d join edi_order o using (number) where number = $n", n=number)
        assert (row.state, row.parent, row.total) == ("recorded", "SO-0417-0012", Decimal("720.00"))


def test_an_order_needs_a_partner_and_whole_lines(untouched: Lab) -> None:
    with doing(untouched) as do:
        assert refused(edi.from_order, do, trade(untouched, GLN), "SO-1").code == "no_partner_for_gln"
        assert refused(edi.from_order, do, trade(untouched, lines=()), "SO-1").code == "no_lines"
        with pytest.raises(ValueError, match="whole"):
            edi.from_order(do, trade(untouched, lines=(Line(GLN, Decimal("0.5"), Decimal(1)),)), "SO-1")


@pytest.mark.filterwarnings("ignore:segments.xml not found")
def test_what_travelled_is_exported_and_a_second_parser_reads_it(sent: Lab, tmp_path: Path) -> None:
    collection = peer("segmentcollection")
    sent.advance(20)
    export_state(sent.world.state.look, tmp_path)
    types = []
    for file in sorted((tmp_path / "edi").glob("*.edi")):
        found = collection.Interchange.from_str(file.read_bytes().decode("latin-1"))
        types += [m.type for m in found.get_messages()]
    assert sorted(types) == ["CONTRL", "DESADV", "INVOIC", "ORDERS", "ORDRSP"]


def test_a_world_that_went_through_everything_replays_to_the_same(played: Callable[..., Lab]) -> None:
    lab = played("edi")
    lab.advance(30)
    report = grade(lab.world.folder)
    assert report.points == report.out_of == 36
    assert not report.findings
    assert not [v for v in lab.audit() if v.findings]
    digest = lab.world.state.digest()
    again = State(lab.world.header)
    assert again.replay(list(enumerate(lab.world.entries, start=2))) == [] and again.digest() == digest
    again.close()
