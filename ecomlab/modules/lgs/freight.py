"""Freight: charged by the carrier's tariff when a delivery is signed for, owed on a freight bill, paid by bank transfer."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any

from ...books import documents, invoices, ledger, sales, tax
from ...books.periods import FromDay, ToDay, within
from ...kernel.audit import invariant
from ...kernel.command import choices, command, query
from ...kernel.doing import Doing, Looking
from ...kernel.refusals import Declined, refusal
from ...kernel.table import Table
from ...kernel.texts import Text
from ...kernel.values import Ask, Ref
from .. import ebank
from .members import CARRIER, SHIPPER, company_name

FREIGHT_BILL = documents.kind("freight_bill", "FB", ("运费单", "freight bill"), {"unpaid": ("paid",), "paid": ()})
SELLING_EXPENSES = "6601"

FREIGHT_PAID = refusal("freight_paid", "运费单 {number} 已付清。请选择未付清的运费单。", "The freight bill {number} is paid already. Choose one that is not.")
CARRIER_WITHOUT_ACCOUNT = refusal(
    "carrier_without_account",
    "物流商“{carrier}”还没有企业银行账户，无法收款。请其先开户（EBANK001）。",
    "The carrier {carrier} has no corporate account and cannot be paid yet. Have it open one first (EBANK001).",
)

FreightBill = Annotated[Ref, Ask("运费单", "Freight bill", choose="lgs.freight_unpaid")]


documents.offer(
    "lgs.freight_unpaid", FREIGHT_BILL, "unpaid", of="lgs_slip", on="t.number = d.parent", where="d.owner = $actor",
    shows="(select name from member where number = t.carrier), t.freight", order="d.number",
)  # fmt: skip


def freight(look: Looking, carrier: str, weight_kg: int) -> Decimal:
    """What a consignment of that weight costs by the carrier's tariff: base fee plus rate for each kilogram begun."""
    row = look.one("select base_fee, rate_per_kg from lgs_carrier where member = $carrier", carrier=carrier)
    return Decimal(row.base_fee + row.rate_per_kg * weight_kg)


def charge(do: Doing, order: Any) -> str:
    """A delivered order's freight: the expense, tax and payable of who is to pay it, the carrier's receivable, revenue and tax. Gives the bill.

    The carrier invoices it. The tariff is gross: it bears the tax on transport.
    """
    payer = order.freight_payer
    bill = documents.create(do, FREIGHT_BILL, owner=payer, parent=order.number)
    items = sales.gross_priced(do, [sales.Item(order.freight)], tax.TRANSPORT)
    net = items[0].revenue
    sales.sell(
        do, "freight", f"运费 Freight {order.number}", bill.number, order.carrier, payer, items,
        [ledger.Line(order.carrier, ledger.RECEIVABLE, order.freight, payer)],
        [ledger.Line(payer, SELLING_EXPENSES, net), ledger.Line(payer, ledger.PAYABLE, -net, order.carrier), *sales.tax_owed(payer, order.carrier, items)],
        channel="carriage",
    )  # fmt: skip
    invoices.issue(do, bill.number, order.carrier, payer, items)
    return bill.number


def pay_freight(do: Doing, bill: str, account: str, pin: str) -> dict[str, Any] | Declined:
    """Pays a freight bill of the acting member in full from its account; gives transaction, freight and the carrier paid.

    Refuses 'not_found', 'not_yours', 'freight_paid', another's account, more than the account holds, and a carrier without an
    account. The fields that the refusals name are `freight_bill`, `account` and `pin`.
    """
    document = documents.find(do, FREIGHT_BILL, bill, "freight_bill", owner=do.actor)
    if document.state == "paid":
        raise FREIGHT_PAID("freight_bill", number=bill)
    row = do.one("select s.carrier, s.freight from lgs_slip s join document d on d.parent = s.number where d.number = $bill", bill=bill)
    account = ebank.members_account(do, account, do.actor, "account")
    payee = ebank.account_of(do, row.carrier)
    if payee is None:
        raise CARRIER_WITHOUT_ACCOUNT("freight_bill", carrier=company_name(do, row.carrier))
    paid = ebank.settle_payable(do, account, payee, row.freight, bill, pin, document=bill)
    if isinstance(paid, Declined):
        return paid
    document.move_to("paid", "freight_bill")
    return {"transaction": paid, "freight": row.freight, "carrier": row.carrier}


@command(role=SHIPPER, title=("支付运费", "Pay freight"))
def settle_freight(do: Doing, freight_bill: FreightBill, account: ebank.CompanyAccount, pin: ebank.Pin) -> dict[str, Any] | Declined:
    """Pays a freight bill in full by bank transfer; gives transaction, freight and the carrier paid."""
    return pay_freight(do, freight_bill, account, pin)


@choices("lgs.freight_payers")
def _payers(look: Looking, actor: str) -> list[tuple[str, Text | str]]:
    """Whoever owes this carrier freight, or did: shippers, and purchasers where the rule of delivery says so."""
    rows = look.all(
        """select distinct m.number, m.name from document b join lgs_slip s on s.number = b.parent join member m on m.number = b.owner
           where b.kind = 'freight_bill' and s.carrier = $actor order by m.number""",
        actor=actor,
    )
    return [(r.number, f"{r.number} · {r.name}") for r in rows]


@query(role=CARRIER, title=("查看应收款一览", "View receivables by payer"))
def receivables(do: Doing) -> Table:
    """What everybody who is to pay freight owes: number, name, orders (delivered), freight (in all), balance (still open)."""
    return do.table(
        """select m.number, m.name, count(*)::integer as orders, sum(s.freight) as freight, any_value(b.balance) as balance
           from lgs_slip s join document d using (number) join member m on m.number = s.freight_payer
           left join ledger_balance b on b.owner = s.carrier and b.account = '1122' and b.sub = s.freight_payer
           where s.carrier = $carrier and d.kind = 'delivery_order' and d.state = 'delivered' group by 1, 2 order by 1""",
        carrier=do.actor,
    )


@query("LGS018", role=CARRIER, title=("查询应收款明细", "Find receivables from one payer"))
def receivable_detail(
    do: Doing,
    payer: Annotated[Ref, Ask("付运费方", "Freight payer", choose="lgs.freight_payers")],
    from_day: FromDay = None,
    to_day: ToDay = None,
) -> Table:
    """The entries on the receivable account of one who pays freight, shipper or purchaser: day, document, text, debit, credit.

    They are freight and payments; the period is that of the entry.
    """
    return do.table(
        f"""select e.day, e.document, e.text, greatest(p.amount, 0) as debit, greatest(-p.amount, 0) as credit
           from posting p join ledger_entry e on e.number = p.entry where p.owner = $carrier and p.account = '1122' and p.sub = $payer
           and {within('e.day')} order by e.number, p.line""",
        carrier=do.actor, payer=payer, from_day=from_day, to_day=to_day,
    )  # fmt: skip


@invariant("freight_charged", "每张送达的配送单都已计收运费，且只计一次", "Every delivered order has been charged its freight, once")
def _charged(look: Looking) -> list[str]:
    return [
        f"{r.number}: freight {r.freight}, charged {r.charged}"
        for r in look.all(
            """select s.number, s.freight, coalesce(c.charged, 0) as charged
               from lgs_slip s join document d using (number) left join (
                   select b.parent, p.owner, sum(p.amount) as charged from document b join ledger_entry e on e.document = b.number
                   join posting p on p.entry = e.number where e.kind = 'freight' and p.account = '1122' group by all
               ) c on c.parent = s.number and c.owner = s.carrier
               where d.kind = 'delivery_order' and coalesce(c.charged, 0) <> if(d.state = 'delivered', s.freight, 0) order by 1"""
        )
    ]


@invariant("freight_owed", "未付运费等于未付运费单之和，双方一致", "What is owed for freight is what the unpaid freight bills say, on both sides")
def _owed(look: Looking) -> list[str]:
    """By bill, from the entries on it."""
    return [
        f"{r.number}: {r.state}, payable {r.payable}, receivable {r.receivable}"
        for r in look.all(
            """select b.number, b.state, -sum(p.amount) filter (p.account = '2202' and p.owner = s.freight_payer and p.sub = s.carrier) as payable,
                      sum(p.amount) filter (p.account = '1122' and p.owner = s.carrier and p.sub = s.freight_payer) as receivable
               from document b join lgs_slip s on s.number = b.parent left join ledger_entry e on e.document = b.number
               left join posting p on p.entry = e.number where b.kind = 'freight_bill' group by b.number, b.state, s.freight
               having coalesce(payable, 0) <> if(b.state = 'unpaid', s.freight, 0) or coalesce(receivable, 0) <> if(b.state = 'unpaid', s.freight, 0)
               order by 1"""
        )
    ]
