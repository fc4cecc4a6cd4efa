"""Looking things up: balances, statements, transfers, payments, purchases and the merchant's day, each client its own."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Annotated, Literal

from ...books.periods import FromDay, ToDay, check_period, within
from ...kernel.command import query
from ...kernel.doing import Doing
from ...kernel.refusals import refusal
from ...kernel.table import Table
from ...kernel.texts import Text
from ...kernel.values import Ask, Money, Ref
from .accounts import CORPORATE_CLIENT, MERCHANT_CLIENT, NO_ACCOUNT, PERSONAL_CLIENT

BOUNDS_REVERSED = refusal("bounds_reversed", "最高金额小于最低金额。请调整其中一个。", "The highest amount is below the lowest. Change one of them.")

Account = Annotated[Ref | None, Ask(choose="ebank.own_accounts", help=Text("不选则查全部账户", "Leave empty for all accounts"))]
AtLeast = Annotated[Money | None, Ask(unit=Text("元", "CNY"))]
AtMost = Annotated[Money | None, Ask(unit=Text("元", "CNY"))]
Kind = Annotated[Literal["deposit", "transfer", "payment", "recall", "refund", "settlement", "withdrawal"] | None, Ask()]

_STATEMENT = f"""
    with mine as (
        select a.number as account from bank_account a where a.customer = $actor and ($account is null or a.number = $account)
    ), moved as (
        select m.account, t.number, t.moment, t.day, t.kind, t.purpose, t.reference, -p.amount as amount, p.entry,
               case when t.from_account = m.account then t.to_account else t.from_account end as other,
               sum(-p.amount) over (partition by m.account order by p.entry) as balance
        from mine m join posting p on p.owner = 'BANK' and p.account = '2011' and p.sub = m.account
        join bank_transaction t on t.entry = p.entry
    )
    select v.moment, v.number as transaction, v.account, v.kind, c.name as counterparty, v.purpose, v.reference,
           greatest(-v.amount, 0)::decimal(18,2) as paid_out, greatest(v.amount, 0)::decimal(18,2) as paid_in, v.balance::decimal(18,2) as balance
    from moved v left join bank_account o on o.number = v.other left join bank_customer c on c.number = o.customer
    where {within("v.day")}
      and ($kind is null or v.kind = $kind) and ($way = 'both' or ($way = 'out') = (v.amount < 0))
      and ($at_least is null or abs(v.amount) >= $at_least) and ($at_most is null or abs(v.amount) <= $at_most)
    order by v.entry, v.account"""


def _own(do: Doing, account: str | None) -> str | None:
    """The account if it is the client's, also when it is closed; None stays all of them. Refuses any other."""
    if account is None:
        return None
    number = account.replace(" ", "")
    if do.value("select 1 from bank_account where number = $number and customer = $actor", number=number, actor=do.actor) is None:
        raise NO_ACCOUNT("account", number=account[:40])
    return number


def _statement(
    do: Doing, account: str | None, from_day: datetime.date | None, to_day: datetime.date | None, kind: str | None = None,
    at_least: Decimal | None = None, at_most: Decimal | None = None, way: str = "both",
) -> Table:  # fmt: skip
    """moment, transaction, account, kind, counterparty, purpose, reference, paid_out, paid_in, balance; oldest first."""
    check_period(from_day, to_day)
    if at_least is not None and at_most is not None and at_most < at_least:
        raise BOUNDS_REVERSED("at_most")
    return do.table(
        _STATEMENT, actor=do.actor, account=_own(do, account), from_day=from_day, to_day=to_day, kind=kind, at_least=at_least, at_most=at_most, way=way
    )


@query("EBANK006", role=CORPORATE_CLIENT, title=("查询余额", "View the balance"))
@query("EBANK013", role=PERSONAL_CLIENT, title=("查询个人余额", "View the personal balance"), name="balance_personal")
@query("EBANK017", role=MERCHANT_CLIENT, title=("查询商户余额", "View the merchant balance"), name="balance_merchant")
def balance(do: Doing, account: Account = None) -> Table:
    """What the client's accounts hold now: account, kind, state, opened, balance."""
    return do.table(
        """select a.number as account, a.kind, d.state, a.opened, (-coalesce(b.balance, 0))::decimal(18,2) as balance
           from bank_account a join document d using (number)
           left join ledger_balance b on b.owner = 'BANK' and b.account = '2011' and b.sub = a.number
           where a.customer = $actor and ($account is null or a.number = $account) order by a.number""",
        actor=do.actor, account=_own(do, account),
    )  # fmt: skip


@query("EBANK007", role=CORPORATE_CLIENT, title=("查询对账单", "View the statement"))
@query("EBANK014", role=PERSONAL_CLIENT, title=("查询个人对账单", "View the personal statement"), name="statement_personal")
@query("EBANK018", role=MERCHANT_CLIENT, title=("查询商户对账单", "View the merchant statement"), name="statement_merchant")
def statement(
    do: Doing, account: Account = None, from_day: FromDay = None, to_day: ToDay = None, kind: Kind = None, at_least: AtLeast = None, at_most: AtMost = None
) -> Table:
    """Every transaction on the client's accounts in a period, by kind and amount, with the balance after each."""
    return _statement(do, account, from_day, to_day, kind, at_least, at_most)


@query("EBANK008", role=CORPORATE_CLIENT, title=("查询转账", "Find transfers"))
def transfers(
    do: Doing,
    account: Account = None,
    from_day: FromDay = None,
    to_day: ToDay = None,
    at_least: AtLeast = None,
    at_most: AtMost = None,
    direction: Annotated[Literal["both", "out", "in"], Ask()] = "both",
) -> Table:
    """The transfers of the company's accounts in a period, out, in or both."""
    return _statement(do, account, from_day, to_day, "transfer", at_least, at_most, direction)


@query("EBANK009", role=CORPORATE_CLIENT, title=("查询电子支付", "Find electronic payments"))
def payments(do: Doing, account: Account = None, from_day: FromDay = None, to_day: ToDay = None, at_least: AtLeast = None, at_most: AtMost = None) -> Table:
    """The electronic payments of the company in a period."""
    return _statement(do, account, from_day, to_day, "payment", at_least, at_most)


@query("EBANK015", role=PERSONAL_CLIENT, title=("查询网上购物", "Find online purchases"))
def purchases(do: Doing, account: Account = None, from_day: FromDay = None, to_day: ToDay = None, at_least: AtLeast = None, at_most: AtMost = None) -> Table:
    """What the person paid to shops in a period, with the order numbers."""
    return _statement(do, account, from_day, to_day, "payment", at_least, at_most, "out")


@query("EBANK019", role=MERCHANT_CLIENT, title=("查询商户当日交易", "View today's merchant transactions"))
def day_merchant(do: Doing, account: Account = None, kind: Kind = None) -> Table:
    """The merchant's transactions on the current business day."""
    return _statement(do, account, do.day, do.day, kind)
