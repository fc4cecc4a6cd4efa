"""Stock: what was wanted and not there."""

from __future__ import annotations

from typing import Any

from .demand import days_and_articles, demand, lumpiness


def category_of_stock(data: Any) -> str:
    """The category asked about: the one that sells most pieces."""
    return str(data.sql(
        """select product_category from b2c_order_line l join product on gtin = l.product group by 1 order by sum(quantity) desc, 1 limit 1"""
    ).fetchall()[0][0])  # fmt: skip


def wanted(data: Any) -> float:
    """All pieces asked for: those sold, and on sold-out days what is expected where more was asked for than was there."""
    return float(demand(days_and_articles(data, category_of_stock(data)), lumpiness(data)).pieces.sum())


def wanted_naive(data: Any) -> float:
    """What was sold, as if nobody had gone away empty-handed."""
    return float(days_and_articles(data, category_of_stock(data)).pieces.sum())
