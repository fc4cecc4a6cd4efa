"""Store cards: what their holders have paid ahead, and what is paid from them.

A card is in its holder's name (记名卡) and has no last day, so nothing on it ever becomes the shop's for nothing: what is not used stays owed.
Money on a card is no sale and bears no tax; it is an advance (2203) in the card's own name until goods are bought with it, and sales tax falls due
on these (国家税务总局公告2016年第53号, article 3). One card holds at most 5,000 CNY (商务部令2012年第9号, article 18).
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from ...books import ledger
from ...kernel.doing import Doing, Looking
from ...kernel.refusals import refusal
from ..b2c import payments

#: What a card in its holder's name holds at most, CNY.
LIMIT = Decimal("5000.00")

NO_STORE_CARD = refusal("no_store_card", "本店没有储值卡 {number}。请核对卡号。", "This shop has no store card {number}. Check the number of the card.")
NOT_THE_HOLDER = refusal(
    "not_the_cardholder",
    "储值卡 {number} 不是订单顾客的卡。请核对卡号。",
    "The store card {number} is not in the name of the order's customer. Check the number of the card.",
)
CARD_TOO_LOW = refusal(
    "card_too_low",
    "储值卡 {number} 余额 {balance} 元，不足 {amount} 元。请先充值，或请顾客改用其他方式。",
    "The store card {number} holds {balance} CNY, less than {amount} CNY. Top it up first, or ask the customer to pay in another way.",
)
INVOICE_WITH_CARD = refusal(
    "invoice_with_card",
    "订单 {number} 要开发票，不能用储值卡付款：发票在购卡、充值时开。请顾客改用其他方式。",
    "An invoice was asked for with the order {number}. What a store card pays is invoiced when the card is bought or topped up. Ask for another way to pay.",
)


def cards_of(look: Looking, merchant: str) -> list[Any]:
    """The store cards of a shop: number, holder, full_name, day, balance."""
    return look.all(
        """select c.number, c.holder, s.full_name, c.day, coalesce(-b.balance, 0)::decimal(18,2) as balance from shop_store_card c
           join b2c_shopper s on s.user_name = c.holder join b2c_merchant m using (merchant)
           left join ledger_balance b on b.owner = m.member and b.account = '2203' and b.sub = c.number where c.merchant = $m order by c.number""",
        m=merchant,
    )


def card_of(look: Looking, merchant: str, number: str, field: str) -> Any:
    """A store card of a shop (a row). Refuses 'no_store_card'."""
    row = next((r for r in cards_of(look, merchant) if r.number == number), None)
    if row is None:
        raise NO_STORE_CARD(field, number=number[:40])
    return row


def pay_by_card(do: Doing, order: Any, shop: Any, who: Any, number: str) -> list[ledger.Line]:
    """The lines by which a card pays an order (its row): what was owed to the card's holder is an advance for these goods now.

    Refuses a card of somebody else, one that holds too little, and an order whose customer wants an invoice.
    """
    card = card_of(do, order.merchant, number, "reference")
    if card.holder != order.shopper:
        raise NOT_THE_HOLDER("reference", number=number)
    if card.balance < order.amount:
        raise CARD_TOO_LOW("amount", number=number, balance=f"{card.balance:,}", amount=f"{order.amount:,}")
    if do.value("select 1 from b2c_invoice_title where number = $n", n=order.number):
        raise INVOICE_WITH_CARD("means", number=order.number)
    return payments.on_card(shop.member, who.member, number, -order.amount)
