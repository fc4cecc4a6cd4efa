"""How the library plays the four posts of the department: `lab.autoplay("department_manager")`. Fixed policies, public commands only."""

from __future__ import annotations

from ...books.paper import copies
from ...kernel.plays import Player, autoplays
from .slips import ISSUE_SLIP, SALES_SLIP
from .staff import MINE, PLACE, SHOP

#: For how many of the day's orders slips are made at a time.
SLIPS = 20


def _unslipped(play: Player, post: str, kind: str) -> list[str]:
    """The first of the shop's orders that were shipped today and have no slip of a kind."""
    rows = play.look.all(
        f"""select o.number from b2c_order o where o.merchant = {SHOP} and o.shipped_day = $day and not exists (
                select 1 from finance_slip s join document d using (number) where s.about = o.number and d.kind = $kind and d.state <> 'void')
            order by 1 limit {SLIPS}""",
        actor=play.look.sessions(post)[0], day=play.look.day, kind=kind,
    )  # fmt: skip
    return [r.number for r in rows]


def _copies(play: Player, post: str, suffix: str = "") -> None:
    """Files the copies that a post holds and that belong there, and hands the others on. suffix: how the post's own commands end."""
    place = PLACE[post]
    rows = play.look.all(
        f"""select s.number, d.kind, c.colour from finance_slip s join document d using (number) join slip_copy c on c.document = s.number
            where s.company = {MINE} and d.state in ('issued', 'distributed') and c.holder = $place and c.filed_day is null order by 1, 3""",
        actor=play.look.sessions(post)[0], place=place,
    )  # fmt: skip
    for r in rows:
        belongs = copies.PLACES[r.kind][r.colour]
        if belongs == place:
            getattr(play.finance, f"file_copy{suffix and f'_in_{suffix}'}")(r.number, r.colour)
        else:
            getattr(play.finance, f"hand_copy{suffix and f'_from_{suffix}'}")(r.number, r.colour, belongs)


@autoplays(
    "ecommerce_clerk",
    f"当日发出的订单逐单开销货单，一次最多 {SLIPS} 张；归档自己的一联，转交其余各联。不申请退款、备用金和推广费，不赔付。",
    f"Makes the sales slips of orders shipped today, at most {SLIPS} at a time; files its own copies and hands on the others. Asks for no refunds, floats or "
    "fees, and compensates nobody.",
)
def _ecommerce_clerk(play: Player) -> None:
    for order in _unslipped(play, "ecommerce_clerk", SALES_SLIP.name):
        play.finance.make_slip(order)
    _copies(play, "ecommerce_clerk")


@autoplays(
    "department_manager",
    "按单号先后批准本部门他人提出的全部申请：退款、备用金、推广费、月结表。自己提出的不批。",
    "Approves, by number, everything that others of the department have asked for: refunds, floats, promotion fees, month-end sheets. Nothing of its own.",
)
def _manager(play: Player) -> None:
    me = play.look.sessions("department_manager")[0]
    waiting = f"""select a.number from approval a join document d using (number) join document s on s.number = a.about
                  where d.state = 'requested' and a.role = 'department_manager' and a.asker <> $actor and s.owner = {MINE} order by 1"""
    for row in play.look.all(waiting, actor=me):
        play.finance.decide(row.number, "approved")


@autoplays(
    "stock_clerk",
    f"确认每一份退货退款的商品已退回，并重新上架。当日发出的订单逐单开出库联单，一次最多 {SLIPS} 张；归档仓库的联次，转交其余各联。",
    f"Confirms for every refund with goods that the goods are back, and puts them on the shelf again. Makes the issue slips of orders shipped today, at most "
    f"{SLIPS} at a time; files the copies of the warehouse and hands on the others.",
)
def _stock_clerk(play: Player) -> None:
    me = play.look.sessions("stock_clerk")[0]
    waiting = f"select r.number from finance_refund r join document d using (number) where d.state = 'asked' and r.company = {MINE} order by 1"
    for row in play.look.all(waiting, actor=me):
        play.finance.confirm_goods_back(row.number, "restocked")
    for order in _unslipped(play, "stock_clerk", ISSUE_SLIP.name):
        play.finance.make_issue_slip(order)
    _copies(play, "stock_clerk", "stock")


@autoplays(
    "finance_clerk",
    "退款获批后当即支付，归档财务的联次。不发备用金，不预付，不审凭据，不对账。",
    "Pays every refund as soon as it is approved, and files finance's copies of slips. Grants no floats, advances nothing, judges no vouchers and reconciles "
    "nothing.",
)
def _finance_clerk(play: Player) -> None:
    me = play.look.sessions("finance_clerk")[0]
    approved = f"select r.number from finance_refund r join document d using (number) where d.state = 'approved' and r.company = {MINE} order by 1"
    for row in play.look.all(approved, actor=me):
        play.finance.pay_refund(row.number)
    _copies(play, "finance_clerk", "finance")
