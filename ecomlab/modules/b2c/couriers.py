"""A shop's parcels: a courier takes a shipped order and is owed its price, the customer sees where it is and signs, and the courier is paid.

A shop that has a floor or a dispatch of its own sends its parcels there; what is on its way from there is tracked here, too.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any

from ...books import documents, ledger
from ...books.courier import billing, tariff, waybills
from ...kernel.command import command, query
from ...kernel.doing import Doing, Looking
from ...kernel.refusals import Declined, refusal
from ...kernel.table import Table
from ...kernel.values import Ask, Ref
from .. import ebank
from .kinds import WEB_ORDER
from .members import SHOPKEEPER, SHOPPER, own, shop_of
from .postage import Courier, sender_of, weight_of
from .sales import expected

NO_PARCEL = refusal(
    "no_parcel",
    "订单 {number} 没有要交给快递的包裹：未发货，或由顾客自提。请选择其他订单。",
    "The order {number} has no parcel for a courier: it is not shipped, or the customer collects it. Choose another order.",
)
LOST_FIRST = refusal(
    "lost_first",
    "订单 {number} 的包裹已遗失，还没有决定退款还是补发。请先处理遗失的包裹。",
    "The parcel of {number} is lost, and it is not decided whether to refund it or to send it again. Make it good first.",
)
COURIER_PAID = refusal("courier_paid", "不欠“{name}”快递费。请选择其他快递公司。", "Nothing is owed to {name}. Choose another courier.")

#: Waybills that are not void, with their state and the web order whose parcel travels by them: the parcel that a waybill names is the order
#: itself, or a floor's parcel of its sales order.
TRAVELLING = """
    select if(p.kind = 'b2c_order', p.number, s.parent) as web_order, w.*, x.state from waybill w join document x using (number)
    join document p on p.number = w.parcel left join document s on s.number = p.parent where x.state <> 'void'"""

#: Lost parcels whose customers have got neither money nor goods.
UNDECIDED = "select * from b2c_loss where remedy is null"

documents.offer(
    "b2c.orders_to_send", WEB_ORDER, "shipped", of="b2c_order", whose="merchant", shows="t.recipient, t.deliver_to",
    where=f"""t.delivery_kind <> 'pick_up' and t.number not in (select web_order from ({TRAVELLING}) where web_order is not null and state <> 'lost')
            and t.number not in (select web_order from ({UNDECIDED}))""",
)  # fmt: skip


def waybill_of(look: Looking, order: str) -> Any:
    """The row of the waybill by which an order travels, with its state, or None; where its parcel is lost and no other has gone, the lost one's."""
    return look.one(f"select * from ({TRAVELLING}) where web_order = $n order by state = 'lost', number desc limit 1", n=order)


def print_for(do: Doing, order: str, courier: str) -> documents.Document:
    """Prints the waybill of a shipped order of the acting shop; its price follows from the distance and the weight of the goods.

    Refuses 'no_parcel', 'no_courier', 'parcel_too_heavy' and 'waybill_taken'.
    """
    document, row = own(do, WEB_ORDER, "b2c_order", order, "order")
    if document.state != "shipped" or row.delivery_kind == "pick_up":
        raise NO_PARCEL("order", number=order)
    if do.value(f"select 1 from ({UNDECIDED}) where web_order = $n", n=order):
        raise LOST_FIRST("order", number=order)
    if (known := waybill_of(do, order)) and known.state != "lost":
        raise waybills.WAYBILL_TAKEN("order", parcel=order, number=known.number)
    payer, sender = shop_of(do, row.merchant).member, sender_of(do, row.merchant)
    return waybills.print_for(do, courier, order, payer, sender, row.recipient, row.deliver_to, row.phone, weight_of(do, order))


@command(role=SHOPKEEPER, title=("交给快递", "Hand to the courier"))
def send_by_courier(
    do: Doing, order: Annotated[Ref, Ask("订单", "Order", choose="b2c.orders_to_send")], courier: Courier
) -> dict[str, Any]:
    """Prints the waybill of a shipped order, and the courier collects the parcel; gives the waybill, its price and the day of delivery.

    From now on the courier is owed the price, and the customer can track the parcel. Refuses an order that the customer collects.
    """
    made = print_for(do, order, courier).number
    waybills.collect(do, made)
    row = waybills.row_of(do, made)
    expected(do, order, row.due_day)
    return {"waybill": made, "price": row.price, "due_day": row.due_day}


@documents.on(waybills.WAYBILL, "signed_for")
def _arrived(do: Doing, waybill: documents.Document) -> None:
    """The days within which a shop's goods may come back count from the signature."""
    expected(do, waybills.row_of(do, waybill.number).parcel, do.day)


@query(role=SHOPPER, title=("跟踪包裹", "Track a parcel"))
def track(do: Doing, order: Annotated[Ref, Ask("订单", "Order", choose="b2c.own_orders")]) -> Table:
    """Where the parcel of one of your orders has been: day, event, place; no row before a courier has it."""
    own(do, WEB_ORDER, "b2c_order", order, "order", "shopper")
    found = waybill_of(do, order)
    return waybills.track(do, found.number if found else "")


@query(role=SHOPKEEPER, title=("查看快递费", "View the couriers' prices"))
def courier_account(do: Doing) -> Table:
    """What the shop's company owes couriers: courier, name, parcels (collected in all), charged (for them), owed (tax included)."""
    member = shop_of(do, do.actor).member
    rows = do.all(
        """select w.courier, count(*)::integer as parcels, sum(w.price)::decimal(18,2) as charged from waybill w join document d using (number)
           where w.payer = $m and d.state not in ('printed', 'void') group by 1 order by 1""",
        m=member,
    )
    names = tariff.couriers(do)
    owed = {r.courier: billing.owed(do, member, billing.member(do, r.courier)) for r in rows}
    return Table(("courier", "name", "parcels", "charged", "owed"), [(r.courier, names[r.courier], r.parcels, r.charged, owed[r.courier]) for r in rows])


@command(role=SHOPKEEPER, title=("支付快递费", "Pay a courier"))
def pay_courier(
    do: Doing, courier: Courier, account: Annotated[Ref, Ask("付款账户", "Account to pay from", choose="b2c.company_accounts")], pin: ebank.Pin
) -> dict[str, Any] | Declined:
    """Pays a courier all that the shop's company owes it, from the bank; gives the transaction and the amount.

    A wrong PIN counts towards the account's lock. Refuses where nothing is owed.
    """
    shop, name = shop_of(do, do.actor), tariff.rate(do, courier, "local", "courier").name
    firm = billing.member(do, courier)
    amount: Decimal = billing.owed(do, shop.member, firm)
    if not amount:
        raise COURIER_PAID("courier", name=name)
    number = ebank.members_account(do, account, shop.member, "account")
    paid = ebank.pay_outside(
        do, number, firm, amount, f"快递费 Courier's prices {do.day}", pin, paid=(ledger.PAYABLE, firm), got=(ledger.RECEIVABLE, shop.member),
    )  # fmt: skip
    return paid if isinstance(paid, Declined) else {"transaction": paid, "amount": amount}
