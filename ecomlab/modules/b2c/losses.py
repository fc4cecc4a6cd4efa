"""Parcels that a courier loses or damages: the customer is refunded or gets the goods again, and the shop claims their price from the courier.

Until the customer has the goods the risk is the shop's (民法典, article 604), so it refunds all that was paid, postage too, or sends other goods. What it
has lost either way is a loss (6711), which the courier's compensation makes less.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any, Literal

from ...books import access, documents, ledger, sales, stock
from ...books.courier import claims, tariff, waybills
from ...kernel.audit import invariant
from ...kernel.command import command, query
from ...kernel.doing import Doing, Looking
from ...kernel.refusals import refusal
from ...kernel.table import Table
from ...kernel.terms import term
from ...kernel.texts import Text
from ...kernel.values import Ask, Money, Ref
from .. import ebank
from .couriers import TRAVELLING, UNDECIDED, waybill_of
from .kinds import WEB_ORDER
from .members import PASSWORD, SHOPKEEPER, own, shop_of, shopper_of, tell
from .refunding import Part, end_if_all_is_back, left_of, refund_goods, request_for, take_in
from .sales import RETURN_WAITING, open_return

NOT_LOST = refusal(
    "not_lost",
    "订单 {number} 没有等待处理的遗失包裹。请从列表中选择。",
    "The order {number} has no lost parcel that waits to be made good. Choose one from the list.",
)
NO_SUCH_HARM = refusal(
    "no_such_harm",
    "订单 {number} 的包裹不是“{cause}”的情形：遗失以快递公司确认为准，破损和短少须已签收。请核对快递轨迹。",
    "The parcel of {number} is not one to claim for as {cause}: a loss is what the courier has owned to, damage shows after the signature. Track the parcel.",
)
CLAIMED_ALREADY = refusal(
    "claimed_already",
    "订单 {number} 的包裹已提出索赔（{claim}）。请等快递公司答复。",
    "{claim} claims for the parcel of {number} already. Wait for the courier's answer.",
)
CLAIM_OVER_PRICE = refusal(
    "claim_over_price",
    "订单 {number} 的商品价款为 {most} 元，不能索赔 {wanted} 元。请减少金额。",
    "The goods of {number} came to {most} CNY, so {wanted} CNY cannot be claimed. Enter less.",
)

_offer = documents.offer
_offer("b2c.orders_lost", WEB_ORDER, "shipped", of="b2c_order", whose="merchant", shows="t.recipient, t.amount",
       where=f"t.number in (select web_order from ({UNDECIDED}))")  # fmt: skip
_offer("b2c.orders_by_courier", WEB_ORDER, "shipped", "returned", of="b2c_order", whose="merchant", shows="t.recipient, t.amount",
       where=f"t.number in (select web_order from ({TRAVELLING}) where state in ('signed_for', 'lost'))")  # fmt: skip


@documents.on(waybills.WAYBILL, "lost")
def _lost(do: Doing, waybill: documents.Document) -> None:
    """A shop's parcel that is lost waits for its decision, and the customer is told."""
    order = do.one(f"select o.* from ({TRAVELLING}) w join b2c_order o on o.number = w.web_order where w.number = $n", n=waybill.number)
    if order is None:
        return
    do.execute("insert into b2c_loss values ($n, $order, $day, null, null)", n=waybill.number, order=order.number, day=do.day)
    if not access.scripted(do, PASSWORD, order.shopper):
        tell(
            do, shopper_of(do, order.shopper).mailbox, f"包裹遗失 Your parcel is lost: {order.number}",
            f"订单 {order.number} 的包裹在途中遗失，非常抱歉。商店会退款或补发。\n\n"
            f"The parcel of {order.number} was lost on its way. We are sorry. The shop will refund it or send the goods again.\n",
        )  # fmt: skip


@query(role=SHOPKEEPER, title=("查看遗失的包裹", "View the lost parcels"))
def lost_parcels(do: Doing) -> Table:
    """The shop's parcels that couriers have lost: web_order, waybill, courier, day, amount, recipient, remedy (empty until it is decided), claim."""
    return do.table(
        """select l.web_order, l.waybill, w.courier, l.day, o.amount, o.recipient, l.remedy,
                  (select max(c.number) from courier_claim c where c.about = l.waybill) as claim
           from b2c_loss l join waybill w on w.number = l.waybill join b2c_order o on o.number = l.web_order where o.merchant = $m order by l.waybill""",
        m=do.actor,
    )


@command(role=SHOPKEEPER, title=("处理遗失的包裹", "Make a lost parcel good"))
def make_good(
    do: Doing,
    order: Annotated[Ref, Ask("订单", "Order", choose="b2c.orders_lost")],
    remedy: Annotated[Literal["refund", "send_again"], Ask("处理", "Remedy")],
) -> Decimal:
    """Refunds the customer of a lost parcel all that was paid, or takes other goods from the stock, which then go by a new waybill.

    Gives the refund, or what the other goods had cost. Refuses goods that the stock has not.
    """
    document, row = own(do, WEB_ORDER, "b2c_order", order, "order")
    lost = do.value(f"select waybill from ({UNDECIDED}) where web_order = $n", n=order)
    if lost is None or document.state != "shipped":
        raise NOT_LOST("order", number=order)
    if waiting := open_return(do, order):
        raise RETURN_WAITING("order", number=waiting)
    amount = _refund(do, row) if remedy == "refund" else _replace(do, row, lost)
    do.execute("update b2c_loss set remedy = $remedy, made_good = $day where waybill = $n", remedy=remedy, day=do.day, n=lost)
    return amount


def _refund(do: Doing, order: Any) -> Decimal:
    """Takes the sale back with its postage; the goods, which do not come back, are a loss at what they had cost."""
    left = left_of(do, order.number)
    shares = sales.share_out(order.amount - sum(r.amount for r in left), [r.amount for r in left])  # the postage, beside the goods
    parts = [Part(r.product, r.quantity - r.back, r.amount - r.amount_back + share, r.cost - r.cost_back) for r, share in zip(left, shares, strict=True)]
    parts = [p for p in parts if p.quantity]
    number = request_for(do, order, "after_shipping", parts, "包裹遗失 The parcel was lost")
    do.execute("update b2c_return set handling = 'lost' where number = $n", n=number)
    take_in(do, number, order, parts, "lost", sum((p.cost for p in parts), Decimal("0.00")))
    amount = sum((p.amount for p in parts), Decimal("0.00"))
    refund_goods(do, number, order, parts, amount)
    end_if_all_is_back(do, order)
    return amount


def _replace(do: Doing, order: Any, waybill: str) -> Decimal:
    """Other goods leave the stock: the sale stands, and they are what the loss has cost."""
    shop = shop_of(do, order.merchant)
    goods = [stock.Goods(r.product, r.quantity - r.back) for r in left_of(do, order.number) if r.quantity > r.back]
    return stock.write_off(do, stock.Move(shop.member, shop.place, goods, f"补发 Sent again for {order.number}", waybill, field="order"))


# --- claims --------------------------------------------------------------------------------------------------------------------


@command(role=SHOPKEEPER, title=("向快递索赔", "Claim from a courier"))
def claim_from_courier(
    do: Doing,
    order: Annotated[Ref, Ask("订单", "Order", choose="b2c.orders_by_courier")],
    cause: Annotated[Literal["lost", "damaged", "missing"], Ask()],
    amount: Annotated[Money, Ask(ge="0.01", unit=Text("元", "CNY"))],
) -> str:
    """Claims from the courier what it has lost or damaged of an order's parcel, up to the price of the goods; gives the number of the claim.

    The courier answers overnight, and pays to the company's account some days later. It refuses what it hears of too long after the signature.
    """
    row = own(do, WEB_ORDER, "b2c_order", order, "order")[1]
    known: Any = waybill_of(do, order)
    if cause == "lost":
        known = do.one(f"select * from ({TRAVELLING}) where web_order = $n and state = 'lost' order by number desc limit 1", n=order)
    if known is None or known.state != ("lost" if cause == "lost" else "signed_for"):
        raise NO_SUCH_HARM("order", number=order, cause=term(cause, "courier"))
    if made := claims.of(do, known.number):
        raise CLAIMED_ALREADY("order", number=order, claim=made.number)
    most = sum((r.amount for r in left_of(do, order)), Decimal("0.00"))
    if amount > most:
        raise CLAIM_OVER_PRICE("amount", number=order, most=f"{most:,}", wanted=f"{amount:,}")
    since = known.signed_day or do.value("select day from b2c_loss where waybill = $n", n=known.number)
    return claims.make(do, known.courier, shop_of(do, row.merchant).member, known.number, cause, amount, since=since)


@query(role=SHOPKEEPER, title=("查看快递索赔", "View the claims on couriers"))
def courier_claims(do: Doing) -> Table:
    """What the shop's company claims from couriers: number, day, courier, name, about, cause, amount, state, answered_day."""
    return claims_of(do, shop_of(do, do.actor).member)


def claims_of(look: Looking, claimant: str) -> Table:
    """The same of any company, by its member number."""
    names = tariff.couriers(look)
    rows = look.all("select c.*, d.state from courier_claim c join document d using (number) where c.claimant = $member order by c.number", member=claimant)
    columns = ("number", "day", "courier", "name", "about", "cause", "amount", "state", "answered_day")
    return Table(columns, [(r.number, r.day, r.courier, names[r.courier], r.about, r.cause, r.amount, r.state, r.answered_day) for r in rows])


def compensate(do: Doing) -> None:
    """Couriers pay what they have admitted into the account of the claimant's company; whoever has none is paid when there is one."""
    for r in claims.due(do):
        if (account := ebank.account_of(do, r.claimant)) is None:
            continue
        text = f"快递赔款 Paid by the courier for {r.number}"
        paid, got = (ledger.OTHER_PAYABLE, r.claimant), (ledger.OTHER_RECEIVABLE, r.firm)
        ebank.get_from_outside(do, account, r.firm, r.amount, text, paid=paid, got=got, document=r.number)
        documents.find(do, claims.CLAIM, r.number).move_to("paid")


@invariant(
    "b2c_losses",
    "每个遗失的包裹都有处理记录：已退款的订单不再有货款，索赔不超过商品价款",
    "Every lost parcel of a shop is on its list: what was refunded is over, and no claim is above the price of the goods",
)
def _listed(look: Looking) -> list[str]:
    missing = look.all(
        f"""select w.number, w.web_order, 'not on the list' as why from ({TRAVELLING}) w anti join b2c_loss l on l.waybill = w.number
            where w.state = 'lost' and w.web_order is not null
            union all select l.waybill, l.web_order, 'refunded, and ' || d.state from b2c_loss l join document d on d.number = l.web_order
            where l.remedy = 'refund' and d.state <> 'returned'
            union all select w.number, w.web_order, 'claimed more than its goods came to' from ({TRAVELLING}) w join (
                select about, sum(amount) as amount from courier_claim join document using (number) where state <> 'refused' group by 1) c on c.about = w.number
            join (select number, sum(amount) as amount from b2c_order_line group by 1) g on g.number = w.web_order where c.amount > g.amount order by 1"""
    )
    return [f"{r.number} of {r.web_order}: {r.why}" for r in missing]
