"""How the model student answers the analytics questions: the report is made and the figure read off its rows."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from ...kernel.plays import Player, plays


def _play(code: str, find: Any) -> None:
    @plays(code)
    def play_it(play: Player) -> None:
        play.report.answer(code, str(find(play, play.brief(code))))


def _ratio(part: Any, whole: Any) -> Decimal:
    return (Decimal(part) / Decimal(whole)).quantize(Decimal("0.0001"))


_play("Q1", lambda play, ask: sum(r.closing_value for r in play.report.stock_movement(end=ask["end"])))
_play("Q2", lambda play, ask: sum(r.out_quantity for r in play.report.stock_movement(start=ask["start"], end=ask["end"])))
_play("Q3", lambda play, ask: sum(r.cost_of_sales for r in play.report.cost(start=ask["start"], end=ask["end"])))
_play("Q4", lambda play, ask: next(r.unit_cost for r in play.report.inventory() if r.product_name == ask["product"]))
_play("Q5", lambda play, ask: _margin(play.report.profit(start=ask["start"], end=ask["end"], by="channel")))
_play("Q6", lambda play, ask: next(r.amount for r in play.report.operating_results(start=ask["start"], end=ask["end"]) if r.result_line == "operating_profit"))
_play("Q7", lambda play, ask: sum(r.open_amount for r in play.report.receivables() if r.age > 30))
_play("Q8", lambda play, ask: max(play.report.profit(by="product"), key=lambda r: r.revenue).group_name)
_play("Q9", lambda play, ask: next(r.rfm for r in play.report.customers() if r.buyer_name == ask["customer"]))
_play("Q10", lambda play, ask: _days(play.report.turnover()))


def _margin(table: Any) -> str:
    [row] = table
    return f"{100 * row.gross_margin}%"


def _days(table: Any) -> Decimal:
    days: int = table[0].days
    return days * _ratio(sum(r.mean_value for r in table), sum(r.cost_of_sales for r in table))
