"""The books of an order that began here: goods reserved, sent and received, and what is owed for them and paid.

Prices are net, as between companies, and the tax comes on top. Goods are delivered at the purchaser's place (DAP), so they are the
supplier's until they have arrived; then they are the purchaser's stock and payable, for the amount that the INVOIC asks for.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from decimal import Decimal
from typing import Annotated, Any

from ...books import documents, ledger, sales, stock, supply, tax
from ...books.invoices import issue
from ...books.members import named
from ...edifact import messages, read
from ...edifact.messages import Line
from ...kernel.audit import invariant
from ...kernel.command import command, query
from ...kernel.doing import Doing, Looking
from ...kernel.refusals import Declined, refusal
from ...kernel.table import Table
from ...kernel.values import Ask, Ref
from .. import ebank, lgs
from .network import interchanges
from .products import PIECES
from .roles import EDI_MEMBER

EDI_INVOICE = documents.kind("edi_invoice", "EDV", ("EDI 发票", "EDI invoice"), {"unpaid": ("paid",), "paid": ()})
#: Days from the invoice within which it is to be paid.
DAYS_TO_PAY = 30

INVOICE_PAID = refusal("invoice_paid", "发票 {number} 已付清。请选择未付的发票。", "The invoice {number} is paid. Choose one that is not.")
SUPPLIER_WITHOUT_ACCOUNT = refusal(
    "supplier_cannot_be_paid",
    "供应商“{supplier}”还没有企业银行账户，无法收款。请其先开户（EBANK001）。",
    "{supplier} has no corporate account yet. Have it open one first (EBANK001).",
)

documents.offer(
    "edi.invoices_unpaid", EDI_INVOICE, "unpaid", of="edi_invoice", where="t.purchaser = (select member from edi_member where gln = $actor)",
    shows="(select name from member where number = t.supplier), t.amount", order="d.number",
)  # fmt: skip
ebank.offer_accounts("edi.accounts", "t.kind = 'corporate' and t.member = (select member from edi_member where gln = $actor)")


def member_of(look: Looking, gln: str) -> str:
    """The company that is on the network under a GLN."""
    return str(look.value("select member from edi_member where gln = $gln", gln=gln))


def promise(do: Doing, document: str, supplier: str, lines: Iterable[Line]) -> list[Line]:
    """Has the supplier (its GLN) keep goods for a document; gives each line as it can be delivered: whole, in part, or not at all.

    What there is not enough of is offered as far as it goes, in whole units; `action` says which (list 1229).
    """
    owner = member_of(do, supplier)
    place = supply.store_of(do, owner)
    made = []
    for line in lines:
        supply.stock_up(do, owner, line.gtin)
        units = min(int(line.quantity), stock.level(do, owner, place, line.gtin).free // PIECES[line.unit])
        made.append(messages.offered(line, Decimal(units)))
        if units:
            stock.reserve(do, owner, place, [stock.Goods(line.gtin, units * PIECES[line.unit])], document)
    return made


def despatch(do: Doing, document: str, order: messages.Trade) -> None:
    """The promised goods leave the supplier's store for the purchaser."""
    owner, buyer = member_of(do, order.supplier), member_of(do, order.buyer)
    text = f"发往 Sent to {named(do, buyer).name}"
    stock.transfer_out(do, stock.Move(owner, supply.store_of(do, owner), _goods(order), text, document, reserved_by=document), buyer)


def receive(do: Doing, document: str, order: messages.Trade) -> str:
    """The goods have arrived: a sale of the supplier, stock and payable of the purchaser. Gives the number of the invoice for them."""
    owner, buyer = member_of(do, order.supplier), member_of(do, order.buyer)
    goods, due = _goods(order), do.day + datetime.timedelta(days=DAYS_TO_PAY)
    items = sales.net_priced(do, [sales.Item(g.value, g.product, g.quantity) for g in goods])
    amount = sales.total(items)
    invoice = documents.create(do, EDI_INVOICE, owner=buyer, parent=document).number
    do.execute(
        "insert into edi_invoice values ($number, $purchaser, $supplier, $amount, $due)",
        number=invoice, purchaser=buyer, supplier=owner, amount=amount, due=due,
    )  # fmt: skip
    stock.issue_transit(do, stock.Move(owner, "", goods, f"交付 Delivered {document}", document), sales.COST_OF_SALES)
    came = stock.Move(buyer, lgs.open_store(do, buyer), goods, f"收货 Received from {named(do, owner).name}", invoice)
    stock.receive(do, came, ledger.PAYABLE, owner)
    sales.sell(
        do, "sale", f"销售 Sold to {named(do, buyer).name}", invoice, owner, buyer, items,
        [ledger.Line(owner, ledger.RECEIVABLE, amount, buyer)], sales.tax_owed(buyer, owner, items), channel="edi", delivered_by=document,
    )  # fmt: skip
    sales.due(do, invoice, due)
    issue(do, invoice, owner, buyer, items)
    return invoice


def tax_rates(look: Looking, bill: messages.Trade) -> list[Decimal]:
    """The rates of value added tax of the lines of an invoice, in percent, in their order."""
    rates = tax.rates(look, [line.gtin for line in bill.lines])
    return [rates[line.gtin] for line in bill.lines]


def _goods(order: messages.Trade) -> list[stock.Goods]:
    return [stock.Goods(line.gtin, int(line.quantity) * PIECES[line.unit], line.amount) for line in order.lines]


# --- what the purchaser owes -------------------------------------------------------------------------------------------


@query(role=EDI_MEMBER, title=("查看收到的发票", "View the invoices received"))
def invoices(do: Doing) -> Table:
    """The invoices for the orders that the company entered here: number, state, edi_document, name (of the supplier), day, due_day, amount."""
    return do.table(
        """select i.number, d.state, d.parent as edi_document, m.name, d.day, i.due_day, i.amount
           from edi_invoice i join document d using (number) join member m on m.number = i.supplier
           where i.purchaser = $member order by i.number""",
        member=member_of(do, do.actor),
    )


@command(role=EDI_MEMBER, title=("支付发票", "Pay an invoice"))
def pay_invoice(
    do: Doing,
    invoice: Annotated[Ref, Ask("发票", "Invoice", choose="edi.invoices_unpaid")],
    account: Annotated[Ref, Ask("付款账户", "Account to pay from", choose="edi.accounts")],
    pin: ebank.Pin,
) -> dict[str, Any] | Declined:
    """Pays an invoice in full by bank transfer; gives the transaction and the amount."""
    member = member_of(do, do.actor)
    document = documents.find(do, EDI_INVOICE, invoice, "invoice", owner=member)
    if document.state == "paid":
        raise INVOICE_PAID("invoice", number=invoice)
    row = do.one("select supplier, amount from edi_invoice where number = $number", number=invoice)
    account = ebank.members_account(do, account, member, "account")
    payee = ebank.account_of(do, row.supplier)
    if payee is None:
        raise SUPPLIER_WITHOUT_ACCOUNT("invoice", supplier=named(do, row.supplier).name)
    paid = ebank.settle_payable(do, account, payee, row.amount, invoice, pin, document=invoice)
    if isinstance(paid, Declined):
        return paid
    document.move_to("paid", "invoice")
    return {"transaction": paid, "amount": row.amount}


# --- what must hold ----------------------------------------------------------------------------------------------------


@invariant("edi_invoices_booked", "每份 INVOIC 的应付金额等于双方账上的金额", "What every INVOIC asks for is what both sides have booked for it")
def _booked(look: Looking) -> list[str]:
    """The amount to be paid (MOA 77) against the payable and the receivable that the entries on the invoice's number made."""
    found = []
    for _, payload in interchanges(look, "INVOIC"):
        message = read(payload).messages[0]
        bill, asked = messages.trade(message), messages.payable(message)
        booked = look.one(
            """select -coalesce(sum(amount) filter (account = '2202' and owner = $buyer and amount < 0), 0) as payable,
                      coalesce(sum(amount) filter (account = '1122' and owner = $supplier and amount > 0), 0) as receivable
               from posting where entry in (select number from ledger_entry where document = $number)""",
            buyer=member_of(look, bill.buyer), supplier=member_of(look, bill.supplier), number=bill.number,
        )  # fmt: skip
        if {booked.payable, booked.receivable} != {asked}:
            found.append(f"{bill.number}: asks for {asked}, payable {booked.payable}, receivable {booked.receivable}")
    return found


@invariant("edi_invoices_owed", "未付的 EDI 发票等于双方账上的应付和应收", "What is owed on an EDI invoice is its amount until it is paid, on both sides")
def _owed(look: Looking) -> list[str]:
    return [
        f"{r.number}: {r.state}, payable {r.payable}, receivable {r.receivable}"
        for r in look.all(
            """select i.number, d.state, case when d.state = 'paid' then 0 else i.amount end as due, coalesce(b.payable, 0) as payable,
                      coalesce(b.receivable, 0) as receivable
               from edi_invoice i join document d using (number) left join (
                   select t.number, -sum(p.amount) filter (p.account = '2202' and p.owner = t.purchaser and p.sub = t.supplier) as payable,
                          sum(p.amount) filter (p.account = '1122' and p.owner = t.supplier and p.sub = t.purchaser) as receivable
                   from edi_invoice t join ledger_entry e on e.document = t.number join posting p on p.entry = e.number group by t.number
               ) b on b.number = i.number
               where coalesce(b.payable, 0) <> due or coalesce(b.receivable, 0) <> due order by i.number"""
        )
    ]
