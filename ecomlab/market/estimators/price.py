"""Price: what a higher one costs in sales, told apart from what the article is liked for."""

from __future__ import annotations

from typing import Any

import numpy as np

from .demand import days_and_articles, demand, lumpiness
from .libraries import needed
from .once import once


@once
def category_of_prices(data: Any) -> str:
    """The category that sells most in the shops that set prices at random."""
    weekly = prices_and_sales(data)
    weekly = weekly[weekly.shop.isin(experimenting(data))]
    return str(weekly.groupby("category").pieces.sum().sort_values().index[-1])


@once
def experimenting(data: Any) -> list[str]:
    """Shops whose prices move from week to week by more than costs do: they set them at random."""
    moved = data.sql(
        """select m.member as shop, stddev(ln(p.price / p.cost) - ln(q.price / q.cost)) as spread
           from price_week p join price_week q on q.product = p.product and q.week = p.week + 7
           join b2c_product b on b.product = p.product join b2c_merchant m using (merchant) group by m.member""",
    ).df()
    return sorted(moved.shop[moved.spread > 0.1])


@once
def prices_and_sales(data: Any) -> Any:
    """A row for each whole week and article: week, shop, article, category, price, days on which it did not run out, and pieces sold on those."""
    return data.sql(
        """with day_sold as (
               select o.placed_day as day, l.product, sum(l.quantity) as pieces from b2c_order o join b2c_order_line l using (number) group by all),
           sold as (
               select (s.day - $start) // 7 as nth, s.product, sum(s.pieces) as pieces
               from day_sold s anti join stock_out x on x.day = s.day and x.product = s.product group by all),
           short as (select (day - $start) // 7 as nth, product, count(*) as days from stock_out group by all)
           select p.week, m.member as shop, p.product as article, g.product_category as category, p.price::double as price,
                  (7 - coalesce(x.days, 0))::double as days, coalesce(s.pieces, 0)::double as pieces
           from price_week p join product g on g.gtin = p.product join b2c_product b on b.product = p.product join b2c_merchant m using (merchant)
           left join sold s on s.nth = (p.week - $start) // 7 and s.product = p.product
           left join short x on x.nth = (p.week - $start) // 7 and x.product = p.product
           where p.week + 6 <= $end and coalesce(x.days, 0) < 7 order by all""",
        start=data.start, end=data.day,
    ).df()  # fmt: skip


def regression(weekly: Any) -> Any:
    """Poisson regression of a day's pieces on the logarithm of the price, article against article, as statsmodels has it."""
    sm = needed("statsmodels.api")

    given = sm.add_constant(np.log(weekly[["price"]]))
    return sm.GLM(weekly.pieces, given, family=sm.families.Poisson(), exposure=weekly.days).fit()


def of_experiments(data: Any) -> Any:
    """Days and articles of the category asked about in the shops that set prices at random."""
    days = days_and_articles(data, category_of_prices(data))
    return days[days.shop.isin(experimenting(data))]


def price_elasticity(data: Any) -> float:
    """An article against itself and others in the same week; what was wanted on sold-out days counts."""
    return demand(of_experiments(data), lumpiness(data)).elasticity


def price_elasticity_naive(data: Any) -> float:
    """Dear articles against cheap ones: what costs more to make is also better liked."""
    weekly = prices_and_sales(data)
    return -float(regression(weekly[(weekly.category == category_of_prices(data)) & weekly.shop.isin(experimenting(data))]).params["price"])


# --- shops that set no prices at random ---------------------------------------------------------------------------------------


@once
def category_of_others(data: Any) -> str:
    """The category that sells most in the shops that do not: their prices follow cost, and what is better liked costs more to make."""
    weekly = prices_and_sales(data)
    weekly = weekly[~weekly.shop.isin(experimenting(data))]
    return str(weekly.groupby("category").pieces.sum().sort_values().index[-1])


def of_others(data: Any) -> Any:
    """Days and articles of that category in those shops."""
    days = days_and_articles(data, category_of_others(data))
    return days[~days.shop.isin(experimenting(data))]


def usual_elasticity(data: Any) -> float:
    """An article against itself as its cost moves: what it is liked for stays the same. Days without stock count as what was asked for."""
    return demand(of_others(data), lumpiness(data)).elasticity


def usual_elasticity_naive(data: Any) -> float:
    weekly = prices_and_sales(data)
    return -float(regression(weekly[(weekly.category == category_of_others(data)) & ~weekly.shop.isin(experimenting(data))]).params["price"])


# --- how wrong expensive against cheap is --------------------------------------------------------------------------------------------


def elasticity_of_all(data: Any) -> float:
    """Of the category asked about, in all shops."""
    return demand(days_and_articles(data, category_of_others(data)), lumpiness(data)).elasticity


def dear_against_cheap(data: Any) -> Any:
    """The regression without effects, in all shops."""
    weekly = prices_and_sales(data)
    return regression(weekly[weekly.category == category_of_others(data)])


def how_wrong(data: Any) -> float:
    """By how much expensive against cheap understates the elasticity."""
    return elasticity_of_all(data) + float(dear_against_cheap(data).params["price"])


def how_wrong_naive(data: Any) -> float:
    """Two standard errors, as the regression prints them: they tell how precise a figure is, not how biased."""
    return 2 * float(dear_against_cheap(data).bse["price"])


# --- the best price ------------------------------------------------------------------------------------------------------------

#: What a shop keeps of a price: it bears value added tax at 13 %.
KEPT = 1 / 1.13


def article_to_price(data: Any) -> tuple[str, float]:
    """The article asked about, one of many in its category, and what a piece cost in the last week: that in the middle by pieces sold."""
    days = of_others(data)
    by = days.groupby("article").pieces.sum().reset_index().sort_values(["pieces", "article"])
    article = str(by.article.iloc[len(by) // 2])
    cost = data.sql("select cost from price_week where product = $a order by week desc limit 1", a=article).fetchall()[0][0]
    return article, float(cost)


def best(cost: float, e: float, kept: float = KEPT) -> float:
    """The price with the greatest profit at a constant elasticity e > 1: marginal revenue against what a piece costs (Lerner 1934)."""
    return cost / kept * e / (e - 1)


def best_price(data: Any) -> float:
    return best(article_to_price(data)[1], elasticity_of_all(data))


def best_price_naive(data: Any) -> float:
    """The same rule with the elasticity of expensive against cheap: it seems that a high price costs few sales."""
    e = -float(dear_against_cheap(data).params["price"])
    return best(article_to_price(data)[1], e) if e > 1 else float("inf")


# --- from whom a price cut takes -----------------------------------------------------------------------------------------------


def lines_of_category(data: Any) -> Any:
    """Lines sold by article of the category asked about: shop, article, lines, the most first."""
    return data.sql(
        """select m.member as shop, l.product as article, count(*) as lines
           from b2c_order_line l join b2c_order o using (number) join b2c_merchant m using (merchant) join product g on g.gtin = l.product
           where g.product_category = $category group by all order by lines desc, article""",
        category=category_of_others(data),
    ).df()


def shop_and_article(data: Any) -> tuple[str, str]:
    """Asked about: the shop that sells most of the category, and its best-selling article there."""
    by = lines_of_category(data)
    shop = str(by.groupby("shop").lines.sum().sort_values(kind="stable").index[-1])
    return shop, str(by[by.shop == shop].article.iloc[0])


def from_own(data: Any) -> float:
    """Where all articles compete alike (a logit), a cut takes from each in proportion to its sales: from the own ones their share of the rest."""
    by, (shop, article) = lines_of_category(data), shop_and_article(data)
    rest = by[by.article != article]
    return float(rest.lines[rest.shop == shop].sum() / rest.lines.sum())


def from_own_naive(data: Any) -> float:
    """As if every further piece came from other shops."""
    return 0.0
