"""Questions on a market, each with what is true, how it is found and which way suggests itself and is wrong.

What is true (`answers`) follows from the parameters (`truth`), which stay with the teacher, and in part from the data: whom or which article is asked about.
`right` and `near` say how far an answer may be off. They are the largest error that the estimator made on a hundred markets of 100,000 orders
(seeds "market-0" to "market-99"), rounded up, and twice that; the naive answer was never right there. The test asks a smaller market, `make test-all` ten.
`fifo_stock` is exact there: five fen are for rounding.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Literal

from ..kernel.foreign import from_json
from ..kernel.refusals import refusal
from ..kernel.texts import Text
from . import answers
from .answers import Known
from .estimators import customers, delivery, marketing, price, promotion, receivables, stock
from .truth import Truth

NO_TRUTH = refusal(
    "no_truth_there",
    "“{path}”里没有市场的参数（parameters.json）。请填写用 ecomlab simulate --truth 写出的文件夹。",
    "There are no parameters of a market (parameters.json) in {path}. Give the folder that ecomlab simulate --truth wrote.",
)
OTHER_TRUTH = refusal(
    "other_truth",
    "“{path}”是另一个市场的参数。请换成这个市场的。",
    "The parameters in {path} are those of another market. Give those of this one.",
)
NO_MARKET_QUESTION = refusal(
    "no_market_question",
    "没有问题“{name}”。请从这些中选择：{known}。",
    "There is no question {name}. Choose one of: {known}.",
)

TOO_SMALL = refusal(
    "market_too_small",
    "这个市场只有 {orders} 笔订单，题目至少需要 {least} 笔。请用更大的市场，例如 ecomlab practice market。",
    "This market has {orders:order}, and its questions need {least} at least. Take a larger one, such as that of ecomlab practice market.",
)
TOO_SHORT = refusal(
    "market_too_short",
    "这个市场只有 {days} 天，题目至少需要 {least} 天。请用更长的市场，例如 ecomlab practice market。",
    "This market has {days:day}, and its questions need {least} at least. Take a longer one, such as that of ecomlab practice market.",
)
#: Orders and days that a market must have for its questions: in a smaller one there may be nobody to ask about, and one of less than a year knows no year.
LEAST, LEAST_DAYS = 5_000, 364

Verdict = Literal["right", "near", "off"]
#: What the questions are about, in the order of the notebooks.
THEMES = ("customers", "price", "promotion", "stock", "delivery", "receivables", "marketing")


@dataclass(frozen=True)
class Question:
    """A question to the data of a market.

    theme: what it belongs to, as the notebooks do. asks: its text, given the data. unit: in words. right, near: the largest error, relative to the truth
    or, where `absolute`, in the unit. truth, estimate, naive: the number itself, found from what is known, from the data, and from the data in the way
    that suggests itself.
    """

    name: str
    theme: str
    asks: Callable[[Any], Text]
    trap: Text
    unit: Text
    right: float
    near: float
    truth: Callable[[Known, Any], float]
    estimate: Callable[[Any], float]
    naive: Callable[[Any], float]
    absolute: bool = False

    def judge(self, answer: float, truth: float) -> Verdict:
        """What an answer is worth."""
        off = abs(answer - truth) if self.absolute else abs(answer / truth - 1)
        return "right" if off <= self.right else "near" if off <= self.near else "off"


def _split(name: str) -> Text:
    """A name in both languages, as the market writes it: Chinese, a space, English."""
    return Text(*name.split(" ", 1))


def _of(finds: Callable[[Any], str], text: Text) -> Callable[[Any], Text]:
    return lambda data: text.fill(of=_split(finds(data)))


_PIECES = Text("件", "pieces")
_EACH_PERCENT = Text("价格每高 1%，销量少百分之几", "percent fewer pieces at a price higher by 1%")

QUESTIONS: dict[str, Question] = {q.name: q for q in (
    Question(
        "purchase_rate", "customers",
        lambda data: Text(
            "一位还没有流失的顾客平均每周下多少单？",
            "How many orders does a customer place in a week, on average, as long as the customer has not left for good?",
        ),
        Text("用全部重复订单除以全部周数，等于当作谁也没有流失。", "All repeat orders divided by all weeks: as if nobody had ever left."),
        Text("单/周", "orders a week"), 0.061, 0.122,
        lambda of, data: of.truth.r / of.truth.alpha, customers.purchase_rate, customers.purchase_rate_naive,
    ),
    Question(
        "repeats_in_a_year", "customers",
        lambda data: Text("一位新顾客在以后 52 周内预计还会下多少单？", "How many more orders is a new customer expected to place within the next 52 weeks?"),
        Text("只算回来过的顾客，就漏掉了再也没回来的人。", "The mean of those who came back leaves out all who did not."),
        Text("单", "orders"), 0.055, 0.11,
        lambda of, data: customers.repeats(52, of.truth.r, of.truth.alpha, of.truth.a, of.truth.b),
        customers.repeats_in_a_year, customers.repeats_in_a_year_naive,
    ),
    Question(
        "still_alive", "customers",
        lambda data: Text(
            "顾客 {who} 下过 6 单，此后已有 {weeks} 周没有下单。这位顾客还会再来的可能性有多大？请写成小数。",
            "Customer {who} has placed six orders, and none for {weeks:week}. How likely is it that the customer still comes? Write it as a decimal.",
        ).fill(who=str(customers.quiet(data).shopper), weeks=round(customers.quiet(data).age - customers.quiet(data).recency)),
        Text(
            "算“常客这么久不来的可能性”，回答的是另一个问题。",
            "How likely a customer who still comes is to be silent for so long is another question.",
        ),
        Text("小数", "as a decimal"), 0.018, 0.036, answers.still_alive, customers.still_alive, customers.still_alive_naive, absolute=True,
    ),
    Question(
        "orders_of_the_best", "customers",
        lambda data: Text(
            "下单最多的 1,000 位顾客，今后四个平常的星期里预计一共还会下多少单？",
            "How many orders are the 1,000 customers with the most orders expected to place, in all, within the next four ordinary weeks?",
        ),
        Text("按他们以往的速度算，等于当作谁也没有流失。", "At the pace at which they have come so far: as if none of them had left."),
        Text("单", "orders"), 0.016, 0.032, answers.orders_of_the_best, customers.orders_of_the_best, customers.orders_of_the_best_naive,
    ),
    Question(
        "next_line", "customers",
        lambda data: Text(
            "顾客 {who} 一共买过 4 行商品，共 {pieces} 件。预计下一行会买几件？",
            "Customer {who} has bought four lines of goods with {pieces:piece} in all. How many pieces do you expect in the next line?",
        ).fill(who=str(customers.whom(data).shopper), pieces=int(customers.whom(data).further) + 4),
        Text("直接用这位顾客自己的平均数，等于把四次的运气当成习惯。", "The customer's own mean takes the luck of four lines for a habit."),
        _PIECES, 0.053, 0.106, answers.next_line, customers.next_line, customers.next_line_naive,
    ),
    Question(
        "bulk_order", "customers",
        lambda data: Text(
            "采购单位 {who} 下过两次批量订单，不含税共 {total} 元。预计它的下一单不含税是多少元？",
            "The bulk buyer {who} has placed two orders, which came to {total} CNY in all, without tax. How much do you expect its next order to come to, "
            "without tax?",
        ).fill(who=str(customers.bulk_buyer(data).purchaser), total=f"{customers.bulk_buyer(data).total:,.2f}"),
        Text("直接用这家单位自己的平均数：两单都特别大，多半有运气。", "The buyer's own mean: two orders that large are luck in part."),
        Text("元", "CNY"), 0.027, 0.054, answers.bulk_order, customers.bulk_order, customers.bulk_order_naive,
    ),
    Question(
        "price_elasticity", "price",
        _of(price.category_of_prices, Text(
            "有的商店每周随机定价。按这些商店的数据，{of} 的价格弹性是多少？",
            "Some shops set their prices at random each week. By their data, what is the price elasticity of {of}?",
        )),
        Text("把贵的商品和便宜的商品相比：成本高的往往也更受欢迎。", "Expensive articles against cheap ones: what costs more to make is often better liked."),
        _EACH_PERCENT, 0.096, 0.192,
        answers.elasticity, price.price_elasticity, price.price_elasticity_naive,
    ),
    Question(
        "usual_elasticity", "price",
        _of(price.category_of_others, Text(
            "不随机定价的商店，价格跟着成本走。按这些商店的数据，{of} 的价格弹性是多少？",
            "In the shops that do not set prices at random, prices follow cost. By their data, what is the price elasticity of {of}?",
        )),
        Text("把贵的商品和便宜的商品相比：成本高的往往也更受欢迎。", "Expensive articles against cheap ones: what costs more to make is often better liked."),
        _EACH_PERCENT, 0.33, 0.66, answers.usual_elasticity, price.usual_elasticity, price.usual_elasticity_naive, absolute=True,
    ),
    Question(
        "how_wrong", "price",
        _of(price.category_of_others, Text(
            "在 {of} 的全部商店里，拿贵的商品和便宜的商品相比来估计弹性，会比真实的弹性小多少？",
            "In all shops with {of}: by how much does a comparison of expensive with cheap articles understate the price elasticity?",
        )),
        Text("标准误只说明数字有多精确，不说明它偏了多少。", "A standard error tells how precise a figure is, not how far off."),
        Text("弹性的单位", "in units of the elasticity"), 0.27, 0.54,
        lambda of, data: answers.usual_elasticity(of, data) + float(price.dear_against_cheap(data).params["price"]), price.how_wrong, price.how_wrong_naive,
    ),
    Question(
        "best_price", "price",
        lambda data: Text(
            "商品 {article} 上周的进价是每件 {cost} 元（不含税）。含 13% 增值税的售价定在多少，这种商品的毛利最大？竞争对手的价格不变。",
            "Article {article} cost {cost} CNY a piece last week, without tax. At which price, 13% value added tax included, is its gross profit greatest, "
            "if rivals keep their prices?",
        ).fill(article=price.article_to_price(data)[0], cost=f"{price.article_to_price(data)[1]:.2f}"),
        Text("用贵的和便宜的相比得出的弹性，会定得太高。", "The elasticity of expensive against cheap gives a price that is too high."),
        Text("元/件", "CNY a piece"), 0.11, 0.22,
        lambda of, data: price.best(price.article_to_price(data)[1], answers.usual_elasticity(of, data)), price.best_price, price.best_price_naive,
    ),
    Question(
        "from_own", "price",
        lambda data: Text(
            "{shop} 把商品 {article} 降价。多卖出的件数里，有多大比例是从它自己同类的其他商品那里抢来的？请写成小数。",
            "{shop} cuts the price of article {article}. Of the further pieces sold, what share would it have sold anyway, as other articles of the same "
            "category? Write it as a decimal.",
        ).fill(shop=price.shop_and_article(data)[0], article=price.shop_and_article(data)[1]),
        Text("多卖的并不都来自别的店。", "Not all further pieces come from other shops."),
        Text("小数", "as a decimal"), 0.32, 0.64, answers.from_own, price.from_own, price.from_own_naive,
    ),
    Question(
        "coupon_lift", "promotion",
        lambda data: Text(
            "优惠券使持券顾客那一周的订单增加了多大比例？请写成小数。",
            "By what share did the coupon raise the orders of its holders in that week? Write it as a decimal.",
        ),
        Text("和前一周比，季节的变化也算成了优惠券的功劳。", "Against the week before, the season is counted as the coupon's work."),
        Text("小数", "as a decimal"), 0.088, 0.176,
        lambda of, data: of.truth.coupon_lift, promotion.coupon_lift, promotion.coupon_lift_naive, absolute=True,
    ),
    Question(
        "aimed_lift", "promotion",
        lambda data: Text(
            "有些优惠券是定向发的：越新的顾客越容易拿到。它们使持券顾客那一周的订单增加了多大比例？请写成小数。",
            "Some coupons were aimed: the newer a customer, the more likely to get one. By what share did these raise the orders of their holders in that "
            "week? Write it as a decimal.",
        ),
        Text("拿到券的和没拿到的本来就不一样：券多半发给了正来得勤的新顾客。",
             "Who got one differs from who did not: most went to new customers, who come often anyway."),
        Text("小数", "as a decimal"), 0.172, 0.344, answers.aimed_lift, promotion.aimed_lift, promotion.aimed_lift_naive, absolute=True,
    ),
    Question(
        "next_coupons", "promotion",
        lambda data: Text(
            "定向活动那样的一周，再发 {n} 张券，发给三组顾客中的一组：初次光顾不到 8 周的、不到 26 周的、更早的。发给最合算的一组，能多带来多少单？",
            "{n} more coupons, for a week like those of the aimed ones, go to one of three groups: customers who came first less than 8 weeks ago, less than "
            "26, or earlier. How many orders do they bring in the group where they bring most?",
        ).fill(n=f"{promotion.TO_SEND:,}"),
        Text("买得最多的一组，没有券也会买。", "The group that buys most buys without a coupon, too."),
        Text("单", "orders"), 0.325, 0.65, answers.next_coupons, promotion.next_coupons, promotion.next_coupons_naive,
    ),
    Question(
        "wanted", "stock",
        _of(stock.category_of_stock, Text(
            "顾客一共想买多少件 {of}？卖出的和因缺货没卖成的都算，只算完整的周。",
            "How many pieces of {of} were asked for in all, those included that were not there? Count whole weeks only.",
        )),
        Text("卖出的不等于想买的；丢开缺货的日子也不行，那些正是需求大的日子。",
             "Sales are not demand; and to leave out sold-out days leaves out the days of great demand."),
        _PIECES, 0.0056, 0.0112, answers.wanted, stock.wanted, stock.wanted_naive,
    ),
    Question(
        "reorder_point", "stock",
        lambda data: Text(
            "商品 {article} 从订货到到货要 {days} 天。剩下多少件时就要订货，才能在 95% 的情况下卖到到货也不缺？按每天想买的件数算，没买到的也算，只计整周。",
            "Article {article} takes {days:day} from the order to the delivery. With how many pieces left must it be ordered, so that they last until then in "
            "95% of all cases? Go by what was asked for each day, what was not there included, and count whole weeks only.",
        ).fill(article=stock.article_to_reorder(data), days=stock.LEAD),
        Text("按平均每天的销量算，差不多每两次到货前就有一次缺货。", "By the mean of a day's sales it runs out before about every second delivery."),
        _PIECES, 0.058, 0.116, answers.reorder_point, stock.reorder_point, stock.reorder_point_naive,
    ),
    Question(
        "new_year", "stock",
        lambda data: Text(
            "从 {first} 到 {last}，也就是春节前后的两周，一天的订单相当于平日的多大比例？节前备货的四周不算平日，优惠券带来的订单不计。请写成小数。",
            "From {first} to {last}, the fortnight of the lunar New Year, a day had what share of an ordinary day's orders? The four weeks before, in which "
            "people stock up, are not ordinary, and orders that a coupon brought do not count. Write it as a decimal.",
        ).fill(first=stock.fortnight(data)[0].isoformat(), last=stock.fortnight(data)[1].isoformat()),
        Text("上一年的同一天不是那一年的春节，那时的顾客也少。", "The same dates of the year before were not New Year, and there were fewer customers then."),
        Text("小数", "as a decimal"), 0.145, 0.29, lambda of, data: of.truth.new_year, stock.new_year, stock.new_year_naive,
    ),
    Question(
        "fifo_stock", "stock",
        lambda data: Text(
            "{shop} 按移动加权平均计价。如果它从第一天起就按先进先出计价，最后一天的存货会多值多少元？少了就写负数。",
            "{shop} values its goods at moving average. If it had valued them first in, first out from the first day on, how much more would its stock be "
            "worth on the last day? Write a negative number if it is less.",
        ).fill(shop=stock.shop_at_average(data)),
        Text("剩下的货不都是最后一批，退回来的货又按卖出时的成本回来。",
             "Not all that is left came with the last delivery, and goods sent back return at what they had cost when they were sold."),
        Text("元，精确到分", "CNY, to the fen"), 0.05, 0.5, answers.fifo_stock, stock.fifo_stock, stock.fifo_stock_naive, absolute=True,
    ),
    Question(
        "return_share", "delivery",
        _of(delivery.category_of_returns, Text(
            "{of} 售出后有多大比例会退回？请写成小数。", "What share of the lines of {of} comes back? Write it as a decimal.",
        )),
        Text("最近卖出的还来不及退回。", "What was sold of late has had no time to come back."),
        Text("小数", "as a decimal"), 0.015, 0.03,
        lambda of, data: answers.category(of.truth, delivery.category_of_returns(data))[5], delivery.return_share, delivery.return_share_naive, absolute=True,
    ),
    Question(
        "days_for_most", "delivery",
        lambda data: Text(
            "平日里，{carrier} 发往广东（44）的包裹，95% 会在几天之内送到？",
            "On ordinary days, within how many days do 95% of the parcels by {carrier} to Guangdong (44) arrive?",
        ).fill(carrier=_split(delivery.fastest_carrier(data))),
        Text("均值加两倍标准差，等于当作天数两边对称。", "Mean plus two standard deviations: as if days lay evenly to both sides."),
        Text("天（可带小数）", "days, with decimals"), 0.065, 0.13,
        lambda of, data: answers.days_of(of.truth, delivery.fastest_carrier(data)), delivery.days_for_most, delivery.days_for_most_naive,
    ),
    Question(
        "longer_at_equal_distance", "delivery",
        lambda data: Text(
            "距离相同时，{far} 的包裹平均比 {other} 的多走几天？各省按它在全部包裹中的比例计算，只算平日。更快就写负数。",
            "At equal distance, how many days longer are the parcels of {far} under way than those of {other}, on average? Each province counts with its share "
            "of all parcels, on ordinary days. Write a negative number if they are faster.",
        ).fill(far=_split(delivery.two_carriers(data)[0]), other=_split(delivery.two_carriers(data)[1])),
        Text("直接比平均数，等于怪它去的地方远。", "The bare means blame a carrier for how far its parcels have to go."),
        Text("天（可带小数）", "days, with decimals"), 0.091, 0.182,
        answers.longer_at_equal_distance, delivery.longer_at_equal_distance, delivery.longer_at_equal_distance_naive, absolute=True,
    ),
    Question(
        "never_paid", "receivables",
        lambda data: Text(
            "货到付款且没有退货的订单，有多大比例永远收不到钱？请写成小数。",
            "Of the orders to be paid at the door that were kept, what share is never paid? Write it as a decimal.",
        ),
        Text("今天没付的，大多只是还没付。", "What is unpaid today is mostly only late."),
        Text("小数", "as a decimal"), 0.0068, 0.0136,
        lambda of, data: of.truth.never_paid, receivables.never_paid, receivables.never_paid_naive, absolute=True,
    ),
    Question(
        "brought_by_search", "marketing",
        lambda data: Text(
            "新顾客里有多大比例是搜索广告（search）带来的，也就是没有它就不会来？请写成小数。",
            "What share of the new customers did search advertisements bring, in that they would not have come without? Write it as a decimal.",
        ),
        Text("当天在当地投了广告，不等于来的人都是广告带来的。", "Not everybody who comes where something is advertised comes because of it."),
        Text("小数", "as a decimal"), 0.02, 0.04, answers.brought_by_search, marketing.brought_by_search, marketing.brought_by_search_naive, absolute=True,
    ),
)}  # fmt: skip


def question(name: str) -> Question:
    """Refuses 'no_market_question'."""
    if name not in QUESTIONS:
        raise NO_MARKET_QUESTION("question", name=str(name)[:40], known=", ".join(QUESTIONS))
    return QUESTIONS[name]


def read_truth(folder: Path) -> Known:
    """What `ecomlab simulate --truth` wrote. Refuses 'no_truth_there'."""
    try:
        record = from_json((folder / "parameters.json").read_text("utf-8"))
        given = {f.name: _frozen(record[f.name]) for f in fields(Truth)}
        return Known(Truth(**{**given, "start": datetime.date.fromisoformat(given["start"])}), str(record["digest"]), folder)
    except (OSError, ValueError, KeyError, TypeError):
        raise NO_TRUTH("truth", path=folder) from None


def _frozen(value: Any) -> Any:
    return tuple(_frozen(v) for v in value) if isinstance(value, list) else value


def large_enough(data: Any) -> None:
    """Refuses 'market_too_small' for a market of too few orders to be asked about, and 'market_too_short' for one of too few days."""
    if (orders := data.about.get("orders", LEAST)) < LEAST:
        raise TOO_SMALL(orders=orders, least=LEAST)
    if (days := data.about.get("days", LEAST_DAYS)) < LEAST_DAYS:
        raise TOO_SHORT(days=days, least=LEAST_DAYS)


def verdict(data: Any, name: str, answer: float, truth: Path) -> Verdict:
    """What an answer is worth: "right", "near" or "off"; it never tells the truth. truth: the folder of the parameters of this very market.

    Refuses 'no_market_question', 'no_truth_there', 'other_truth', 'market_too_small', 'market_too_short'.
    """
    asked, known = question(name), read_truth(truth)
    large_enough(data)
    if data.about.get("digest") != known.digest:
        raise OTHER_TRUTH("truth", path=truth)
    return asked.judge(float(answer), asked.truth(known, data))
