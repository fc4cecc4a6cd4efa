"""From a click to an order: who clicks an advertisement that leads to a product of the mall may buy it.

A link leads to a product if it is a GS1 Digital Link (GS1 standard, URI syntax 1.2): its path names the primary key `01`
and the GTIN in 14 digits, such as https://www.example.cn/01/09520100000010. The visitor finds the product in the
advertiser's own shop or, if that does not sell it, where it is cheapest. Each click is, with a small chance, that of one
of the mall's shoppers, who then decides by the price as on every visit. Such an order is a conversion of the advertisement.
"""

from __future__ import annotations

import re

from ...kernel.audit import invariant
from ...kernel.doing import Doing, Looking
from .. import b2c
from .advertising import CAMPAIGNS

#: Of a million clicks on an advertisement so many are those of a given shopper of the mall.
CLICKERS = 20_000
MILLION = 1_000_000
_DIGITAL_LINK = re.compile(r"/01/0(\d{13})(?=[/?#]|$)")


def product_of(link: str) -> str | None:
    """The GTIN-13 that a link leads to, or None."""
    found = _DIGITAL_LINK.search(link)
    return found[1] if found else None


def follow(do: Doing, clicked: list[tuple[str, int]]) -> None:
    """Some of those who clicked on advertisements today buy. clicked: (number, clicks)."""
    if not do.value("select 1 from b2c_merchant limit 1"):
        return
    ads = {r.number: r for r in do.all(f"select a.number, a.member, a.link from ({CAMPAIGNS}) a join document d using (number) where d.state <> 'deleted'")}
    for number, clicks in clicked:
        product = product_of(ads[number].link)
        merchant = product and _shop(do, ads[number].member, product)
        if not product or not merchant:
            continue
        for position in range(len(b2c.scripted_shoppers(do))):
            chance = do.stream(f"netsell.shopper:{number}:{position}:{do.day}")
            if any(chance.randrange(MILLION) < CLICKERS for _ in range(clicks)):
                order = b2c.send_shopper(do, merchant, product, position, f"/{number}")
                # without an order there is nothing to select
                do.execute("insert into netsell_conversion select number, $ad, $day, amount from b2c_order where number = $n", n=order, ad=number, day=do.day)


def _shop(look: Looking, member: str, product: str) -> str | None:
    """The shop that a visitor of this advertiser finds the product in."""
    found: str | None = look.value(
        """select p.merchant from b2c_product p join b2c_merchant m using (merchant) where p.product = $product and p.on_sale
           order by m.member = $member desc, p.price, p.merchant limit 1""",
        product=product, member=member,
    )  # fmt: skip
    return found


@invariant("conversions_are_orders", "每个广告带来的订单都是网上订单，金额一致", "Every conversion of an advertisement is a web order of that amount")
def _are_orders(look: Looking) -> list[str]:
    rows = look.all(
        f"""select c.web_order, c.advertisement from netsell_conversion c left join b2c_order o on o.number = c.web_order
            left join ({CAMPAIGNS}) a on a.number = c.advertisement
            where o.number is null or a.number is null or o.amount <> c.amount or o.placed_day is distinct from c.day order by 1"""
    )
    return [f"{r.web_order}, of {r.advertisement}" for r in rows]
