"""Questions on a market, each with what is true, how it is found and which way suggests itself and is wrong.

What is true follows from the parameters (`truth`), which stay with the teacher, and in part from the data: whom or which article is asked about.
`right` and `near` say how far an answer may be off. They are the largest error that the estimator made on a hundred markets of 100,000 orders
(seeds "market-0" to "market-99"), rounded up, and twice that; the naive answer was never right there (`tests/test_market_questions.py` repeats
some of them, `make test-all` more).
"""

from __future__ import annotations

import datetime
import math
from collections.abc import Callable
from dataclasses import dataclass, fields
from pathlib import Path
from statistics import NormalDist
from typing import Any, Literal

from ..kernel.foreign import from_json
from ..kernel.refusals import refusal
from ..kernel.texts import Text
from . import estimators
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

Verdict = Literal["right", "near", "off"]


@dataclass(frozen=True)
class Question:
    """A question to the data of a market.

    asks: its text, given the data. unit: in words. right, near: the largest error, relative to the truth or, where `absolute`, in the unit. truth,
    estimate, naive: the number itself, found from the parameters, from the data, and from the data in the way that suggests itself.
    """

    name: str
    asks: Callable[[Any], Text]
    trap: Text
    unit: Text
    right: float
    near: float
    truth: Callable[[Truth, Any], float]
    estimate: Callable[[Any], float]
    naive: Callable[[Any], float]
    absolute: bool = False

    def judge(self, answer: float, truth: float) -> Verdict:
        """What an answer is worth."""
        off = abs(answer - truth) if self.absolute else abs(answer / truth - 1)
        return "right" if off <= self.right else "near" if off <= self.near else "off"


def _category(truth: Truth, name: str) -> tuple[str, str, float, float, float, float, float]:
    return next(c for c in truth.categories if f"{c[0]} {c[1]}" == name)


def _next_line(truth: Truth, data: Any) -> float:
    one = estimators.whom(data)
    return float(1 + (truth.pieces_shape + one.further) / (truth.pieces_rate + one.lines))


def _days(truth: Truth, data: Any) -> float:
    _, mean, spread = next(c for c in truth.carriers if c[0] == estimators.fastest_carrier(data))
    return math.exp(mean + NormalDist().inv_cdf(0.95) * spread)


def _split(name: str) -> Text:
    """A name in both languages, as the market writes it: Chinese, a space, English."""
    return Text(*name.split(" ", 1))


def _of(finds: Callable[[Any], str], text: Text) -> Callable[[Any], Text]:
    return lambda data: text.fill(of=_split(finds(data)))


_PIECES = Text("件", "pieces")
_EACH_PERCENT = Text("价格每高 1%，销量少百分之几", "percent fewer pieces at a price higher by 1%")

QUESTIONS: dict[str, Question] = {q.name: q for q in (
    Question(
        "purchase_rate",
        lambda data: Text(
            "一位还没有流失的顾客平均每周下多少单？",
            "How many orders does a customer place in a week, on average, as long as the customer has not left for good?",
        ),
        Text("用全部重复订单除以全部周数，等于当作谁也没有流失。", "All repeat orders divided by all weeks: as if nobody had ever left."),
        Text("单/周", "orders a week"), 0.05, 0.10,
        lambda truth, data: truth.r / truth.alpha, estimators.purchase_rate, estimators.purchase_rate_naive,
    ),
    Question(
        "repeats_in_a_year",
        lambda data: Text("一位新顾客在以后 52 周内预计还会下多少单？", "How many more orders is a new customer expected to place within the next 52 weeks?"),
        Text("只算回来过的顾客，就漏掉了再也没回来的人。", "The mean of those who came back leaves out all who did not."),
        Text("单", "orders"), 0.05, 0.10,
        lambda truth, data: estimators.repeats(52, truth.r, truth.alpha, truth.a, truth.b), estimators.repeats_in_a_year, estimators.repeats_in_a_year_naive,
    ),
    Question(
        "next_line",
        lambda data: Text(
            "顾客 {who} 一共买过 4 行商品，共 {pieces} 件。预计下一行会买几件？",
            "Customer {who} has bought four lines of goods with {pieces:piece} in all. How many pieces do you expect in the next line?",
        ).fill(who=str(estimators.whom(data).shopper), pieces=int(estimators.whom(data).further) + 4),
        Text("直接用这位顾客自己的平均数，等于把四次的运气当成习惯。", "The customer's own mean takes the luck of four lines for a habit."),
        _PIECES, 0.04, 0.08, _next_line, estimators.next_line, estimators.next_line_naive,
    ),
    Question(
        "price_elasticity",
        _of(estimators.category_of_prices, Text(
            "有的商店每周随机定价。按这些商店的数据，{of} 的价格弹性是多少？",
            "Some shops set their prices at random each week. By their data, what is the price elasticity of {of}?",
        )),
        Text("把贵的商品和便宜的商品相比：成本高的往往也更受欢迎。", "Expensive articles against cheap ones: what costs more to make is often better liked."),
        _EACH_PERCENT, 0.125, 0.25,
        lambda truth, data: _category(truth, estimators.category_of_prices(data))[6],
        estimators.price_elasticity, estimators.price_elasticity_naive,
    ),
    Question(
        "coupon_lift",
        lambda data: Text(
            "优惠券使持券顾客那一周的订单增加了百分之几？请写成小数。",
            "By what share did the coupon raise the orders of its holders in that week? Write it as a decimal.",
        ),
        Text("和前一周比，季节的变化也算成了优惠券的功劳。", "Against the week before, the season is counted as the coupon's work."),
        Text("小数", "as a decimal"), 0.085, 0.17,
        lambda truth, data: truth.coupon_lift, estimators.coupon_lift, estimators.coupon_lift_naive, absolute=True,
    ),
    Question(
        "return_share",
        _of(estimators.category_of_returns, Text(
            "{of} 售出后有多大比例会退回？请写成小数。", "What share of the lines of {of} comes back? Write it as a decimal.",
        )),
        Text("最近卖出的还来不及退回。", "What was sold of late has had no time to come back."),
        Text("小数", "as a decimal"), 0.015, 0.03,
        lambda truth, data: _category(truth, estimators.category_of_returns(data))[5], estimators.return_share, estimators.return_share_naive, absolute=True,
    ),
    Question(
        "days_for_most",
        lambda data: Text(
            "平日里，{carrier} 发往广东（44）的包裹，95% 会在几天之内送到？",
            "On ordinary days, within how many days do 95% of the parcels by {carrier} to Guangdong (44) arrive?",
        ).fill(carrier=_split(estimators.fastest_carrier(data))),
        Text("均值加两倍标准差，等于当作天数两边对称。", "Mean plus two standard deviations: as if days lay evenly to both sides."),
        Text("天（可带小数）", "days, with decimals"), 0.05, 0.10, _days, estimators.days_for_most, estimators.days_for_most_naive,
    ),
    Question(
        "never_paid",
        lambda data: Text(
            "货到付款且没有退货的订单，有多大比例永远收不到钱？请写成小数。",
            "Of the orders to be paid at the door that were kept, what share is never paid? Write it as a decimal.",
        ),
        Text("今天没付的，大多只是还没付。", "What is unpaid today is mostly only late."),
        Text("小数", "as a decimal"), 0.005, 0.01,
        lambda truth, data: truth.never_paid, estimators.never_paid, estimators.never_paid_naive, absolute=True,
    ),
)}  # fmt: skip


def question(name: str) -> Question:
    """Refuses 'no_market_question'."""
    if name not in QUESTIONS:
        raise NO_MARKET_QUESTION("question", name=str(name)[:40], known=", ".join(QUESTIONS))
    return QUESTIONS[name]


def read_truth(folder: Path) -> tuple[Truth, str]:
    """The parameters that `ecomlab simulate --truth` wrote, and the digest of their market. Refuses 'no_truth_there'."""
    try:
        record = from_json((folder / "parameters.json").read_text("utf-8"))
        known = {f.name: _frozen(record[f.name]) for f in fields(Truth)}
        return Truth(**{**known, "start": datetime.date.fromisoformat(known["start"])}), str(record["digest"])
    except (OSError, ValueError, KeyError, TypeError):
        raise NO_TRUTH("truth", path=folder) from None


def _frozen(value: Any) -> Any:
    return tuple(_frozen(v) for v in value) if isinstance(value, list) else value


def verdict(data: Any, name: str, answer: float, truth: Path) -> Verdict:
    """What an answer is worth: "right", "near" or "off"; it never tells the truth. truth: the folder of the parameters of this very market.

    Refuses 'no_market_question', 'no_truth_there', 'other_truth'.
    """
    asked = question(name)
    known, digest = read_truth(truth)
    if data.about.get("digest") != digest:
        raise OTHER_TRUTH("truth", path=truth)
    return asked.judge(float(answer), asked.truth(known, data))
