"""Selling store cards at the till, and putting more money on them."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal

from ...books import access, invoices, ledger, sales
from ...kernel.audit import invariant
from ...kernel.command import choices, command, query
from ...kernel.doing import Doing, Looking
from ...kernel.refusals import refusal
from ...kernel.table import Table
from ...kernel.terms import term
from ...kernel.texts import Text
from ...kernel.values import Ask, Line, Money, Ref
from ..b2c import payments
from ..b2c.members import PASSWORD, shop_of, shopper_of
from .cards import LIMIT, card_of, cards_of
from .customers import Wish, wishes
from .staff import CASHIER
from .till import NO_REFERENCE, counter_money, open_till_of

HAS_A_CARD = refusal(
    "has_a_card", "顾客 {name} 已有储值卡 {number}。请给这张卡充值。", "The customer {name} has the store card {number} already. Top that one up."
)
CARD_FULL = refusal(
    "card_full",
    "一张记名储值卡最多 {limit} 元，这张卡还可以充 {left} 元。请减少金额。",
    "A store card holds at most {limit} CNY; {left} CNY can still be put on this one. Enter less.",
)
NOT_ASKED_FOR = refusal(
    "card_not_asked_for",
    "{name}今天没有要用“{means}”充 {amount} 元。请查看要买卡的顾客。",
    "{name} has not come to put {amount} CNY on a card in this way: {means}. See who wants a store card.",
)


@choices("shop.card_buyers")
def _buyers(look: Looking, actor: str) -> list[tuple[str, Text | str]]:
    rows = look.all("select user_name, full_name from b2c_shopper order by user_name")
    return [(r.user_name, f"{r.user_name} · {r.full_name}") for r in rows]


@choices("shop.store_cards")
def _cards(look: Looking, actor: str) -> list[tuple[str, Text | str]]:
    return [(r.number, f"{r.number} · {r.full_name} · ¥{r.balance:,}") for r in cards_of(look, actor)]


Amount = Annotated[Money, Ask("充入金额", "Amount to put on it", ge="0.01", unit=Text("元", "CNY"))]
Means = Annotated[Literal["cash", "card"], Ask("支付手段", "Cash or card")]
Paper = Annotated[Line, Ask("刷卡单编号", "Number of the card slip", max=40, help=Text("付现金不填", "Leave empty for cash"))]
Title = Annotated[Line, Ask("发票抬头", "Invoice made out to", max=100, help=Text("不要发票则不填", "Leave empty if no invoice is wanted"))]


@query(role=CASHIER, title=("查看要买卡的顾客", "View who wants a store card"))
def card_customers(do: Doing) -> Table:
    """Who is at the counter for a store card today: shopper, full_name, store_card (the one to top up, empty for a new one), amount, means, paper (the
    slip's number), invoice_title (empty if no invoice is wanted)."""
    return Table(Wish._fields, [tuple(w) for w in wishes(do, do.actor, open_till_of(do))])


@command(role=CASHIER, title=("售储值卡", "Sell a store card"))
def sell_card(
    do: Doing,
    customer: Annotated[Ref, Ask("顾客", "Customer", choose="shop.card_buyers")],
    amount: Amount,
    means: Means = "cash",
    reference: Paper = "",
    invoice_title: Title = "",
) -> dict[str, str]:
    """Sells a store card in a customer's name; gives its number and that of the receipt. Nothing is sold yet: the money is an advance, without tax.

    Refuses a second card for one customer, more than a card holds, and money that the customer has not come to pay.
    """
    till = open_till_of(do)
    shopper_of(do, customer, "customer")
    if card := next((r for r in cards_of(do, do.actor) if r.holder == customer), None):
        raise HAS_A_CARD("customer", name=card.full_name, number=card.number)
    _must_fit(do, till, customer, Decimal("0.00"), amount, means, reference)
    number = do.number(payments.CARD)
    do.execute("insert into shop_store_card values ($n, $m, $holder, $day)", n=number, m=do.actor, holder=customer, day=do.day)
    return {"store_card": number, "receipt": _put_on(do, till, number, customer, amount, means, reference, invoice_title)}


@command(role=CASHIER, title=("储值卡充值", "Top up a store card"))
def top_up_card(
    do: Doing,
    store_card: Annotated[Ref, Ask(choose="shop.store_cards")],
    amount: Amount,
    means: Means = "cash",
    reference: Paper = "",
    invoice_title: Title = "",
) -> str:
    """Puts more money on a store card of the shop; gives the number of the receipt."""
    till = open_till_of(do)
    card = card_of(do, do.actor, store_card, "store_card")
    _must_fit(do, till, card.holder, card.balance, amount, means, reference)
    return _put_on(do, till, store_card, card.holder, amount, means, reference, invoice_title)


def _must_fit(do: Doing, till: str, holder: str, held: Decimal, amount: Decimal, means: str, reference: str) -> None:
    """Whether so much can be put on a card that holds so much already, in the way in which its holder has come to pay."""
    if held + amount > LIMIT:
        raise CARD_FULL("amount", limit=f"{LIMIT:,}", left=f"{LIMIT - held:,}")
    wanted = any((w.shopper, w.amount, w.means) == (holder, amount, means) for w in wishes(do, do.actor, till))
    if access.scripted(do, PASSWORD, holder) and not wanted:
        raise NOT_ASKED_FOR("amount", name=shopper_of(do, holder).full_name, amount=f"{amount:,}", means=term(means, "shop"))
    if means == "card" and not reference:
        raise NO_REFERENCE("reference")


def _put_on(do: Doing, till: str, card: str, holder: str, amount: Decimal, means: str, reference: str, title: str) -> str:
    shop, who = shop_of(do, do.actor), shopper_of(do, holder)
    lines = [*counter_money(do, shop, who, amount, means, till), *payments.on_card(shop.member, who.member, card, amount)]
    ledger.post(do, "card_money", f"储值卡充入 Put on the store card {card}", lines, till)
    number = do.number("RC")
    do.execute(
        "insert into shop_card_receipt values ($n, $till, $card, $means, $amount, $reference, $day, null)",
        n=number, till=till, card=card, means=means, amount=amount, reference=reference or "", day=do.day,
    )  # fmt: skip
    if title:
        invoices.issue(do, number, shop.member, who.member, [sales.Item(amount)], title=title)
    return number


@query(role=CASHIER, title=("查看储值卡", "View the store cards"))
def store_cards(do: Doing) -> Table:
    """The store cards of the shop: store_card, full_name (of its holder), day (of its sale), balance; the sum is what the shop owes their holders."""
    return Table(("store_card", "full_name", "day", "balance"), [(r.number, r.full_name, r.day, r.balance) for r in cards_of(do, do.actor)])


@invariant(
    "shop_store_cards",
    "储值卡余额是充入加退回减已用，从不为负，并且就是账上该卡的预收款",
    "What is on a store card is what was put on it and came back, less what it paid; never negative, and the advance that the books show for it",
)
def _balances(look: Looking) -> list[str]:
    return [
        f"{r.number}: put on {r.put_on}, paid {r.paid}, back {r.back}, booked {r.booked}"
        for r in look.all(
            """with put_on as (select store_card as number, sum(amount) as amount from shop_card_receipt group by 1),
                    paid as (select transaction as number, sum(amount) as amount from b2c_payment where payment_kind = $kind group by 1),
                    back as (select p.transaction as number, sum(r.amount) as amount from b2c_payment p join b2c_return r using (web_order)
                             join document d on d.number = r.number where p.payment_kind = $kind and d.state = 'refunded' group by 1),
                    booked as (select sub as number, -sum(balance) as amount from ledger_balance
                               where account = '2203' and starts_with(sub, $cards) group by 1)
               select number, coalesce(u.amount, 0) as put_on, coalesce(p.amount, 0) as paid, coalesce(b.amount, 0) as back,
                      coalesce(k.amount, 0) as booked
               from shop_store_card c full join booked k using (number) left join put_on u using (number) left join paid p using (number)
               left join back b using (number)
               where c.number is null or coalesce(k.amount, 0) <> coalesce(u.amount, 0) - coalesce(p.amount, 0) + coalesce(b.amount, 0)
                  or coalesce(k.amount, 0) < 0 order by number""",
            kind=payments.STORE_CARD, cards=f"{payments.CARD}-",
        )
    ]  # fmt: skip
