"""Promotions of a shop: its merchant announces them, its customers have coupons; the checkout reckons with both."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal

from ...books import documents, promotions, stock
from ...kernel.command import choices, command, query
from ...kernel.doing import Doing, Looking
from ...kernel.table import Table
from ...kernel.texts import Text
from ...kernel.values import Ask, Day, Line, Money, Ref
from .catalogue import sold_by
from .kinds import WEB_ORDER
from .members import SHOPKEEPER, SHOPPER, shop_of, shopper_of

Promotion = Annotated[Ref, Ask("促销活动", "Promotion", choose="b2c.promotions_open")]
_CNY = Text("元", "CNY")


@choices("b2c.promotions_open")
def _open(look: Looking, actor: str) -> list[tuple[str, Text | str]]:
    rows = look.all(
        """select p.number, p.title, p.to_day from promotion p join document d using (number) join b2c_merchant m on m.member = p.seller
           where m.merchant = $actor and d.state = 'open' order by p.number""",
        actor=actor,
    )
    return [(r.number, documents.label((r.title, r.to_day))) for r in rows]


@choices("b2c.coupons")
def _coupons(look: Looking, actor: str) -> list[tuple[str, Text | str]]:
    rows = look.all(
        """select c.number, p.title, p.amount, p.to_day from coupon c join promotion p on p.number = c.promotion join document d on d.number = c.number
           join b2c_shopper s on s.member = c.holder where s.user_name = $actor and d.state = 'given' order by c.number""",
        actor=actor,
    )
    return [(r.number, documents.label((r.title, r.amount, r.to_day))) for r in rows]


@command(role=SHOPKEEPER, title=("发布促销活动", "Launch a promotion"))
def launch_promotion(
    do: Doing,
    title: Annotated[Line, Ask("活动名称", "Name", max=60)],
    promotion_kind: Annotated[Literal["time_price", "amount_off", "coupon", "gift"], Ask()],
    from_day: Annotated[Day, Ask()],
    to_day: Annotated[Day, Ask()],
    amount: Annotated[
        Money | None, Ask("限时价或优惠金额", "Time price, or amount off", ge="0.01", le="1000000", unit=_CNY, help=Text("赠品不填", "Leave empty for a gift"))
    ] = None,
    threshold: Annotated[Money | None, Ask("满多少元（含税）", "From an amount of, tax included", ge="0.01", le="1000000", unit=_CNY)] = None,
    product: Annotated[Ref | None, Ask("限时价商品或赠品", "Product of the time price, or the gift", choose="b2c.shop_products")] = None,
) -> str:
    """Announces a promotion of the shop, from a first to a last day; gives its number. What it takes off lowers the revenue of what is sold.

    A gift counts at its list price. Refuses days that are over, and more off than the amount that must be reached.
    """
    price = sold_by(do, do.actor, product, "product").price if product else None
    worth = price if promotion_kind == "gift" and price is not None else amount
    return promotions.launch(
        do, shop_of(do, do.actor).member, promotion_kind, title, worth or Decimal("0.00"), from_day, to_day, product, threshold or Decimal("0.00")
    )


@command(role=SHOPKEEPER, title=("结束促销活动", "End a promotion"))
def end_promotion(do: Doing, promotion: Promotion) -> str:
    """Ends a promotion of the shop before its last day; gives its number. Orders placed before keep their prices."""
    return promotions.end(do, promotion, shop_of(do, do.actor).member)


@query(role=SHOPKEEPER, title=("查看促销活动", "View the promotions"))
def shop_promotions(do: Doing) -> Table:
    """The shop's promotions: number, promotion_kind, title, state, product, threshold, amount, from_day, to_day, coupons (given), used."""
    return promotions.listed(do, shop_of(do, do.actor).member)


@command(role=SHOPKEEPER, title=("发放优惠券", "Give a coupon"))
def give_coupon(do: Doing, promotion: Promotion, shopper: Annotated[Ref, Ask("顾客", "Customer", choose="b2c.customers")]) -> str:
    """Gives a customer a coupon of a coupon promotion; gives the coupon's number."""
    return promotions.give_coupon(do, promotion, shop_of(do, do.actor).member, shopper_of(do, shopper).member)


@query(role=SHOPPER, title=("查看我的优惠券", "View my coupons"))
def my_coupons(do: Doing) -> Table:
    """The customer's coupons: number, title, state, amount, threshold, from_day, to_day, used_for."""
    made = do.table(
        """select c.number, p.title, d.state, p.amount, p.threshold, p.from_day, p.to_day, c.used_for from coupon c
           join promotion p on p.number = c.promotion join document d on d.number = c.number where c.holder = $me order by c.number""",
        me=shopper_of(do, do.actor).member,
    )
    made.module = "promotions"
    return made


def quoted(look: Looking, merchant: str, basket: list[tuple[str, int, Decimal]], shopper: str, coupon: str | None) -> tuple[promotions.Quote, str | None]:
    """What a basket of (product, quantity, price) comes to at a shop today, and the coupon if it counts: at the shop that gave it.

    A gift that is not there is not given.
    """
    shop = shop_of(look, merchant)
    wanted = {product: quantity for product, quantity, _ in basket}
    given_here = "select c.number from coupon c join promotion p on p.number = c.promotion where c.number = $c and p.seller = $m"
    own = look.value(given_here, c=coupon, m=shop.member) if coupon else None

    def there(product: str) -> bool:
        return stock.level(look, shop.member, shop.place, product).free > wanted.get(product, 0)

    holder = shopper_of(look, shopper).member if own else ""
    return promotions.quote(look, shop.member, basket, holder, own, there), own


@documents.on(WEB_ORDER, "abandoned")
@documents.on(WEB_ORDER, "lapsed")
@documents.on(WEB_ORDER, "cancelled")
def _came_to_nothing(do: Doing, order: documents.Document) -> None:
    promotions.release_coupon(do, order.number)
