"""The finance of a department: papers go where they belong, nobody approves their own, and every sum is in the books with its reason."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from stdnum.cn.uscc import calc_check_digit

from ecomlab.books import images, ledger, tax
from ecomlab.cli.demo import begin
from ecomlab.kernel.command import CHOICES
from ecomlab.kernel.plays import PLAYS
from ecomlab.lab import Lab
from ecomlab.modules.b2c import POSTAGE
from ecomlab.modules.b2c.prologue import own_shop
from ecomlab.modules.ebank.prologue import own_customer
from ecomlab.modules.finance import briefs, channels, matching
from ecomlab.modules.finance.prologue import USUAL, come, number_of
from tests import worlds
from tests.worlds import findings_of, held, refused

#: The tax number of an agency that is no member yet.
AGENCY = "91000000MA0AD0001" + calc_check_digit("91000000MA0AD0001")
PICTURE = images.sample(60, 40, (10, 90, 200))


def opened(folder: Path, *codes: str) -> Lab:
    """A department where the model student has done these tasks, and all four are at work."""
    lab = worlds.acting(folder, worlds.model("finance", codes=codes))
    for who in ("finance", "stock", "manager", "clerk"):
        come(lab.player(), who)
    return lab


def test_a_department_opens_whatever_the_goods_of_its_shop_cost(tmp_path: Path) -> None:
    lab = begin(tmp_path / "dear", "20270001", "finance")  # two pieces of what is sold here cost 762.60
    dearest = lab.look.value("select max(amount) from b2c_payment")
    assert dearest > USUAL
    assert findings_of(lab) == []
    lab.world.close()


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Lab]:
    """A department as the student finds it."""
    lab = opened(tmp_path / "desk")
    yield lab
    assert findings_of(lab) == []
    lab.world.close()


def orders(lab: Lab, *kinds: str) -> list[Any]:
    """Shipped orders of the shop of which nothing came back: number, amount, shopper, product, pieces."""
    return lab.look.all(
        """select o.number, o.amount, o.shopper, any_value(l.product) as product, sum(l.quantity)::integer as pieces from b2c_order o
           join document d using (number) join b2c_order_line l using (number) where o.merchant = $m and d.state = 'shipped'
             and list_contains($kinds, o.payment_kind) and not exists (select 1 from b2c_return r where r.web_order = o.number) group by all order by 1""",
        m=own_shop(lab.player()).merchant, kinds=list(kinds or ("online",)),
    )  # fmt: skip


def balance(lab: Lab, account: str, sub: str | None = None) -> Decimal:
    """What the company has on an account, debit positive."""
    found = lab.look.value(
        "select coalesce(sum(balance), 0)::decimal(18,2) from ledger_balance where owner = $o and account = $a and ($s is null or sub = $s)",
        o=own_shop(lab.player()).member, a=account, s=sub,
    )  # fmt: skip
    return Decimal(found)


def takings(lab: Lab) -> Decimal:
    """What the company has sold for, with the output tax on it."""
    return -balance(lab, "6001") - balance(lab, tax.OUTPUT)


def unchanged(lab: Lab, do: Callable[[], Any]) -> tuple[str, str | None]:
    """Code and field of the refusal, after which all is as before."""
    before = held(lab)
    said = refused(do)
    assert held(lab) == before
    return said.code, said.field


def approve(lab: Lab, about: str) -> None:
    lab.finance.decide(lab.look.value("select max(number) from approval where about = $n", n=about), "approved")


def paying(lab: Lab) -> tuple[str, Any]:
    play = lab.player()
    return own_customer(play, "corporate").account, play.pin("corporate")


# --- slips -------------------------------------------------------------------------------------------------------------------


def test_each_order_has_one_slip_whose_copies_reach_four_places(desk: Lab) -> None:
    order = orders(desk)[0].number
    slip = desk.finance.make_slip(order)
    assert unchanged(desk, lambda: desk.finance.make_slip(order)) == ("has_a_slip", "order")
    assert unchanged(desk, lambda: desk.finance.make_slip("WO-0000-0001")) == ("not_the_shops", "order")
    assert unchanged(desk, lambda: desk.finance.file_copy_in_finance(slip, "yellow")) == ("not_the_holder", "colour"), "it is not there yet"
    assert desk.finance.hand_copy(slip, "red", "customer") == desk.finance.hand_copy(slip, "yellow", "finance") == "issued"
    assert desk.finance.hand_copy(slip, "green", "warehouse") == "distributed"
    desk.finance.file_copy_in_finance(slip, "yellow")
    assert unchanged(desk, lambda: desk.finance.file_copy_in_finance(slip, "yellow")) == ("filed_already", "colour"), "a slip is filed once"
    assert unchanged(desk, lambda: desk.finance.void_slip(slip)) == ("wrong_state", "slip")
    desk.finance.file_copy(slip, "white")
    assert desk.finance.file_copy_in_stock(slip, "green") == "filed"


def test_a_list_of_orders_says_in_words_how_they_are_paid(desk: Lab) -> None:
    shown = [label for _, label in CHOICES["finance.orders_shipped"](desk.look, number_of(desk.look, "clerk"))]
    assert any("货到付款" in said.zh and "Cash on delivery" in said.en for said in shown) and not any("_" in said.zh for said in shown)


def test_a_void_slip_makes_room_for_another(desk: Lab) -> None:
    order = orders(desk)[0].number
    desk.finance.void_slip(desk.finance.make_slip(order))
    assert desk.finance.make_slip(order)


def test_the_warehouse_keeps_two_copies_of_its_slips(desk: Lab) -> None:
    slip = desk.finance.make_issue_slip(orders(desk)[0].number)
    desk.finance.hand_copy_from_stock(slip, "red", "finance")
    assert desk.finance.hand_copy_from_stock(slip, "yellow", "ecommerce") == "distributed"
    held = {r.colour: r.holder for r in desk.finance.copies_in_stock() if r.number == slip}
    assert held == {"white": "warehouse", "green": "warehouse", "red": "finance", "yellow": "ecommerce"}


# --- refunds -----------------------------------------------------------------------------------------------------------------


def test_goods_come_back_before_the_money_goes(desk: Lab) -> None:
    order, sold, stock = orders(desk)[0], takings(desk), balance(desk, "1405")
    request = desk.finance.request_refund(order.number, "with_goods", "尺寸不符 Wrong size", [{"product": order.product, "quantity": order.pieces}])
    assert unchanged(desk, lambda: desk.finance.pay_refund(request)) == ("wrong_state", "request")
    assert desk.look.value("select count(*) from approval where about = $n", n=request) == 0, "the manager is asked once the goods are there"
    desk.finance.confirm_goods_back(request, "restocked")
    assert unchanged(desk, lambda: desk.finance.pay_refund(request)) == ("wrong_state", "request"), "and nothing is paid before the approval"
    approve(desk, request)
    desk.finance.pay_refund(request)
    assert takings(desk) == sold - order.amount
    assert balance(desk, "1405") > stock


def test_a_refund_of_money_only_lowers_revenue_and_goes_back_the_way_it_came(desk: Lab) -> None:
    order, sold, cost = orders(desk)[0], takings(desk), balance(desk, "6401")
    account = desk.look.value(
        "select from_account from bank_transaction t join b2c_payment p on p.transaction = t.number where p.web_order = $n", n=order.number
    )
    held = ledger.balance(desk.look, "BANK", "2011", account)
    request = desk.finance.request_refund(order.number, "money_only", "补差价 Price difference", amount="2.50")
    approve(desk, request)
    desk.wait(until="14:00")
    paid = desk.finance.pay_refund(request)
    assert paid["hours"] > 1 and desk.finance.refund_delay()[0].hours == paid["hours"]
    assert takings(desk) == sold - Decimal("2.50") and balance(desk, "6401") == cost, "the goods stay with the customer"
    assert ledger.balance(desk.look, "BANK", "2011", account) == held - Decimal("2.50")


def test_no_refund_is_above_what_is_left_of_the_payment(desk: Lab) -> None:
    order = orders(desk)[0]
    over = order.amount + Decimal("0.01")
    assert unchanged(desk, lambda: desk.finance.request_refund(order.number, "money_only", "x", amount=over)) == ("refund_too_much", "amount")
    first = desk.finance.request_refund(order.number, "money_only", "x", amount=order.amount - 1)
    assert unchanged(desk, lambda: desk.finance.request_refund(order.number, "money_only", "x", amount="1")) == ("refund_open", "order")
    approve(desk, first)
    desk.finance.pay_refund(first)
    assert unchanged(desk, lambda: desk.finance.request_refund(order.number, "money_only", "x", amount="1.01")) == ("refund_too_much", "amount")
    back = [{"product": order.product, "quantity": order.pieces}]
    assert unchanged(desk, lambda: desk.finance.request_refund(order.number, "with_goods", "x")) == ("amount_or_goods", "goods")
    assert unchanged(desk, lambda: desk.finance.request_refund(order.number, "money_only", "x")) == ("amount_or_goods", "amount")
    last = desk.finance.request_refund(order.number, "with_goods", "x", back)
    assert desk.look.value("select amount from finance_refund where number = $n", n=last) == 1, "the goods are worth what is left of their price"


def test_what_the_manager_rejects_is_not_paid(desk: Lab) -> None:
    request = desk.finance.request_refund(orders(desk)[0].number, "money_only", "x", amount="2.00")
    desk.finance.decide(desk.look.value("select max(number) from approval"), "rejected", "没有理由 No reason")
    assert unchanged(desk, lambda: desk.finance.pay_refund(request)) == ("wrong_state", "request")


def test_the_library_plays_manager_and_stock_clerk(desk: Lab) -> None:
    order = orders(desk)[0]
    request = desk.finance.request_refund(order.number, "with_goods", "x", [{"product": order.product, "quantity": 1}])
    desk.autoplay("stock_clerk")
    desk.autoplay("department_manager")
    desk.finance.pay_refund(request)
    assert desk.look.value("select state from document where number = $n", n=request) == "paid"


def test_the_library_makes_the_days_slips_and_brings_every_copy_where_it_belongs(desk: Lab) -> None:
    desk.autoplay("shopkeeper")
    for r in desk.look.all("select number from document where kind = 'b2c_sales_order' and state = 'confirmed' order by 1 limit 2"):
        desk.b2c.ship(r.number)
    shipped = desk.look.value("select count(*) from b2c_order where shipped_day = $d", d=desk.look.day)
    assert shipped
    for post in ("ecommerce_clerk", "stock_clerk", "finance_clerk", "ecommerce_clerk", "stock_clerk"):
        desk.autoplay(post)
    states = desk.look.all("select kind, state, count(*) as n from document where kind in ('sales_slip', 'issue_slip') group by all order by kind")
    assert [tuple(r) for r in states] == [("issue_slip", "filed", shipped), ("sales_slip", "filed", shipped)]


def test_one_person_holds_one_post(desk: Lab) -> None:
    clerk = briefs.staff(desk.look)["clerk"]
    secret = "Another-post-1"
    given = {"full_name": clerk.name, "mailbox": clerk.mailbox, "post": "department_manager", "password": secret, "confirm": secret}
    assert unchanged(desk, lambda: desk.finance.employ(**given)) == ("has_a_post", "full_name")
    assert unchanged(desk, lambda: desk.finance.sign_in_manager(number_of(desk.look, "clerk"), secret)) == ("no_staff", "staff")


# --- the float ---------------------------------------------------------------------------------------------------------------


@pytest.fixture
def purse(tmp_path: Path) -> Iterator[Lab]:
    """A clerk with a float of 500."""
    lab = opened(tmp_path / "purse", "FIN005")
    yield lab
    assert findings_of(lab) == []
    lab.world.close()


def claimed(lab: Lab) -> Decimal:
    """What the company claims of couriers."""
    return balance(lab, "1221", lab.look.value("select firm from courier_claim"))


def own_float(lab: Lab) -> str:
    return str(lab.look.value("select max(number) from finance_float where clerk = $c", c=number_of(lab.look, "clerk")))


def test_a_float_is_a_claim_on_the_clerk_until_it_is_accounted_for(purse: Lab) -> None:
    fund, order = own_float(purse), orders(purse)[0].number
    clerk = purse.look.value("select person from finance_staff where number = $n", n=number_of(purse.look, "clerk"))
    claims, expenses = balance(purse, "1221", clerk), balance(purse, "6601")
    assert claims == 500
    first = purse.finance.compensate(fund, order, "broken", "31.40", "壶嘴破了 The spout is broken", picture=PICTURE)
    purse.finance.compensate(fund, order, "postage", "12.00", "退货邮费 Return postage", receipt="快递 Courier 0001", courier="yunque")
    assert (balance(purse, "1221", clerk), balance(purse, "6601")) == (claims, expenses), "nothing is an expense yet"
    purse.finance.hand_in(fund)
    assert unchanged(purse, lambda: purse.finance.account_for_float(fund)) == ("not_all_vouched", "float_number")
    assert unchanged(purse, lambda: purse.finance.compensate(fund, order, "postage", "1", "x", receipt="late")) == ("wrong_state", "float_number")
    for row in purse.finance.sheet_in_finance(fund):
        purse.finance.accept_voucher(row.number)
    assert purse.finance.account_for_float(fund) == {"expense": Decimal("31.40"), "claim": Decimal("12.00")}
    assert balance(purse, "6601") == expenses + Decimal("31.40") and claimed(purse) == 12, "what the courier has caused is claimed from it"
    assert balance(purse, "1221", clerk) == Decimal("456.60"), "what is left in hand"
    purse.advance(days=1)
    assert [r.state for r in purse.finance.courier_claims()] == ["admitted"] and claimed(purse) == 12
    purse.advance(days=3)
    assert [r.state for r in purse.finance.courier_claims()] == ["paid"] and claimed(purse) == 0
    assert (purse.world.folder / "vouchers" / f"{purse.look.value('select number from voucher where document = $n', n=first)}.png").is_file()


def test_a_float_is_never_overspent(purse: Lab) -> None:
    fund, order = own_float(purse), orders(purse)[0].number
    purse.finance.compensate(fund, order, "postage", "499.00", "x", receipt="a")
    assert unchanged(purse, lambda: purse.finance.compensate(fund, order, "postage", "1.01", "x", receipt="b")) == ("float_short", "amount")
    assert purse.finance.floats()[0].rest == 1


def test_what_is_broken_needs_a_picture_and_no_voucher_counts_twice(purse: Lab) -> None:
    fund, order = own_float(purse), orders(purse)[0].number
    pay = purse.finance.compensate
    assert unchanged(purse, lambda: pay(fund, order, "broken", "9", "x", receipt="it is broken")) == ("picture_needed", "picture")
    assert unchanged(purse, lambda: pay(fund, order, "broken", "9", "x", picture=b"no picture")) == ("not_a_picture", "picture")
    pay(fund, order, "broken", "9", "x", picture=PICTURE)
    assert unchanged(purse, lambda: pay(fund, order, "faulty", "9", "y", picture=PICTURE)) == ("voucher_used", "picture")
    late = pay(fund, order, "missing_item", "5", "z")
    assert unchanged(purse, lambda: purse.finance.hand_in(fund)) == ("not_all_vouched", "float_number")
    purse.finance.vouch(late, receipt="少一个盖子 No lid")
    purse.finance.hand_in(fund)


def test_a_second_float_waits_for_the_first_and_more_needs_a_reason(purse: Lab) -> None:
    assert unchanged(purse, lambda: purse.finance.ask_float("100", "x")) == ("float_open", "amount")
    fund = own_float(purse)
    assert unchanged(purse, lambda: purse.finance.renew_float(fund, "500", "x")) == ("wrong_state", "float_number")
    purse.finance.hand_in(fund)
    purse.finance.account_for_float(fund)
    assert unchanged(purse, lambda: purse.finance.renew_float(fund, "600", "x")) == ("more_needs_sales", "sales")
    again = purse.finance.renew_float(fund, "600", "销售增长 Sales grow", "1000")
    approve(purse, again)
    assert purse.finance.grant_float(again, *paying(purse))["amount"] == 100, "500 are still in hand"


def test_a_first_float_is_500_at_most_and_nobody_else_spends_it(desk: Lab) -> None:
    assert unchanged(desk, lambda: desk.finance.ask_float("500.01", "x")) == ("above_first_sum", "amount")
    fund = desk.finance.ask_float("500", "x")
    assert unchanged(desk, lambda: desk.finance.grant_float(fund, *paying(desk))) == ("wrong_state", "float_number"), "not approved yet"
    approve(desk, fund)
    desk.finance.grant_float(fund, *paying(desk))
    come(desk.player(), "colleague")
    order = orders(desk)[0].number
    assert unchanged(desk, lambda: desk.finance.compensate(fund, order, "postage", "5", "x", receipt="r")) == ("not_your_float", "float_number")


def test_a_line_whose_receipt_says_another_amount_goes_back_and_is_corrected(desk: Lab) -> None:
    fund = desk.look.value("select number from finance_float order by 1 limit 1")
    row = max(desk.finance.sheet_in_finance(fund), key=lambda r: r.number)
    right = Decimal(row.note.rpartition("：")[2])
    assert right != row.amount and sorted(str(right)) == sorted(str(row.amount)), "two digits exchanged"
    desk.finance.send_back(row.number, "收据 Receipt")
    assert unchanged(desk, lambda: desk.finance.account_for_float(fund)) == ("not_all_vouched", "float_number")
    desk.finance.vouch(row.number, amount=right)
    assert {r.number: r.amount for r in desk.finance.sheet_in_finance(fund)}[row.number] == right


# --- the channel's statement -------------------------------------------------------------------------------------------------


def text_of(lab: Lab, number: str) -> str:
    return str(lab.finance.statement_file(number)[0].content)


def test_a_statement_is_the_ledger_but_for_three_differences(desk: Lab) -> None:
    house = desk.look.value("select distinct channel from finance_statement") or desk.look.value(
        "select c.member from merchant_contract m join bank_customer c on c.number = m.merchant where m.shop_name = $n", n="汇通支付平台 Huitong Pay"
    )
    asked = desk.finance.request_statement("payment_platform")
    number = asked["statement"]
    desk.finance.import_statement(number, text_of(desk, number).encode())
    assert desk.finance.match(number)["differences"] == 3
    rows = list(desk.finance.reconciliation(number))
    assert rows[0].amount == balance(desk, "1122", house) and rows[-1].amount == asked["closing"]
    assert sum(r.amount for r in rows[:-1]) == rows[-1].amount, "the ledger and the differences come to the statement"
    by_cause = {}
    for r in rows[1:-1]:
        by_cause["wrong_amount" if r.stated and r.booked else "channel_fee" if r.stated else "refund_in_transit"] = r
    assert set(by_cause) == {"wrong_amount", "channel_fee", "refund_in_transit"}
    assert (by_cause["wrong_amount"].amount * 100) % 9 == 0, "exchanged digits: a multiple of nine"
    wrong = by_cause["wrong_amount"].line
    assert unchanged(desk, lambda: desk.finance.explain_difference(number, str(wrong), "channel_fee")) == ("other_cause", "cause")
    assert unchanged(desk, lambda: desk.finance.explain_difference(number, "99", "channel_fee")) == ("no_such_difference", "difference")
    costs = balance(desk, "6603") + balance(desk, tax.PENDING)
    for cause, r in by_cause.items():
        desk.finance.explain_difference(number, str(r.line), cause)
    charged = balance(desk, "6603") + balance(desk, tax.PENDING) - costs
    assert charged == -by_cause["channel_fee"].amount, "the charge is an expense, and bears its tax, once it is explained"
    again = desk.finance.request_statement("payment_platform")["statement"]
    desk.finance.import_statement(again, text_of(desk, again).encode())
    assert desk.finance.match(again)["differences"] == 0, "the next one puts right what was wrong"
    assert desk.finance.reconciliation(again)[-1].amount == balance(desk, "1122", house)


def test_only_the_channels_own_file_of_this_period_comes_in(desk: Lab) -> None:
    first = desk.finance.request_statement("payment_platform")["statement"]
    assert unchanged(desk, lambda: desk.finance.request_statement("payment_platform")) == ("explain_first", "channel")
    text = text_of(desk, first)
    lines = text.splitlines()
    cases = {
        "not_a_statement": ["nothing of the kind", "\n".join(lines[:2]), text.replace("reference", "order"), text.replace("sale", "sale,x", 1)],
        "does_not_add_up": ["\n".join(lines[:-1])],
        "other_period": [text.replace(first, first[:-1] + "9"), text.replace("2026-09-01", "2026-08-01", 1)],
    }
    for code, files in cases.items():
        for content in files:
            assert unchanged(desk, lambda content=content: desk.finance.import_statement(first, content.encode())) == (code, "file"), content  # type: ignore[misc]
    assert unchanged(desk, lambda: desk.finance.import_statement(first, "账单".encode("gb18030"))) == ("not_a_statement", "file")
    assert unchanged(desk, lambda: desk.finance.match(first)) == ("wrong_state", "statement"), "nothing of them was kept"
    assert (desk.world.folder / "statements" / f"{first}.csv").read_text("utf-8").splitlines() == lines


def test_equal_lines_agree_one_for_one() -> None:
    sale, again = matching.Side("sale", "WO-1", Decimal("10.00")), matching.Side("sale", "WO-1", Decimal("10.00"))
    assert matching.compared([sale, again], [sale]) == ([(matching.Side("sale", "WO-1", Decimal("10.00")), Decimal("10.00"), Decimal("0.00"))], 1)
    assert matching.compared([], []) == ([], 0)


@pytest.mark.parametrize(
    ("amount", "wrong"), [("45.60", "45.06"), ("45.66", "46.56"), ("120.00", "102.00"), ("88.88", "88.88"), ("7.70", "7.07"), ("100.00", "100.00")]
)
def test_exchanged_digits_are_a_multiple_of_nine(amount: str, wrong: str) -> None:
    made = channels.exchanged(Decimal(amount))
    assert str(made) == wrong and int((made - Decimal(amount)) * 100) % 9 == 0


# --- wires -------------------------------------------------------------------------------------------------------------------


def test_a_transfer_pays_the_goods_and_the_postage_stands_apart(desk: Lab) -> None:
    postage = briefs.wire(desk.look)["postage"]
    named = next(r for r in desk.finance.wire_list() if not r.state and r.amount != briefs.wire(desk.look)["unknown"])
    payer = desk.look.value("select number from member where name = $n", n=named.name)
    order = orders(desk, "cash_on_delivery")[0]
    owed, taken = balance(desk, "1122", payer), takings(desk)
    assert unchanged(desk, lambda: desk.finance.apply_wire(named.transaction, order.number, postage + 1)) == ("wire_differs", "postage")
    unknown = next(r for r in desk.finance.wire_list() if r.amount == briefs.wire(desk.look)["unknown"])
    assert unchanged(desk, lambda: desk.finance.apply_wire(unknown.transaction, order.number, "0")) == ("other_payer", "transaction")
    assert desk.finance.apply_wire(named.transaction, order.number, postage) == {"goods": order.amount, "postage": postage}
    assert balance(desk, "1122", payer) == owed - order.amount and balance(desk, "2241", POSTAGE) == 0
    assert takings(desk) == taken + postage, "the goods have left, so it is what the shop has charged for the delivery"
    assert balance(desk, "2241", payer) == 0, "nothing of it is owed to the customer"
    row = next(r for r in desk.finance.wire_list() if r.transaction == named.transaction)
    assert (row.state, row.goods, row.postage) == ("applied", order.amount, postage)
    assert unchanged(desk, lambda: desk.finance.apply_wire(named.transaction, order.number, postage)) == ("no_such_wire", "transaction")
    desk.finance.ask_about(unknown.transaction, "已去电 Called")
    assert next(r for r in desk.finance.wire_list() if r.transaction == unknown.transaction).state == "asked"


# --- fees and month end ------------------------------------------------------------------------------------------------------


def fee_of(lab: Lab, budget: str) -> str:
    fee = str(lab.finance.request_fee("会员日 Members' day", "搜索广告 Search ads", lab.day, lab.day, budget))
    approve(lab, fee)
    return fee


def test_an_advance_is_no_expense_and_the_rest_comes_back(desk: Lab) -> None:
    expenses, cash = balance(desk, "6601"), balance(desk, "1001")
    fee = fee_of(desk, "800")
    assert unchanged(desk, lambda: desk.finance.advance_fee(fee, "800.01", *paying(desk))) == ("above_budget", "amount")
    desk.finance.advance_fee(fee, "700", *paying(desk))
    assert balance(desk, "6601") == expenses
    desk.finance.spend(fee, "众声 Zhongsheng", "0001", "300")
    assert unchanged(desk, lambda: desk.finance.spend(fee, "众声 Zhongsheng", "0001", "300")) == ("voucher_used", "receipt"), "one receipt, one payment"
    assert unchanged(desk, lambda: desk.finance.spend(fee, "众声 Zhongsheng", "0002", "500.01")) == ("above_budget", "amount")
    assert balance(desk, "6601") == expenses + 300
    assert unchanged(desk, lambda: desk.finance.reimburse(fee, *paying(desk))) == ("nothing_due", "fee")
    assert desk.finance.return_rest(fee) == 400 and balance(desk, "1001") == cash + 400


def test_what_was_spent_beyond_the_advance_is_paid_out_within_the_budget(desk: Lab) -> None:
    fee = fee_of(desk, "800")
    desk.finance.advance_fee(fee, "200", *paying(desk))
    desk.finance.spend(fee, "众声 Zhongsheng", "0001", "260")
    assert unchanged(desk, lambda: desk.finance.return_rest(fee)) == ("no_rest", "fee")
    assert desk.finance.reimburse(fee, *paying(desk)) == 60


def test_the_tax_of_a_special_invoice_is_no_expense_and_is_deducted_like_any_other(desk: Lab) -> None:
    fee, expenses, pending = fee_of(desk, "800"), balance(desk, "6601"), balance(desk, tax.PENDING)
    desk.finance.advance_fee(fee, "700", *paying(desk))
    own = desk.look.value("select uscc from member where number = $m", m=own_shop(desk.player()).member)
    assert unchanged(desk, lambda: desk.finance.spend(fee, "众声 Zhongsheng", "0001", "318", "91000000MA0000000X")) == ("bad_tax_number", "tax_number")
    assert unchanged(desk, lambda: desk.finance.spend(fee, "众声 Zhongsheng", "0001", "318", own)) == ("own_invoice", "tax_number")
    desk.finance.spend(fee, "众声 Zhongsheng", "0001", "318", AGENCY)
    desk.finance.spend(fee, "街头传单 Leaflets", "0002", "100")
    assert balance(desk, "6601") == expenses + 300 + 100 and balance(desk, tax.PENDING) == pending + 18
    assert desk.finance.return_rest(fee) == 282, "the budget is with tax"
    invoice = desk.look.value("select number from invoice where sale = $f", f=fee)
    desk.b2c.verify_invoice(invoice)
    assert desk.b2c.deduct_invoices()["tax"] >= 18


def test_a_promotion_is_judged_by_what_it_brought_beyond_the_days_before(desk: Lab) -> None:
    asked = desk.finance.request_fee("会员日 Members' day", "搜索广告 Search ads", desk.day, desk.day, "800")
    assert not desk.finance.fee_results(), "what is only asked for has no result"
    approve(desk, asked)
    desk.finance.advance_fee(asked, "300", *paying(desk))
    desk.finance.spend(asked, "众声 Zhongsheng", "0001", "300")
    (row,) = desk.finance.fee_results()
    on = "select coalesce(sum(revenue), 0) as revenue, coalesce(sum(revenue - cost), 0) as earned from sale_line where seller = $m and day = $d"
    before, now = (desk.look.one(on, m=own_shop(desk.player()).member, d=day) for day in (desk.day - timedelta(days=1), desk.day))
    assert (row.revenue, row.gross_profit, row.revenue_before, row.gross_profit_before) == (now.revenue, now.earned, before.revenue, before.earned)
    assert row.promotion_result == now.earned - before.earned - 300


def test_a_month_is_closed_when_it_is_over_and_nothing_is_open(tmp_path: Path) -> None:
    lab = opened(tmp_path / "month", *(f"FIN{n:03d}" for n in range(1, 12)))
    assert unchanged(lab, lambda: lab.finance.sign_month("2026-09")) == ("month_not_over", "month")
    assert unchanged(lab, lambda: lab.finance.sign_month("2026-9")) == ("bad_month", "month")
    lab.advance(29)
    fee = fee_of(lab, "100")
    lab.finance.advance_fee(fee, "50", *paying(lab))
    still = {r.item: r.open for r in lab.finance.month_sheet("2026-09")}
    assert still == {"refund_request": 0, "float": 0, "fee_request": 1, "collection_statement": 1, "wire_enquiry": 0}
    assert unchanged(lab, lambda: lab.finance.sign_month("2026-09")) == ("still_open", "month"), (
        "an advance is open, and the channel not reconciled to the last day"
    )
    lab.finance.return_rest(fee)
    PLAYS["FIN014"](lab.player())
    assert lab.finance.months()[0].state == "closed"
    assert unchanged(lab, lambda: lab.finance.sign_month("2026-09")) == ("month_signed", "month")
    assert findings_of(lab) == []
    lab.world.close()
