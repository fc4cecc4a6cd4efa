"""The bank: who may do what, and that every movement is balanced in three books."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from stdnum import luhn

from ecomlab import Refusal
from ecomlab.kernel.command import COMMANDS
from ecomlab.kernel.secrets import Issued
from ecomlab.lab import Lab
from ecomlab.modules import ca
from ecomlab.modules.ebank.playbook import own_customer
from tests import worlds
from tests.each import each
from tests.worlds import findings_of, refused

TO_CORPORATE = ("EBANK001", "EBANK002", "EBANK004")
TO_PERSONAL = (*TO_CORPORATE, "EBANK010", "EBANK011")


@pytest.fixture
def bank(acting: Callable[..., Lab]) -> Lab:
    """A world whose student's company is signed in to the bank, with money in its account."""
    return acting("ebank", *TO_CORPORATE)


@pytest.fixture
def both(acting: Callable[..., Lab]) -> Lab:
    """The same, and the student signed in as a person too, with money."""
    return acting("ebank", *TO_PERSONAL)


def secret(lab: Lab, label: str) -> str:
    return Issued(label).plain(lab.world.header.seed)


def pin(lab: Lab, who: str = "corporate") -> str:
    return secret(lab, f"pin/{who}")


def own(lab: Lab, kind: str = "corporate") -> Any:
    return own_customer(lab.player(), kind)


def held(lab: Lab, account: str) -> Decimal:
    """What an account holds by its postings, not by the running balance."""
    total = lab.world.state.look.value("select sum(-amount) from posting where owner = 'BANK' and account = '2011' and sub = $a", a=account)
    return total or Decimal(0)


def transfer(lab: Lab, **change: Any) -> Any:
    asked = lab.brief("EBANK005")
    given = {
        "from_account": own(lab).account, "to_account": asked["account"], "payee": asked["payee"], "amount": "100.00", "purpose": "货款", "pin": pin(lab),
    }  # fmt: skip
    return lab.ebank.transfer(**given | change)


def refusal(act: Callable[[], Any]) -> tuple[str, str | None]:
    with pytest.raises(Refusal) as refused:
        act()
    return refused.value.code, refused.value.field


def unchanged(lab: Lab, act: Callable[[], Any]) -> tuple[str, str | None]:
    """The refusal of an act that leaves logbook and state exactly as they were."""
    before = lab.world.path.read_bytes(), worlds.held(lab)
    said = refusal(act)
    assert (lab.world.path.read_bytes(), worlds.held(lab)) == before
    return said


def test_account_numbers_carry_a_check_digit(bank: Lab) -> None:
    numbers = [r.number for r in bank.world.state.look.all("select number from bank_account")]
    assert len(numbers) > 3 and all(len(n) == 19 and luhn.is_valid(n) for n in numbers)


def test_a_transfer_moves_exactly_its_amount_and_balances_in_every_book(bank: Lab) -> None:
    payer, payee = own(bank).account, bank.brief("EBANK005")["account"]
    before = held(bank, payer), held(bank, payee)
    number = transfer(bank, amount="1234.56")
    assert (held(bank, payer), held(bank, payee)) == (before[0] - Decimal("1234.56"), before[1] + Decimal("1234.56"))
    rows = bank.world.state.look.all(
        "select owner, sum(amount) as total, count(*) as lines from posting p join bank_transaction t using (entry) where t.number = $n group by owner",
        n=number,
    )
    assert len(rows) == 3 and all(r.total == 0 and r.lines == 2 for r in rows)
    assert not [v for v in bank.audit() if v.findings]


@each(
    ("amount", "code"),
    [
        ("0", "too_small"), ("0.00", "too_small"), ("-5", "money_negative"), ("NaN", "money_format"), ("Infinity", "money_format"),
        ("1e3", "money_format"), ("18.005", "money_places"), ("9" * 30, "money_huge"), ("999999999999", "too_large"), ("", "money_format"),
        ("12,34,5.6.7", "money_format"), (True, "money_format"), (None, "money_format"), (float("nan"), "money_format"), ([1], "money_format"),
    ],
)  # fmt: skip
def test_amounts_that_are_none(bank: Lab, amount: Any, code: str) -> None:
    assert unchanged(bank, lambda: transfer(bank, amount=amount)) == (code, "amount")


@pytest.mark.parametrize("amount", ["1,000.50", "１０００．５０", "¥1000.5", 1000.5, Decimal("1000.50")])
def test_amounts_as_people_write_them(bank: Lab, amount: Any) -> None:
    before = held(bank, own(bank).account)
    transfer(bank, amount=amount)
    assert before - held(bank, own(bank).account) == Decimal("1000.50")


def test_accounts_that_cannot_be_used(bank: Lab) -> None:
    mine = own(bank).account
    typo = mine[:-1] + str((int(mine[-1]) + 1) % 10)
    unknown = "6290001999900000" + "99"
    unknown += luhn.calc_check_digit(unknown)
    assert unchanged(bank, lambda: transfer(bank, to_account=mine)) == ("same_account", "to_account")
    assert unchanged(bank, lambda: transfer(bank, to_account=typo)) == ("bad_account_number", "to_account")
    assert unchanged(bank, lambda: transfer(bank, to_account=unknown)) == ("no_account", "to_account")
    assert unchanged(bank, lambda: transfer(bank, from_account=bank.brief("EBANK005")["account"])) == ("not_your_account", "from_account")
    assert unchanged(bank, lambda: transfer(bank, payee="别的公司 Some Other Ltd")) == ("wrong_payee", "payee")


def test_a_closed_account_takes_and_gives_nothing(both: Lab) -> None:
    card = own(both, "personal").account
    assert unchanged(both, lambda: both.ebank.close_personal(card, pin(both, "personal"))) == ("not_empty", "account")
    company = both.world.state.look.value("select name from bank_customer where number = $n", n=own(both).number)
    both.ebank.transfer_personal(card, own(both).account, company, held(both, card), "清户", pin(both, "personal"))
    both.ebank.close_personal(card, pin(both, "personal"))
    assert unchanged(both, lambda: both.ebank.deposit_personal(card, "1.00", pin(both, "personal"))) == ("account_closed", "account")
    name = both.brief("EBANK010")["name"]
    assert unchanged(both, lambda: transfer(both, to_account=card, payee=name)) == ("account_closed", "to_account")
    assert [r.state for r in both.ebank.balance_personal()] == ["closed"]


def test_nothing_is_overdrawn(bank: Lab) -> None:
    everything = held(bank, own(bank).account)
    assert unchanged(bank, lambda: transfer(bank, amount=everything + Decimal("0.01"))) == ("overdraft", "amount")
    transfer(bank, amount=everything)
    assert held(bank, own(bank).account) == 0
    assert unchanged(bank, lambda: transfer(bank, amount="0.01")) == ("overdraft", "amount")


def test_only_cash_that_is_there_can_be_paid_in(bank: Lab) -> None:
    capital = bank.brief("EBANK001")["capital"] - bank.brief("EBANK004")["amount"]
    assert unchanged(bank, lambda: bank.ebank.deposit(own(bank).account, capital + 1, pin(bank))) == ("not_enough_cash", "amount")
    bank.ebank.deposit(own(bank).account, capital, pin(bank))


def test_wrong_pins_count_lock_for_the_day_and_are_forgotten_after_a_right_one(bank: Lab) -> None:
    for _ in range(4):
        assert refusal(lambda: transfer(bank, pin="135246")) == ("wrong_pin", "pin")
    transfer(bank)
    for _ in range(4):
        assert refusal(lambda: transfer(bank, pin="135246")) == ("wrong_pin", "pin")
    assert refusal(lambda: transfer(bank, pin="135246")) == ("locked", "pin")
    assert unchanged(bank, lambda: transfer(bank)) == ("locked", "pin")
    bank.advance(1)
    transfer(bank)
    assert not bank.check("EBANK005").missing or all(d.declined is None for d in bank.world.state.done[-1:])


def test_corporate_sign_in_needs_the_right_living_certificate(played: Callable[..., Lab]) -> None:
    lab = played("ebank", "EBANK001")
    mine = own(lab)
    password = secret(lab, "password/corporate")

    def sign_in(certificate: str = mine.certificate, customer: str = mine.number) -> Any:
        return lab.ebank.sign_in_corporate(certificate, customer, password)

    assert unchanged(lab, sign_in) == ("certificate_unusable", "certificate")  # not downloaded yet
    assert unchanged(lab, lambda: sign_in("CA-0000-9999")) == ("not_found", "certificate")
    lab.ca.verify_download(mine.certificate, ca.download_password(lab.world.state.look, mine.certificate).plain(lab.world.header.seed))
    lab.ca.download("p12")
    theirs = lab.world.state.look.value(
        "select c.number from certificate c join document d using (number) where d.state = 'downloaded' and c.number <> $n limit 1", n=mine.certificate
    )
    assert unchanged(lab, lambda: sign_in(theirs)) == ("not_this_holder", "certificate")
    assert unchanged(lab, lambda: sign_in(customer="199990001")) == ("no_customer", "customer_number")
    assert refusal(lambda: lab.ebank.sign_in_corporate(mine.certificate, mine.number, "Wrong-guess-1")) == ("wrong_password", "password")
    sign_in()
    lab.ca.revoke("superseded")
    assert unchanged(lab, sign_in) == ("certificate_unusable", "certificate")


def test_an_expired_certificate_opens_nothing(bank: Lab) -> None:
    bank.advance(366)
    assert unchanged(bank, lambda: bank.ebank.sign_in_corporate(own(bank).certificate, own(bank).number, secret(bank, "password/corporate"))) == (
        "certificate_unusable",
        "certificate",
    )


def test_five_wrong_passwords_lock_even_the_right_one_until_the_next_day(both: Lab) -> None:
    card, password = own(both, "personal").account, secret(both, "password/personal")
    said = [refusal(lambda: both.ebank.sign_in_personal(card, "Wrong-guess-1"))[0] for _ in range(5)]
    assert said == ["wrong_password"] * 4 + ["locked"]
    assert unchanged(both, lambda: both.ebank.sign_in_personal(card, password)) == ("locked", "password")
    both.advance(1)
    both.ebank.sign_in_personal(card, password)


def test_paying_an_order_twice_is_one_payment(both: Lab) -> None:
    asked = both.brief("EBANK015")
    card = own(both, "personal").account

    def pay(**change: Any) -> Any:
        given = {"account": card, "merchant": asked["merchant"], "reference": "WB-1", "amount": "88.00", "pin": pin(both, "personal")}
        return both.ebank.pay_personal(**given | change)

    first, before = pay(), held(both, card)
    assert pay() == first and held(both, card) == before
    assert unchanged(both, lambda: pay(amount="89.00")) == ("already_paid", "reference")
    assert unchanged(both, lambda: pay(merchant="800000000")) == ("no_merchant", "merchant")
    assert [r.paid_out for r in both.ebank.purchases()] == [Decimal("88.00")]


def test_a_recalled_transfer_is_posted_back_once_on_the_same_day(bank: Lab) -> None:
    before = held(bank, own(bank).account)
    number = transfer(bank)
    entries = bank.world.state.look.value("select count(*) from ledger_entry")
    bank.ebank.recall_transfer(number, "收款人写错")
    assert held(bank, own(bank).account) == before
    assert bank.world.state.look.value("select count(*) from ledger_entry") == entries + 1
    assert unchanged(bank, lambda: bank.ebank.recall_transfer(number, "再来一次")) == ("not_recallable", "transaction")
    late = transfer(bank)
    bank.advance(1)
    assert unchanged(bank, lambda: bank.ebank.recall_transfer(late, "太晚")) == ("not_recallable", "transaction")


def test_a_client_sees_only_its_own(both: Lab) -> None:
    other = both.brief("EBANK012")["account"]
    for query in ("balance_personal", "statement_personal", "purchases"):
        assert unchanged(both, lambda q=query: getattr(both.ebank, q)(account=other)) == ("no_account", "account")
        assert {r.account for r in getattr(both.ebank, query)()} <= {own(both, "personal").account}
    assert unchanged(both, lambda: both.ebank.balance(account=own(both, "personal").account)) == ("no_account", "account")


def test_without_a_session_nothing_moves(played: Callable[..., Lab]) -> None:
    lab = played("ebank", "EBANK001")
    assert unchanged(lab, lambda: lab.ebank.deposit(own(lab).account, "1.00", pin(lab))) == ("sign_in_first", None)
    assert unchanged(lab, lambda: lab.ebank.balance()) == ("sign_in_first", None)


def test_statements_by_period_kind_and_amount_agree_with_the_ledger(bank: Lab) -> None:
    for amount in ("10.00", "20.00", "30.00"):
        transfer(bank, amount=amount)
        bank.advance(1)
    everything = bank.ebank.statement()
    assert everything[-1].balance == held(bank, own(bank).account)
    running = Decimal(0)
    for row in everything:
        running += row.paid_in - row.paid_out
        assert row.balance == running
    assert [r.paid_out for r in bank.ebank.statement(kind="transfer", at_least="15", at_most="25")] == [Decimal("20.00")]
    start = bank.world.state.scenario.start
    assert [r.paid_out for r in bank.ebank.transfers(from_day=start, to_day=start)] == [Decimal("10.00")]
    assert unchanged(bank, lambda: bank.ebank.statement(from_day="2026-09-30", to_day="2026-09-01")) == ("period_reversed", "to_day")
    assert unchanged(bank, lambda: bank.ebank.statement(at_least="9", at_most="1")) == ("bounds_reversed", "at_most")
    assert len(bank.ebank.statement(from_day="2027-01-01")) == 0


def test_registering_twice_and_weak_secrets_are_refused_at_their_fields(both: Lab) -> None:
    asked = both.brief("EBANK001")
    mailbox = both.world.state.look.value("select mailbox from bank_customer where number = $n", n=own(both).number)
    form = {
        "company_name": asked["company"], "uscc": asked["uscc"], "capital": "50000", "contact": "x", "mailbox": mailbox,
        "password": "Another-pass-1", "confirm": "Another-pass-1", "pin": "905172", "confirm_pin": "905172", "agree": True,
    }  # fmt: skip
    assert unchanged(both, lambda: both.ebank.register_corporate(**form)) == ("already_client", "uscc")
    assert unchanged(both, lambda: both.ebank.register_corporate(**form | {"agree": False})) == ("must_agree", "agree")
    with pytest.raises(Refusal) as refused:
        both.ebank.register_corporate(**form | {"password": "short", "pin": "123456", "confirm_pin": "905172", "capital": "1.234"})
    assert {(p.code, p.field) for p in refused.value.problems} == {
        ("password_weak", "password"), ("secrets_differ", "confirm"), ("pin_weak", "pin"), ("secrets_differ", "confirm_pin"), ("money_places", "capital"),
        ("already_client", "uscc"),  # in the same round
    }  # fmt: skip
    person = both.world.state.look.one("select name, mailbox from bank_customer where kind = 'personal' and number = $n", n=own(both, "personal").number)
    again = {
        "full_name": person.name, "mobile": "13800138000", "mailbox": person.mailbox, "password": "Another-pass-1", "confirm": "Another-pass-1",
        "pin": "905172", "confirm_pin": "905172", "agree": True,
    }  # fmt: skip
    assert unchanged(both, lambda: both.ebank.register_personal(**again)) == ("already_person", "mailbox")
    assert unchanged(both, lambda: both.ebank.register_personal(**again | {"mobile": "12345"})) == ("bad_mobile", "mobile")


def test_texts_that_do_not_belong(bank: Lab) -> None:
    assert unchanged(bank, lambda: transfer(bank, purpose="x" * 10_000)) == ("text_long", "purpose")
    assert unchanged(bank, lambda: transfer(bank, purpose="a\x00b")) == ("text_control", "purpose")
    assert unchanged(bank, lambda: transfer(bank, purpose="a\u202eb")) == ("text_bidi", "purpose")
    assert unchanged(bank, lambda: transfer(bank, purpose="two\nlines")) == ("text_one_line", "purpose")
    transfer(bank, purpose="<script>alert(1)</script> 🎁")
    shown = bank.ebank.statement().html("en")
    assert "<script>" not in shown and "&lt;script&gt;" in shown


def test_a_company_chooses_among_certificates_and_customer_numbers_of_its_own(bank: Lab) -> None:
    offered = [[number for number, _ in bank.choices("ebank.sign_in_corporate", field)] for field in ("customer_number", "certificate")]
    assert offered == [[own(bank).number], [own(bank).certificate]], "those of the bank's other customers are not offered, so no form presets one"


def test_the_help_at_a_new_pin_says_the_whole_rule_before_it_is_refused() -> None:
    help_at = next(p.ask.help for p in COMMANDS["ebank.register_personal"].params if p.name == "pin")
    assert help_at and "全部相同或连续" in help_at.zh and "sequence" in help_at.en


def test_three_sign_ins_enter_review_and_approve_a_payment_and_nobody_does_two(bank: Lab) -> None:
    asked, mine = bank.brief("EBANK005"), own(bank).account
    word = lambda label: {"password": f"{label}-2026", "confirm": f"{label}-2026"}  # noqa: E731
    names = {"payment_enterer": "陆一 Lu Yi", "payment_reviewer": "何二 He Er", "payment_approver": "秦三 Qin San"}
    staff = {post: bank.ebank.appoint_operator(full_name=name, post=post, **word(post)) for post, name in names.items()}
    no = refused(bank.ebank.appoint_operator, full_name="陆一", post="payment_approver", **word("fourth"))
    assert (no.code, no.field) == ("one_post_each", "full_name")
    for post, number in staff.items():
        bank.ebank.sign_in_operator(number, f"{post}-2026")
    order = bank.ebank.enter_payment(mine, asked["account"], asked["payee"], "100.00", "货款 Goods")
    assert refused(bank.ebank.approve_payment, order, pin(bank)).code == "wrong_state", "not before it was reviewed"
    before = held(bank, mine)
    for wrong in ({"amount": "1000.00"}, {"to_account": mine}):
        no = refused(bank.ebank.review_payment, **{"order": order, "to_account": asked["account"], "amount": "100.00"} | wrong)
        assert (no.code, no.field) == ("review_differs", next(iter(wrong)))
    bank.ebank.review_payment(order, asked["account"], "100.00")
    assert held(bank, mine) == before
    assert refused(bank.ebank.approve_payment, order, "135790").code == "wrong_pin"
    assert isinstance(bank.ebank.approve_payment(order, pin(bank)), str)
    assert held(bank, mine) == before - 100 and held(bank, asked["account"]) >= 100
    (row,) = bank.ebank.payment_orders()
    assert (row.state, row.entered_by, row.reviewed_by, row.approved_by) == ("executed", *names.values())
    wrong = bank.ebank.enter_payment(mine, asked["account"], asked["payee"], "99999999.00", "x")
    bank.ebank.review_payment(wrong, asked["account"], "99999999.00")
    no = refused(bank.ebank.approve_payment, wrong, pin(bank))
    assert (no.code, no.field) == ("overdraft", "order")
    assert bank.ebank.refuse_payment(wrong, "余额不足 Too little money") == wrong and findings_of(bank) == []


def test_capital_that_was_spent_is_not_taken_back_and_its_cash_is_told_to_nobody_without_the_password(bank: Lab) -> None:
    company = own(bank)
    wrong = refused(bank.ebank.change_corporate, company.number, "not-the-one", "10000.00")
    assert (wrong.code, wrong.field) == ("wrong_password", "password")
    no = refused(bank.ebank.change_corporate, company.number, secret(bank, "password/corporate"), "10000.00")
    assert (no.code, no.field) == ("cash_tied_up", "capital")
