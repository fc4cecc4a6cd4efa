"""The truths of the ten analytics questions: what the books of the student's shop say when an answer is given."""

from __future__ import annotations

import datetime
from decimal import Decimal

from ...kernel.doing import Looking
from ...reports.questions import question, rows, total
from .checks import BRIEF
from .season import assortment


def _product(look: Looking) -> str:
    return assortment(look)[0]["gtin"]


def _period(look: Looking, code: str) -> dict[str, datetime.date]:
    return {k: BRIEF[code](look)[k] for k in ("start", "end")}


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
