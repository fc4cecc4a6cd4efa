"""How the library plays the manager, the stock clerk and the finance clerk: `lab.autoplay("department_manager")`. Fixed policies, public commands only."""

from __future__ import annotations

from ...kernel.plays import Player, autoplays
from .staff import MINE


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
    "确认每一份退货退款的商品已退回，并重新上架。不开联单。",
    "Confirms for every refund with goods that the goods are back, and puts them on the shelf again. Makes no slips.",
)
def _stock_clerk(play: Player) -> None:
    me = play.look.sessions("stock_clerk")[0]
    waiting = f"select r.number from finance_refund r join document d using (number) where d.state = 'asked' and r.company = {MINE} order by 1"
    for row in play.look.all(waiting, actor=me):
        play.finance.confirm_goods_back(row.number, "restocked")


@autoplays(
    "finance_clerk",
    "退款获批后当即支付。不发备用金，不预付，不审凭据，不对账。",
    "Pays every refund as soon as it is approved. Grants no floats, advances nothing, judges no vouchers and reconciles nothing.",
)
def _finance_clerk(play: Player) -> None:
    me = play.look.sessions("finance_clerk")[0]
    approved = f"select r.number from finance_refund r join document d using (number) where d.state = 'approved' and r.company = {MINE} order by 1"
    for row in play.look.all(approved, actor=me):
        play.finance.pay_refund(row.number)
