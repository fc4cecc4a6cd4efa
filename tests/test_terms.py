"""The glossary, a module's own words before it, and faults named where they stand."""

from __future__ import annotations

import pytest

from ecomlab import modules
from ecomlab.books import documents
from ecomlab.kernel import packages, terms
from ecomlab.kernel.table import Table
from ecomlab.kernel.terms import term
from ecomlab.kernel.texts import LANGUAGES, Text
from tests import worlds

modules.load()

KERNEL = 'state = ["状态", "State"]\nclosed = ["已关闭", "Closed"]\n'
BANK = 'bank.closed = ["已销户", "Account closed"]\n'


def read(**files: str) -> terms.Words:
    return terms.read(tuple((f"some.{module}", text) for module, text in files.items()))


@pytest.fixture
def glossary(monkeypatch: pytest.MonkeyPatch) -> None:
    """A laboratory of two packages: the kernel and a bank."""
    monkeypatch.setattr(packages, "read", lambda file: (("some.kernel", KERNEL), ("some.bank", BANK)))


@pytest.mark.usefixtures("glossary")
def test_a_modules_own_word_wins_where_the_module_speaks() -> None:
    assert term("closed") == term("closed", "shop") == Text("已关闭", "Closed")
    assert term("closed", "bank") == Text("已销户", "Account closed")
    assert term("state", "bank") == Text("状态", "State"), "what it does not say otherwise is the glossary's"
    assert term("lost", "bank") == Text("lost", "lost") and not term.known("lost", "bank")


@pytest.mark.usefixtures("glossary")
def test_a_table_speaks_the_words_of_its_module_or_of_each_rows() -> None:
    table = Table(("state",), [("closed",), ("closed",)])
    assert [r[0] for r in table.shown("en", 9)] == ["Closed", "Closed"]
    table.module = "bank"
    assert [r[0] for r in table.shown("en", 9)] == ["Account closed", "Account closed"]
    assert "已销户" in table.html("zh") and "已销户" in table.text("zh")
    table.module = ["", "bank"]
    assert [r[0] for r in table.shown("en", 9)] == ["Closed", "Account closed"]


def test_a_state_that_means_something_else_in_another_kind_is_said_by_its_kind() -> None:
    till, channel = documents.KINDS["shop_till"], documents.KINDS["shop_channel"]
    assert (till.said("open").zh, channel.said("open").zh) == ("收款中", "已开放")
    assert term("open", documents.words_of("shop_till")) == till.said("open") and term("number", documents.words_of("shop_till")) == term("number")


def test_a_closed_account_is_closed_in_the_banks_words() -> None:
    """The bank's word stands in its own table, in a document's state, in the history and in the chain; nowhere else."""
    lab = worlds.looked_at("ebank")
    look = lab.world.state.look
    assert documents.KINDS["bank_account"].said("closed") == Text("已销户", "Closed") != term("closed")
    number = look.value("select number from document where kind = 'bank_account' order by number limit 1")
    balances = next(d.result for d in lab.world.state.done if d.do == "ebank.balance")
    for table in (balances, documents.history(look, number), documents.trace(look, number)):
        assert "正常" in table.html("zh"), table


# --- faults ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ('a = ["甲", "A"]\nb = "乙"', 'some.shop/terms.toml: b is not ["中文", "English"]'),
        ('b = ["乙"]', 'some.shop/terms.toml: b is not ["中文", "English"]'),
        ('b = ["乙", ""]', 'some.shop/terms.toml: b is not ["中文", "English"]'),
        ('b = ["乙", "B", "C"]', 'some.shop/terms.toml: b is not ["中文", "English"]'),
        ('shop.b = ["乙", 1]', 'some.shop/terms.toml: shop.b is not ["中文", "English"]'),
        ('bank.b = ["乙", "B"]', 'some.shop/terms.toml: bank is not ["中文", "English"]'),
    ],
)
def test_a_faulty_term_is_named_with_its_file_and_key(text: str, fault: str) -> None:
    words = read(kernel=KERNEL, shop=text)
    assert words.faults == [fault]
    assert words.glossary["state"] == Text("状态", "State"), "what is sound is read all the same"


@pytest.mark.parametrize("text", ['a = ["甲", "A"]\nb = ["乙" "B"]\n', 'b = ["丙", "B"]\nb = ["乙" "B"]', 'a = ["甲", "A"]\nb = ["乙'])
def test_a_file_that_is_no_toml_is_named_with_the_line(text: str) -> None:
    (fault,) = read(shop=text).faults
    assert fault.startswith("some.shop/terms.toml: ") and 'b = ["乙' in fault


def test_two_packages_that_disagree_are_both_named() -> None:
    words = read(kernel=KERNEL, shop='closed = ["打烊", "Closed"]')
    assert words.faults == [
        "some.shop/terms.toml: closed is 打烊 / Closed, but some.kernel/terms.toml says 已关闭 / Closed; a word of this module alone is shop.closed"
    ]
    assert read(kernel=KERNEL, shop='closed = ["已关闭", "Closed"]').faults == [], "to say the same is no fault"


def test_all_faults_are_said_at_once_when_every_package_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    terms.complete()
    monkeypatch.setattr(packages, "read", lambda file: (("some.kernel", "a = 1\nb = 2"),))
    assert term("a") == Text("a", "a"), "a term that is asked for before does not fail for it"
    with pytest.raises(ValueError, match=r"terms.toml: a is not .*\n.*terms.toml: b is not"):
        terms.complete()


def test_every_term_has_both_languages() -> None:
    words = terms.read(packages.read("terms.toml"))
    assert words.faults == []
    for said in (*words.glossary.values(), *(t for own in words.own.values() for t in own.values())):
        assert all(said.say(language).strip() for language in LANGUAGES)
