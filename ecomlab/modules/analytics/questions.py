"""The analytics questions: ten figures to be found in the own shop's books, by report or by SQL, and how the model student finds them."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

from ...kernel.doing import Looking
from ...kernel.evidence import asks, check
from ...kernel.plays import Player, plays
from ...reports.questions import goals_of, question, rows, total
from ..b2c.scripted import scripted_shoppers
from .season import assortment

#: Periods that are over when the questions are asked; which of them a question is about follows from the seed. They are counted in days
#: from the scenario's first on.
PERIODS = ((0, 29), (10, 39), (15, 44))


def _asked(code: str) -> Any:
    @asks(code)
    def asked(look: Looking) -> dict[str, Any]:
        chance = look.stream(f"analytics.question:{code}")
        start, end = (look.scenario.start + datetime.timedelta(days=n) for n in chance.choice(PERIODS))
        shopper = scripted_shoppers(look)[chance.randrange(2)]  # the two who are there from the first day on
        return {"start": start, "end": end, "product": assortment(look)[0]["name"], "customer": shopper.name}

    return asked


BRIEF = {f"Q{n}": _asked(f"Q{n}") for n in range(1, 11)}


def _product(look: Looking) -> str:
    return assortment(look)[0]["gtin"]


def _period(look: Looking, code: str) -> dict[str, datetime.date]:
    return {k: BRIEF[code](look)[k] for k in ("start", "end")}


# --- the truth ---------------------------------------------------------------------------------------------------------------


@question("Q1", "CNY")
def _inventory(look: Looking) -> Decimal | None:
    return total(look, "inventory", "value", end=BRIEF["Q1"](look)["end"])


@question("Q2", "pieces")
def _pieces_out(look: Looking) -> Decimal | None:
    return total(look, "stock_movement", "out_quantity", **_period(look, "Q2"))


@question("Q3", "CNY")
def _cost_of_sales(look: Looking) -> Decimal | None:
    return total(look, "profit", "cost", **_period(look, "Q3"))


@question("Q4", "CNY")
def _unit_cost(look: Looking) -> Decimal | None:
    found = rows(look, "cost", product=_product(look))
    return found[0].unit_cost if found else None


@question("Q5", "percent")
def _gross_margin(look: Looking) -> Decimal | None:
    found = rows(look, "profit", **_period(look, "Q5"))
    revenue = sum(r.revenue for r in found)
    return 100 * sum(r.gross_profit for r in found) / revenue if revenue else None


@question("Q6", "CNY")
def _operating_profit(look: Looking) -> Decimal | None:
    found = rows(look, "operating_results", **_period(look, "Q6"))
    return next((r.amount for r in found if r.result_line == "operating_profit"), None)


@question("Q7", "CNY")
def _old_receivables(look: Looking) -> Decimal | None:
    found = rows(look, "receivables")
    return sum((r.days_31_60 + r.days_61_90 + r.days_over_90 for r in found), Decimal(0)) if found else None


@question("Q8", "name")
def _best_product(look: Looking) -> tuple[set[str], set[str]] | None:
    """The product that stands first in the ABC; the second is near."""
    found = rows(look, "product_abc")
    named = [{r.product, r.product_name} for r in found[:2]]
    return (named[0], named[1] if len(named) > 1 else set()) if named else None


@question("Q9", "name")
def _rfm(look: Looking) -> tuple[set[str], set[str]] | None:
    """The customer's three scores side by side; two of them right are near."""
    wanted = BRIEF["Q9"](look)["customer"]
    score = next((r.rfm for r in rows(look, "customers") if r.buyer_name == wanted), None)
    if score is None:
        return None
    return {score}, {score[:i] + str(d) + score[i + 1 :] for i in range(3) for d in range(1, 6)} - {score}


@question("Q10", "days")
def _days_in_stock(look: Looking) -> Decimal | None:
    found = rows(look, "turnover")
    cost = sum(r.cost_of_sales for r in found)
    return found[0].days * sum(r.mean_value for r in found) / cost if cost else None


for _code in BRIEF:
    check(_code, **goals_of(_code))


# --- the model student, who reads the reports ----------------------------------------------------------------------------------


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
