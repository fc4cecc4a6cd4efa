"""The reports: each one SQL file in `sql/`, its columns and their units, and its conditions."""

from __future__ import annotations

import calendar
import datetime
import functools
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.resources import files
from typing import Any

from ..books.periods import check_period
from ..kernel.refusals import refusal
from ..kernel.texts import Text

UNKNOWN_REPORT = refusal("unknown_report", "没有名为“{name}”的报表。请选择：{known}。", "There is no report {name}. Choose one of: {known}.")
UNKNOWN_CONDITION = refusal(
    "unknown_condition",
    "报表“{report}”没有“{name}”这一条件。请选择：{known}。",
    "The report {report} has no condition {name}. Choose one of: {known}.",
)
NOT_A_MONTH = refusal("not_a_month", "这不是月份。请填写年和月，例如 2026-09。", "This is not a month. Enter year and month, such as 2026-09.")
NOT_A_DAY = refusal("not_a_day", "这不是日期。请填写年月日，例如 2026-09-20。", "This is not a day. Enter year, month and day, such as 2026-09-20.")
NO_SUCH_GROUPING = refusal(
    "no_such_grouping",
    "报表“{report}”不能按“{by}”汇总。请选择：{known}。",
    "The report {report} cannot be summed by {by}. Choose one of: {known}.",
)


@dataclass(frozen=True)
class Total:
    """What a column of a report comes to, over all of its rows or those in which `only` (a column and its value) holds: the balance of accounts.

    sign: -1 where the report shows a credit as positive. running: each row says what there is, so the last one is the total.
    """

    column: str
    accounts: tuple[str, ...]
    sign: int = 1
    only: tuple[str, str] | None = None
    running: bool = False


@dataclass(frozen=True)
class Report:
    """A report: its SQL file, its columns with their units, and by what it can be summed up (`$by`), the default first.

    package: where its SQL lies, in `sql/`; a report of a module's reads the module's tables, and belongs to worlds and sets that have them.
    fixed: parameters of its SQL that make this report of it. conditions: the others, each None (all) unless it is given.
    totals: the accounts that its columns must come to, without conditions (`agreement`); a report about a part of what the books hold has none.
    """

    name: str
    title: Text
    columns: Mapping[str, str]
    file: str = ""
    by: tuple[str, ...] = ()
    fixed: Mapping[str, Any] = field(default_factory=dict)
    totals: tuple[Total, ...] = ()
    package: str = __package__

    @property
    def module(self) -> str:
        """Whose report it is: a module's, or "report" for one on the books."""
        return "report" if self.package == __package__ else self.package.rpartition(".")[2]

    @functools.cached_property
    def sql(self) -> str:
        """The text of the SQL, comments and all."""
        return (files(self.package) / "sql" / f"{self.file or self.name}.sql").read_text("utf-8")

    @functools.cached_property
    def conditions(self) -> tuple[str, ...]:
        """The names of its parameters, in the order in which the SQL has them."""
        bare = re.sub(r"--.*", "", self.sql)
        return tuple(n for n in dict.fromkeys(re.findall(r"\$([a-z_]+)", bare)) if n not in self.fixed)

    def parameters(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """All parameters of the SQL. given: conditions by name; days as dates or ISO text. Raises a Refusal at the wrong one."""
        known, given = self.conditions, self.with_period(given)
        for name in given:
            if name not in known:
                raise UNKNOWN_CONDITION(name, report=self.title, name=name, known=", ".join(known))
        made: dict[str, Any] = {name: given.get(name) for name in known} | dict(self.fixed)
        made |= {name: _day(name, made[name]) for name in ("start", "end") if name in made}
        check_period(made.get("start"), made.get("end"), "end")
        if self.by:
            made["by"] = made["by"] or self.by[0]
            if made["by"] not in self.by:
                raise NO_SUCH_GROUPING("by", report=self.title, by=made["by"], known=", ".join(self.by))
        return made

    def with_period(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """The conditions with `month="2026-09"`, if it is among them, turned into those of the days that the report knows."""
        made = dict(given)
        if (month := made.pop("month", None)) is not None:
            made |= {name: day for name, day in zip(("start", "end"), month_of(month), strict=True) if name in self.conditions}
        return made

    def named(self, by: str | None = None) -> dict[str, str]:
        """The columns of its DataFrame and their units: what it is summed by says what it is, `month` or `product` and `product_name`."""
        by = by or next(iter(self.by), None)
        if by is None or "group_key" not in self.columns:
            return dict(self.columns)
        names = {f"{by}_name": "text"} if by in _NAMED else {}
        return {by: _GROUPED.get(by, "text"), **names, **{name: unit for name, unit in self.columns.items() if name not in _GROUP}}


def _day(name: str, value: Any) -> datetime.date | None:
    if value is None or value == "":
        return None
    if isinstance(value, datetime.datetime):
        return value.date()
    if isinstance(value, datetime.date):
        return value
    try:
        return datetime.date.fromisoformat(value)
    except (TypeError, ValueError):
        raise NOT_A_DAY(name) from None


def month_of(text: Any) -> tuple[datetime.date, datetime.date]:
    """First and last day of a month written as 2026-09. Refuses 'not_a_month'."""
    match = re.fullmatch(r"(\d{4})-(\d{1,2})", text) if isinstance(text, str) else None
    if match is None or not (1 <= int(match[2]) <= 12 and int(match[1]) >= 1):
        raise NOT_A_MONTH("month")
    year, month = int(match[1]), int(match[2])
    return datetime.date(year, month, 1), datetime.date(year, month, calendar.monthrange(year, month)[1])


_MOVED = {
    "opening_quantity": "pieces", "opening_value": "CNY", "in_quantity": "pieces", "in_value": "CNY", "out_quantity": "pieces", "out_value": "CNY",
    "closing_quantity": "pieces", "closing_value": "CNY",
}  # fmt: skip
_PRODUCT = {"product": "text", "product_name": "text", "product_category": "text"}
#: In the SQL, and so in a Table, every group has these two; in a DataFrame they have names of their own (`Report.named`).
_GROUP = {"group_key": "text", "group_name": "text"}
#: Groups that are more than text, and those that have a name beside their key.
_GROUPED = {"day": "day", "month": "month", "channel": "class"}
_NAMED = frozenset({"product", "place", "owner", "buyer", "other_party", "account", "carrier", "shipper", "advertisement"})
_OPEN = {
    "owner": "text", "other_party": "text", "other_party_name": "text", "document": "text", "day": "day", "due_day": "day", "amount": "CNY",
    "settled_amount": "CNY", "open_amount": "CNY", "age": "number", "days_0_30": "CNY", "days_31_60": "CNY", "days_61_90": "CNY", "days_over_90": "CNY",
}  # fmt: skip
_SETTLED = {
    "other_party": "text", "other_party_name": "text", "items": "number", "settled_amount": "CNY", "days_to_pay": "days", "late_amount": "CNY",
    "late_share": "ratio", "days_late": "days",
}  # fmt: skip

#: Money: in the till, at the bank, and on its way from card terminals.
CASH = ("1001", "1002", "1012")
_ON_HAND, _ALL_STOCK, _COST_OF_SALES = ("1405",), ("1405", "1406"), ("6401",)
_RESULT = ("6001", "6021", "6051", "6301", "6401", "6601", "6602", "6603", "6711")

REPORTS: dict[str, Report] = {
    r.name: r
    for r in (
        Report(
            "stock_movement", Text("进销存表", "Stock movement"), {**_GROUP, **_MOVED}, by=("product", "product_category", "place", "owner"),
            totals=(Total("closing_value", _ON_HAND),),
        ),
        Report(
            "operating_results", Text("经营状况表（利润表）", "Income statement"),
            {"result_line": "class", "accounts": "text", "amount": "CNY", "share_of_revenue": "ratio"},
            totals=(Total("amount", _RESULT, -1, only=("result_line", "profit")),),
        ),
        Report(
            "cost", Text("成本表", "Cost by product"),
            {
                **_PRODUCT, "opening_quantity": "pieces", "opening_value": "CNY", "received_quantity": "pieces", "received_value": "CNY",
                "sold_quantity": "pieces", "cost_of_sales": "CNY", "returned_quantity": "pieces", "returned_cost": "CNY", "lost_quantity": "pieces",
                "loss": "CNY", "rounding": "CNY", "closing_quantity": "pieces", "closing_value": "CNY", "unit_cost": "CNY",
            },
            totals=(Total("cost_of_sales", _COST_OF_SALES), Total("closing_value", _ALL_STOCK)),
        ),
        Report(
            "profit", Text("商品毛利表", "Gross profit by product"),
            {**_GROUP, "quantity": "pieces", "revenue": "CNY", "cost": "CNY", "gross_profit": "CNY", "gross_margin": "ratio", "revenue_share": "ratio"},
            by=("product", "product_category", "month", "day", "buyer", "channel", "owner"),
            totals=(Total("revenue", ("6001",), -1), Total("cost", _COST_OF_SALES)),
        ),
        Report(
            "payables", Text("应付款明细", "Payables"), _OPEN, file="open_items", fixed={"account": "2202"},
            totals=(Total("open_amount", ("2202",), -1),),
        ),
        Report(
            "receivables", Text("应收款明细", "Receivables"), _OPEN, file="open_items", fixed={"account": "1122"},
            totals=(Total("open_amount", ("1122",)),),
        ),
        Report(
            "cash_flow", Text("现金收支表", "Cash flow"), {**_GROUP, "receipts": "CNY", "payments": "CNY", "net_cash": "CNY"},
            by=("account", "other_party", "day", "month", "owner"), totals=(Total("net_cash", CASH),),
        ),
        Report(
            "inventory", Text("库存明细", "Inventory"),
            {
                "owner": "text", "place": "text", "place_name": "text", **_PRODUCT, "on_hand": "pieces", "in_transit": "pieces", "unit_cost": "CNY",
                "value": "CNY",
            },
            totals=(Total("value", _ON_HAND),),
        ),
        Report(
            "value_over_time", Text("库存价值走势", "Inventory value over time"),
            {"day": "day", "in_value": "CNY", "out_value": "CNY", "closing_quantity": "pieces", "closing_value": "CNY"},
            totals=(Total("closing_value", _ON_HAND, running=True),),
        ),
        Report(
            "turnover", Text("库存周转", "Inventory turnover"),
            {
                **_PRODUCT, "days": "number", "sold_quantity": "pieces", "cost_of_sales": "CNY", "mean_value": "CNY", "closing_quantity": "pieces",
                "closing_value": "CNY", "turns": "ratio", "days_in_stock": "days", "days_of_cover": "days",
            },
            totals=(Total("cost_of_sales", _COST_OF_SALES), Total("closing_value", _ALL_STOCK)),
        ),
        Report(
            "customers", Text("客户价值（RFM）", "Customer value (RFM)"),
            {
                "buyer": "text", "buyer_name": "text", "last_day": "day", "recency": "number", "frequency": "number", "monetary": "CNY",
                "recency_score": "number", "frequency_score": "number", "monetary_score": "number", "rfm": "text",
            },
        ),
        Report(
            "product_abc", Text("商品 ABC 分类", "ABC classes of products"),
            {
                "rank": "number", **_PRODUCT, "quantity": "pieces", "revenue": "CNY", "gross_profit": "CNY", "revenue_share": "ratio",
                "cumulative_share": "ratio", "abc_class": "class",
            },
        ),
        Report(
            "product_xyz", Text("商品 XYZ 分类", "XYZ classes of products"),
            {
                **_PRODUCT, "weeks": "number", "quantity": "pieces", "weekly_mean": "ratio", "weekly_deviation": "ratio", "variation": "ratio",
                "xyz_class": "class",
            },
        ),
        Report(
            "cohorts", Text("客户留存", "Cohorts of customers"),
            {"cohort": "month", "months_since": "number", "customers": "number", "buyers": "number", "retention": "ratio", "revenue": "CNY"},
        ),
        Report(
            "returns", Text("退货情况", "Returns"),
            {
                **_GROUP, "sold_quantity": "pieces", "returned_quantity": "pieces", "return_rate": "ratio", "sold_revenue": "CNY",
                "returned_revenue": "CNY", "returned_cost": "CNY", "net_revenue": "CNY",
            },
            by=("product", "product_category", "month", "buyer", "channel", "owner"), totals=(Total("net_revenue", ("6001",), -1),),
        ),
        Report(
            "purchase_price", Text("采购价差", "Purchase price variance"),
            {
                **_PRODUCT, "received_quantity": "pieces", "received_value": "CNY", "actual_cost": "CNY", "standard_cost": "CNY",
                "price_variance": "CNY", "variance_rate": "ratio",
            },
        ),
        Report("collection_days", Text("回款天数", "Days until customers pay"), _SETTLED, file="settled_items", fixed={"account": "1122"}),
        Report("payment_days", Text("付款天数", "Days until suppliers are paid"), _SETTLED, file="settled_items", fixed={"account": "2202"}),
        Report(
            "cash_cycle", Text("现金周转期", "Cash conversion cycle"),
            {
                "month": "month", "days": "number", "revenue": "CNY", "cost_of_sales": "CNY", "receivables": "CNY", "inventory": "CNY", "payables": "CNY",
                "days_of_sales": "days", "days_in_stock": "days", "days_of_purchases": "days", "cash_cycle": "days",
            },
            totals=(
                Total("revenue", ("6001",), -1), Total("cost_of_sales", _COST_OF_SALES), Total("receivables", ("1122",), running=True),
                Total("inventory", _ALL_STOCK, running=True), Total("payables", ("2202",), -1, running=True),
            ),
        ),
    )
}  # fmt: skip


#: Reports that modules have declared on tables of their own, by name.
OF_MODULES: dict[str, Report] = {}


def declare(made: Report) -> None:
    """Registers a report of a module's, whose query has the same name there."""
    if made.name in REPORTS or made.name in OF_MODULES:
        raise ValueError(f"the report {made.name} is declared twice")
    OF_MODULES[made.name] = made


def report(name: str) -> Report:
    """The report of that name. Refuses 'unknown_report'."""
    if found := REPORTS.get(name) or OF_MODULES.get(name):
        return found
    raise UNKNOWN_REPORT("name", name=str(name)[:40], known=", ".join([*REPORTS, *OF_MODULES]))
