"""The mall: whose shop stands on the payment platform's pages pays a deposit, and a commission on every sale whose money the platform holds.

The agreement is a document; a shop that has none pays the service fee alone, as any shop that lets the platform collect its money. From the agreement
on each order that is paid through the platform is charged, when it is shipped, a percentage of its price by the category of the goods: a payable of
the shop, whose tax waits for the invoice. What is refunded before the platform pays out takes its commission back. When the customer can no longer
return anything the platform pays out the price less the refunds, the commission and its fee, and invoices the two. A deposit that is short is kept
back from what it pays out. The terms stand in `data/mall_terms.csv`; prices and commission bear their tax.
"""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Annotated, Any, NamedTuple

from ...books import documents, invoices, ledger, sales, tax
from ...books.costing import money
from ...books.periods import FromDay, ToDay, check_period, within
from ...kernel.command import command, query
from ...kernel.doing import Doing, Looking
from ...kernel.refusals import Declined, refusal
from ...kernel.table import Table
from ...kernel.texts import Text
from ...kernel.values import Ask, Money
from .. import ebank
from ..b2c.kinds import RETURN, WEB_ORDER
from ..b2c.members import shop_of
from ..b2c.payments import FEE, FEE_INCOME, platform, withholds
from .kinds import COMMISSION, MALL_AGREEMENT
from .staff import ACCOUNTANT

SELLING_EXPENSES = "6601"
#: How the references of payments of the deposit begin.
DEPOSIT = "保证金 Deposit "
ZERO = Decimal("0.00")

ON_THE_MALL = refusal(
    "on_the_mall",
    "本店已与平台签约（{number}）。保证金不足时请补缴。",
    "Your shop has an agreement with the platform already: {number}. If its deposit is short, pay what is missing.",
)
NOT_ON_THE_MALL = refusal("not_on_the_mall", "本店还没有与平台签约。请先入驻。", "Your shop has no agreement with the platform yet. Join the mall first.")
DEPOSIT_FULL = refusal(
    "deposit_full", "保证金 {deposit} 元已缴足。请不要再缴。", "The deposit of {deposit} CNY is paid in full. Pay nothing more."
)
DEPOSIT_OVER = refusal(
    "deposit_over", "保证金还差 {missing} 元，不能缴 {amount} 元。请减少金额。", "{missing} CNY of the deposit is missing, less than {amount} CNY. Enter less."
)

Share = Annotated[Money, Ask("保证金", "Deposit", ge="0.01", le="1000000", unit=Text("元", "CNY"))]


# --- terms -------------------------------------------------------------------------------------------------------------------


def deposit_asked(look: Looking) -> Decimal:
    """The deposit that every shop on the mall pays, CNY."""
    return next(Decimal(r["value"]) for r in look.scenario.rows("mall_terms") if r["term"] == "deposit")


def rates(look: Looking) -> dict[str, Decimal]:
    """The commission in percent of the price, tax included, by category of goods."""
    return {r["product_category"]: Decimal(r["value"]) for r in look.scenario.rows("mall_terms") if r["term"] == "commission"}


def agreement_of(look: Looking, merchant: str) -> Any:
    """The row of a shop's agreement with the platform, or None."""
    return look.one("select * from shop_mall where merchant = $m", m=merchant)


# --- joining, and the deposit -------------------------------------------------------------------------------------------------


def own_shop(do: Doing) -> Any:
    """The shop whose company's accountant is acting."""
    return do.one("select * from b2c_merchant where member = $m order by merchant limit 1", m=do.actor)


@command(role=ACCOUNTANT, title=("入驻平台", "Join the mall"))
def join_mall(
    do: Doing,
    account: ebank.CompanyAccount,
    pin: ebank.Pin,
    amount: Annotated[
        Money | None,
        Ask("现缴保证金", "Deposit paid now", ge="0.01", le="1000000", unit=Text("元", "CNY"), help=Text("不填则全额缴纳", "Leave empty to pay all of it")),
    ] = None,
) -> dict[str, Any] | Declined:
    """Signs the platform's agreement and pays its deposit, all or some; gives the agreement, the transaction, what was paid and what is missing.

    What is missing is kept back from what the platform pays out. From now on it charges its commission on each sale whose money it holds.
    A wrong PIN counts towards the account's lock.
    """
    shop, asked = own_shop(do), deposit_asked(do)
    if known := agreement_of(do, shop.merchant):
        raise ON_THE_MALL("account", number=known.number)
    paid = _pay(do, shop, ZERO, asked, asked if amount is None else amount, account, pin)
    if isinstance(paid, Declined):
        return paid
    made = documents.create(do, MALL_AGREEMENT, owner=shop.merchant)
    do.execute("insert into shop_mall values ($n, $m, $asked, $paid, $day)", n=made.number, m=shop.merchant, asked=asked, paid=paid.amount, day=do.day)
    return {"agreement": made.number, "transaction": paid.transaction, "deposit_paid": paid.amount, "missing": asked - paid.amount}


@command(role=ACCOUNTANT, title=("补缴保证金", "Pay what is missing of the deposit"))
def pay_deposit(do: Doing, amount: Share, account: ebank.CompanyAccount, pin: ebank.Pin) -> dict[str, Any] | Declined:
    """Pays what is missing of the deposit, all or some; gives the transaction and what is still missing. Refuses more than that."""
    shop = own_shop(do)
    row = agreement_of(do, shop.merchant)
    if row is None:
        raise NOT_ON_THE_MALL("account")
    if row.deposit == row.deposit_paid:
        raise DEPOSIT_FULL("amount", deposit=f"{row.deposit:,}")
    paid = _pay(do, shop, row.deposit_paid, row.deposit, amount, account, pin)
    if isinstance(paid, Declined):
        return paid
    do.execute("update shop_mall set deposit_paid = deposit_paid + $amount where number = $n", amount=amount, n=row.number)
    return {"transaction": paid.transaction, "missing": row.deposit - row.deposit_paid - amount}


class _Paid(NamedTuple):
    transaction: str
    amount: Decimal


def _pay(do: Doing, shop: Any, before: Decimal, asked: Decimal, amount: Decimal, account: str, pin: str) -> _Paid | Declined:
    """Pays part of a deposit of which some was paid before: money of the shop that the platform holds, until the shop leaves."""
    if amount > asked - before:
        raise DEPOSIT_OVER("amount", missing=f"{asked - before:,}", amount=f"{amount:,}")
    number = ebank.members_account(do, account, do.actor, "account")
    paid = ebank.settle_payable(
        do, number, platform(do).account, amount, f"{DEPOSIT}{shop.merchant}/{before}", pin, booked=(ledger.OTHER_RECEIVABLE, ledger.OTHER_PAYABLE)
    )
    return paid if isinstance(paid, Declined) else _Paid(paid, amount)


# --- the commission -------------------------------------------------------------------------------------------------------------


def owed_on(look: Looking, order: str) -> Decimal:
    """The commission on what is left of an order: of each line its price less what was refunded of it, at the rate of its category."""
    by_category = rates(look)
    rows = look.all(
        """select p.product_category, l.amount + coalesce((
                   select sum(s.revenue + s.tax) from b2c_return r join sale_line s on s.document = r.number
                   where r.web_order = l.number and s.product = l.product), 0) as amount
           from b2c_order_line l join product p on p.gtin = l.product where l.number = $n order by l.product""",
        n=order,
    )
    return sum((money(r.amount * by_category[r.product_category] / 100) for r in rows), ZERO)


@documents.on(WEB_ORDER, "shipped")
def _charge(do: Doing, order: documents.Document) -> None:
    """A sale whose money the platform holds bears its commission, where the shop is on the mall."""
    row = do.one("select merchant, payment_kind from b2c_order where number = $n", n=order.number)
    if row.payment_kind != "payment_platform" or agreement_of(do, row.merchant) is None:
        return
    if amount := owed_on(do, order.number):
        made = documents.create(do, COMMISSION, owner=row.merchant, parent=order.number)
        do.execute(
            "insert into shop_commission values ($n, $m, $order, $amount, $day)", n=made.number, m=row.merchant, order=order.number, amount=amount, day=do.day
        )
        _post(do, shop_of(do, row.merchant).member, made.number, amount, f"平台佣金 Commission on {order.number}")
        sales.due(do, made.number, None, counts_with=order.number)


@documents.on(RETURN, "refunded")
def _give_back(do: Doing, returned: documents.Document) -> None:
    """What is refunded before the platform has paid out bears no commission."""
    row = do.one(
        """select c.* from b2c_return r join shop_commission c using (web_order) join document d on d.number = c.number
           where r.number = $n and d.state = 'charged'""",
        n=returned.number,
    )
    if row is None:
        return
    left = owed_on(do, row.web_order)
    if left != row.amount:
        _post(do, shop_of(do, row.merchant).member, row.number, left - row.amount, f"退回平台佣金 Commission taken back, {row.web_order}")
        do.execute("update shop_commission set amount = $left where number = $n", left=left, n=row.number)
    if not left:
        documents.find(do, COMMISSION, row.number).move_to("taken_back")


def _post(do: Doing, shop: str, commission: str, amount: Decimal, text: str) -> None:
    """A commission, or the taking back of one, in the books of both: expense and revenue net, the tax apart, and what is owed."""
    house, borne = platform(do).member, tax.within(abs(amount), tax.rate(do, tax.MODERN_SERVICES)).copy_sign(amount)
    lines = [
        ledger.Line(shop, SELLING_EXPENSES, amount - borne),
        ledger.Line(shop, tax.PENDING, borne),
        ledger.Line(shop, ledger.PAYABLE, -amount, house),
        ledger.Line(house, ledger.RECEIVABLE, amount, shop),
        ledger.Line(house, FEE_INCOME, borne - amount),
        ledger.Line(house, tax.OUTPUT, -borne),
    ]
    ledger.post(do, "platform_commission", text, [line for line in lines if line.amount], commission)


# --- what the platform keeps when it pays out ------------------------------------------------------------------------------------


@withholds
def _settle(do: Doing, order: Any, most: Decimal) -> Decimal:
    """Of what the platform owes for an order: its commission, which is set off and invoiced, and what is missing of the deposit."""
    agreed = agreement_of(do, order.merchant)
    if agreed is None:
        return ZERO
    shop, house = shop_of(do, order.merchant).member, platform(do).member
    commission = _set_off(do, order.number, shop, house)
    kept: Decimal = min(agreed.deposit - agreed.deposit_paid, most - commission)
    if kept > 0:
        lines = [
            ledger.Line(shop, ledger.OTHER_RECEIVABLE, kept, house),
            ledger.Line(shop, ledger.RECEIVABLE, -kept, house),
            ledger.Line(house, ledger.PAYABLE, kept, shop),
            ledger.Line(house, ledger.OTHER_PAYABLE, -kept, shop),
        ]
        ledger.post(do, "deposit_kept", f"扣留保证金 Kept for the deposit, {order.number}", lines, order.number)
        do.execute("update shop_mall set deposit_paid = deposit_paid + $kept where number = $n", kept=kept, n=agreed.number)
    return commission + max(kept, ZERO)


def _set_off(do: Doing, order: str, shop: str, house: str) -> Decimal:
    """Sets the commission of an order off against its price, and has it invoiced; gives the amount."""
    row = do.one("select c.* from shop_commission c join document d using (number) where c.web_order = $n and d.state = 'charged'", n=order)
    if row is None:
        return ZERO
    lines = [
        ledger.Line(shop, ledger.PAYABLE, row.amount, house),
        ledger.Line(shop, ledger.RECEIVABLE, -row.amount, house),
        ledger.Line(house, ledger.PAYABLE, row.amount, shop),
        ledger.Line(house, ledger.RECEIVABLE, -row.amount, shop),
    ]
    ledger.post(do, "commission_set_off", f"抵扣平台佣金 Commission set off, {order}", lines, order)
    borne = -do.value(
        "select sum(p.amount) from posting p join ledger_entry e on e.number = p.entry where e.document = $n and p.owner = $house and p.account = $tax",
        n=row.number, house=house, tax=tax.OUTPUT,
    )  # fmt: skip
    invoices.issue(do, row.number, house, shop, [sales.Item(row.amount - borne, tax=borne)])
    documents.find(do, COMMISSION, row.number).move_to("settled")
    amount: Decimal = row.amount
    return amount


# --- looking ----------------------------------------------------------------------------------------------------------------------


@query(role=ACCOUNTANT, title=("查看平台收费标准", "View the mall's terms"))
def mall_terms(do: Doing) -> Table:
    """What the platform asks: product_category and commission (percent of the price, tax included); then the deposit in CNY, and what of it is paid."""
    agreed = agreement_of(do, own_shop(do).merchant)
    rows: list[tuple[Any, ...]] = [(category, rate, None, None) for category, rate in rates(do).items()]
    rows.append(("", None, deposit_asked(do), agreed.deposit_paid if agreed else ZERO))
    return Table(("product_category", "commission_rate", "deposit", "deposit_paid"), rows)


@query(role=ACCOUNTANT, title=("查看平台结算单", "View the platform's statement"))
def mall_statement(do: Doing, from_day: FromDay = None, to_day: ToDay = None) -> Table:
    """Every shipped order whose money the platform holds or held: web_order, shipped_day, settle_day (from which it pays out), paid_day, amount,
    refunded, commission, service_fee, kept (for the deposit), payout. What is not paid out yet shows what would be.

    The period is that of shipping. payout of all that were paid out is what came in at the bank; amount less refunded of the others is what it holds.
    """
    check_period(from_day, to_day)
    return statement_of(do, own_shop(do).merchant, from_day, to_day)


def statement_of(look: Looking, merchant: str, from_day: datetime.date | None = None, to_day: datetime.date | None = None) -> Table:
    """The same of any shop."""
    rows = look.all(
        f"""select o.number, o.shipped_day, o.received_day + o.return_days + 1 as settle_day, b.banked_day, o.amount, b.fee,
                  coalesce((select sum(r.amount) from b2c_return r join document x on x.number = r.number
                            where r.web_order = o.number and x.state = 'refunded'), 0)::decimal(18,2) as refunded,
                  coalesce((select c.amount from shop_commission c where c.web_order = o.number), 0)::decimal(18,2) as commission,
                  coalesce((select sum(p.amount) from posting p join ledger_entry e on e.number = p.entry
                            where e.document = o.number and e.kind = 'deposit_kept' and p.account = '1221'), 0)::decimal(18,2) as kept
           from b2c_order o join b2c_payment b on b.web_order = o.number join document d on d.number = b.number
           where o.merchant = $m and o.payment_kind = 'payment_platform' and o.shipped_day is not null and {within("o.shipped_day")} order by o.number""",
        m=merchant, from_day=from_day, to_day=to_day,
    )  # fmt: skip
    made = []
    for r in rows:
        fee = r.fee if r.banked_day else money((r.amount - r.refunded) * FEE)
        payout = r.amount - r.refunded - r.commission - fee - r.kept
        made.append((r.number, r.shipped_day, r.settle_day, r.banked_day, r.amount, r.refunded, r.commission, fee, r.kept, payout))
    columns = ("web_order", "shipped_day", "settle_day", "paid_day", "amount", "refunded", "commission", "service_fee", "kept", "payout")
    return Table(columns, made)
