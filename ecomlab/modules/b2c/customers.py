"""Who bought from a shop, and what."""

from __future__ import annotations

from typing import Annotated

from ...books.periods import FromDay, ToDay, check_period, within
from ...kernel.command import choices, query
from ...kernel.doing import Doing, Looking
from ...kernel.refusals import refusal
from ...kernel.table import Table
from ...kernel.texts import Text
from ...kernel.values import Ask, Ref
from .members import SHOPKEEPER, shopper_of

NOT_A_CUSTOMER = refusal(
    "not_your_customer", "{name} 没有在本店下过订单。请从列表中选择。", "{name} has never ordered from your shop. Choose a customer from the list."
)

Customer = Annotated[Ref, Ask("顾客", "Customer", choose="b2c.customers")]


@choices("b2c.customers")
def _customers(look: Looking, actor: str) -> list[tuple[str, Text | str]]:
    rows = look.all(
        "select distinct s.user_name, s.full_name from b2c_order o join b2c_shopper s on s.user_name = o.shopper"
        " where o.merchant = $actor and o.placed_day is not null order by 1",
        actor=actor,
    )
    return [(r.user_name, f"{r.user_name} · {r.full_name}") for r in rows]


#: An order that came to nothing does not count as bought.
_CUSTOMERS = """
    select s.user_name as shopper, s.full_name, s.mailbox, s.phone, s.postal_address, s.joined, count(*)::integer as orders,
           coalesce(sum(o.amount) filter (d.state not in ('cancelled', 'lapsed')), 0)::decimal(18,2) as total,
           min(o.placed_day) as first_order, max(o.placed_day) as last_order
    from b2c_order o join document d using (number) join b2c_shopper s on s.user_name = o.shopper
    where o.merchant = $actor and o.placed_day is not null and ($shopper = '' or s.user_name = $shopper) group by all
    order by total desc, shopper"""


@query(role=SHOPKEEPER, title=("查看顾客", "View the customers"))
def customers(do: Doing) -> Table:
    """Who has ordered from the shop, the best first: shopper, full_name, mailbox, phone, postal_address, joined, orders, total, first_order, last_order.

    total: of orders that were not cancelled and did not lapse, before returns.
    """
    return do.table(_CUSTOMERS, actor=do.actor, shopper="")


@query("B2C024", role=SHOPKEEPER, title=("查看顾客明细", "View a customer"))
def customer_detail(do: Doing, shopper: Customer) -> Table:
    """One customer, in the columns of `customers`."""
    found = do.table(_CUSTOMERS, actor=do.actor, shopper=shopper_of(do, shopper, "shopper").user_name)
    if not found:
        raise NOT_A_CUSTOMER("shopper", name=shopper)
    return found


@query("B2C025", role=SHOPKEEPER, title=("查看顾客交易历史", "View a customer's orders"))
def customer_history(do: Doing, shopper: Customer, from_day: FromDay = None, to_day: ToDay = None) -> Table:
    """A customer's orders at the shop, newest first, a row for each product: placed_day, number, state, product, product_name, quantity, unit_price,
    amount, payment_kind, shipped_day."""
    check_period(from_day, to_day)
    if shopper_of(do, shopper, "shopper").user_name not in {name for name, _ in _customers(do, do.actor)}:
        raise NOT_A_CUSTOMER("shopper", name=shopper)
    return do.table(
        f"""select o.placed_day, o.number, d.state, l.product, p.name as product_name, l.quantity, l.unit_price, l.amount, o.payment_kind, o.shipped_day
           from b2c_order o join document d using (number) join b2c_order_line l using (number) join product p on p.gtin = l.product
           where o.merchant = $actor and o.shopper = $shopper and o.placed_day is not null
             and {within('o.placed_day')}
           order by o.number desc, l.product limit 500""",
        actor=do.actor, shopper=shopper, from_day=from_day, to_day=to_day,
    )  # fmt: skip
