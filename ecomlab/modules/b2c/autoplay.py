"""How the library plays a shop's owner: `lab.autoplay("shopkeeper")`. A fixed policy, public commands only."""

from __future__ import annotations

from ...kernel.plays import Player, autoplays
from ...kernel.refusals import Refusal


@autoplays(
    "shopkeeper",
    "按订单号先后，受理每张已付款或货到付款的订单，结算并确认，交给仓库。缺货等受理不了的先放着。不发货，不采购，不改价，不审退货。",
    "Accepts by number every order that is paid, or paid at the door, settles and confirms it, for the floor to send. Leaves what is refused, as for want of "
    "stock. Ships nothing, buys nothing, changes no prices and decides on no returns.",
)
def _shopkeeper(play: Player) -> None:
    rows = play.look.all(
        """select o.number, o.sales_order, d.state, s.state as sale from b2c_order o join document d using (number)
           left join document s on s.number = o.sales_order
           where o.merchant = $m and (d.state = 'paid' or (d.state = 'placed' and o.payment_kind = 'cash_on_delivery')
                 or (d.state = 'accepted' and s.state in ('to_settle', 'settled'))) order by 1""",
        m=play.look.sessions("shopkeeper")[0],
    )
    for r in rows:
        try:
            made = r.sales_order or play.b2c.accept_order(r.number)
            if r.sale != "settled":
                play.b2c.settle_sale(made)
            play.b2c.confirm_sale(made)
        except Refusal:
            continue
