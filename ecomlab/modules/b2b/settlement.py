"""Paying what a delivery makes owed: order, receipt and the supplier's invoice are matched before any money moves.

And ending an order whose rest will not come.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any

from ...books import documents, stock
from ...books.invoices import mistakes
from ...kernel.audit import invariant
from ...kernel.command import command, query
from ...kernel.doing import Doing, Looking
from ...kernel.refusals import Declined, refusal
from ...kernel.table import Table
from ...kernel.texts import Text
from ...kernel.values import Ask, Line, Money, Ref
from .. import ebank
from .goods import PASSES
from .inquiries import found, offer
from .members import PURCHASER, name_of, tell
from .orders import PURCHASE_ORDER, SALES_ORDER, UNDER_WAY, order_lines

SETTLEMENT = documents.kind(
    "settlement",
    "SE",
    ("结算单", "bill"),
    {"unsettled": ("part_settled", "settled"), "part_settled": ("settled",), "settled": ()},
)

#: By how much the invoiced price of a piece may differ from the ordered one, CNY: the rounding of a line.
TOLERANCE = Decimal("0.01")

MORE_THAN_OPEN = refusal(
    "more_than_open",
    "结算单 {number} 只有 {left} 元未付，不能多付。请减少金额。",
    "Only {left} CNY of the bill {number} is open. Enter that much or less.",
)
SETTLED_ALREADY = refusal("settled_already", "结算单 {number} 已付清。请选择未付清的结算单。", "The bill {number} is paid in full. Choose one that is open.")
SUPPLIER_WITHOUT_ACCOUNT = refusal(
    "supplier_without_account",
    "供应商“{supplier}”还没有企业银行账户，无法收款。请其先开户（EBANK001）。",
    "{supplier} has no corporate account yet. Have it open one first (EBANK001).",
)
MISMATCH = refusal(
    "three_way_mismatch",
    "结算单 {number} 的供应商发票与订单或收货不一致（{product}），已冻结。请先要求更正发票，再付款。",
    "The supplier's invoice for {number} does not match order and receipt ({product}) and is blocked. Ask for a right invoice before you pay.",
)
NOTHING_CAME = refusal("nothing_came", "采购订单 {number} 还没有到货。请改为取消订单。", "Nothing of {number} has come yet. Cancel the order instead.")

offer("b2b.settlements_open", SETTLEMENT, "b2b_settlement", "purchaser", "unsettled", "part_settled")
offer("b2b.own_settlements", SETTLEMENT, "b2b_settlement", "purchaser")


@query("B2B017", role=PURCHASER, title=("核对订单、收货与发票", "Match order, receipt and invoice"))
def match(do: Doing, settlement: Annotated[Ref, Ask("结算单", "Bill", choose="b2b.own_settlements")]) -> Table:
    """The three-way match: product, product_name, ordered_quantity, received_quantity, settled_quantity, ordered_price, settled_price, matches.

    settled_quantity and settled_price are those of the supplier's own invoices for the bill. The price of a piece may differ by a cent (`TOLERANCE`).
    received_quantity is that of the bill's own delivery, as the consignee has signed for it; where the risk passes earlier, as the carrier took it over.
    """
    _, row = found(do, SETTLEMENT, "b2b_settlement", settlement, "settlement")
    return _match(do, row)


def _match(look: Looking, row: Any) -> Table:
    return look.table(
        """select l.product, p.name as product_name, o.quantity as ordered_quantity, r.quantity as received_quantity, i.quantity as settled_quantity,
                  o.price as ordered_price, i.price as settled_price,
                  coalesce(i.quantity <= o.quantity and i.quantity = r.quantity and abs(i.price - o.price) <= $tolerance, false) as matches
           from b2b_line l join product p on p.gtin = l.product left join b2b_order_line o on o.number = $order and o.product = l.product
           left join (select x.product, sum(x.quantity)::integer as quantity, (sum(x.net) / sum(x.quantity))::decimal(18,2) as price
                      from invoice v join document d using (number) join invoice_line x on x.invoice = v.number
                      where v.sale = $n and v.blue is null and d.state <> 'red_lettered' group by 1) i on i.product = l.product
           left join (select product, case when $on_arrival then coalesce(counted, quantity) else quantity end as quantity from lgs_line
                      where slip = $delivery) r on r.product = l.product
           where l.document = $n and l.version = 0 order by l.product""",
        n=row.number, order=row.purchase_order, delivery=row.delivery_order, tolerance=TOLERANCE,
        on_arrival=PASSES[look.value("select incoterm from b2b_order where number = $n", n=row.purchase_order)] == "delivered",
    )  # fmt: skip


@command("B2B017", role=PURCHASER, title=("支付结算单", "Pay a bill"))
def settle(
    do: Doing,
    settlement: Annotated[Ref, Ask("结算单", "Bill", choose="b2b.settlements_open")],
    account: ebank.CompanyAccount,
    amount: Annotated[Money, Ask(ge="0.01", le="100000000", unit=Text("元", "CNY"))],
    pin: ebank.Pin,
) -> dict[str, Any] | Declined:
    """Pays a bill in full or in part by bank transfer. Gives the transaction, the state and what is still open.

    Refuses while order, receipt and the supplier's invoice do not match, more than is open, and more than the account holds.
    """
    document, row = found(do, SETTLEMENT, "b2b_settlement", settlement, "settlement")
    left = row.amount - row.paid_amount
    if not left:
        raise SETTLED_ALREADY("settlement", number=settlement)
    if amount > left:
        raise MORE_THAN_OPEN("amount", number=settlement, left=f"{left:,}")
    for line in _match(do, row):
        if not line.matches:
            raise MISMATCH("settlement", number=settlement, product=line.product_name)
    mistakes.verify_all(do, settlement, row.supplier, do.actor)
    account = ebank.members_account(do, account, do.actor, "account")
    payee = ebank.account_of(do, row.supplier)
    if payee is None:
        raise SUPPLIER_WITHOUT_ACCOUNT("settlement", supplier=name_of(do, row.supplier))
    # what has been paid so far tells one part payment from the next
    paid = ebank.settle_payable(do, account, payee, amount, f"{settlement}/{row.paid_amount}", pin, document=settlement)
    if isinstance(paid, Declined):
        return paid
    do.execute("update b2b_settlement set paid_amount = paid_amount + $amount where number = $n", amount=amount, n=settlement)
    if amount == left:
        document.move_to("settled", "settlement")
        _settle_order(do, row.purchase_order)
    elif document.state == "unsettled":
        document.move_to("part_settled", "settlement")
    return {"transaction": paid, "state": document.state, "open_amount": left - amount}


def _settle_order(do: Doing, number: str) -> None:
    """The order is settled once everything is delivered and paid."""
    order = documents.find(do, PURCHASE_ORDER, number)
    if order.state == "delivered" and do.value("select 1 from b2b_settlement where purchase_order = $n and paid_amount < amount limit 1", n=number) is None:
        order.move_to("settled")


@command(role=PURCHASER, title=("关闭采购订单", "Close a purchase order"))
def close_order(
    do: Doing, order: Annotated[Ref, Ask("采购订单", "Purchase order", choose="b2b.orders_to_close")], reason: Annotated[Line, Ask(max=200)]
) -> str:
    """Ends an order whose rest will not come: it counts as delivered with what has, and is settled once that is paid. Gives its state.

    Refuses while goods of it are on their way, and an order of which nothing has come: that one is cancelled.
    """
    document, row = found(do, PURCHASE_ORDER, "b2b_order", order, "order")
    document.must_allow("delivered", "order")
    if document.state == "confirmed":
        raise NOTHING_CAME("order", number=order)
    if any(r.sent_quantity > r.received_quantity for r in order_lines(do, order)):
        raise UNDER_WAY("order", number=order, delivery=do.value("select max(number) from document where parent = $so", so=row.sales_order))
    document.move_to("delivered", "order")
    documents.find(do, SALES_ORDER, row.sales_order).move_to("delivered")
    stock.release(do, order)
    do.execute("update b2b_order set reason = $reason where number = $n", reason=reason, n=order)
    tell(
        do, row.supplier, f"采购订单已关闭 Order closed {order}",
        f"采购订单 {order} 未到的货不再收：{reason}\n\nThe rest of the purchase order {order} is no longer wanted: {reason}\n",
    )  # fmt: skip
    _settle_order(do, order)
    return documents.find(do, PURCHASE_ORDER, order).state


@invariant("settlements_owed", "应收应付等于未付清的结算单", "Receivables and payables equal the open bills behind them")
def _owed(look: Looking) -> list[str]:
    """By settlement, from the entries on it; and nothing else of a sale stands on these accounts."""
    return [
        f"{r.number}: open {r.open_amount}, payable {r.payable}, receivable {r.receivable}"
        for r in look.all(
            """select s.number, s.amount - s.paid_amount as open_amount, coalesce(b.payable, 0) as payable, coalesce(b.receivable, 0) as receivable
               from b2b_settlement s left join (
                   select e.document, -sum(p.amount) filter (p.account = '2202' and p.owner = t.purchaser and p.sub = t.supplier) as payable,
                          sum(p.amount) filter (p.account = '1122' and p.owner = t.supplier and p.sub = t.purchaser) as receivable
                   from ledger_entry e join posting p on p.entry = e.number join b2b_settlement t on t.number = e.document group by 1
               ) b on b.document = s.number
               where open_amount <> coalesce(b.payable, 0) or open_amount <> coalesce(b.receivable, 0) or open_amount < 0 order by 1"""
        )
    ]
