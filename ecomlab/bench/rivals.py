"""The reports once more, in pandas and in Polars, as somebody would write them who starts from the same tables.

They are what `bench_reports` measures against. Both take the tables as data frames with floats for amounts, and give what
our report gives; the benchmark compares the totals before it believes a time.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Tables = dict[str, Any]
#: The tables and columns that the reports read.
NEEDED = {
    "product": "gtin, name, product_category",
    "stock_place": "number, name",
    "member": "number, name",
    "stock_movement": "kind, day, owner, place, product, side, quantity, value",
    "ledger_entry": "number, day, document",
    "posting": "entry, owner, account, sub, amount",
    "ledger_account": "account, class",
    "sale_line": "day, document, seller, buyer, product, quantity, revenue, cost",
    "due_line": "document, item, due_day",
}
#: The lines of the operating results and the accounts that each adds up.
RESULTS = [
    ("sales_revenue", ["6001"]), ("fee_income", ["6021"]), ("cost_of_sales", ["6401"]), ("gross_profit", ["6001", "6021", "6401"]),
    ("selling_expenses", ["6601"]), ("administrative_expenses", ["6602"]), ("financial_expenses", ["6603"]),
    ("operating_profit", ["6001", "6021", "6401", "6601", "6602", "6603"]), ("losses", ["6711"]),
    ("profit", ["6001", "6021", "6401", "6601", "6602", "6603", "6711"]),
]  # fmt: skip
BUCKETS = (("days_0_30", 0, 30), ("days_31_60", 31, 60), ("days_61_90", 61, 90), ("days_over_90", 91, 10**6))


def in_pandas() -> dict[str, Callable[[Tables], Any]]:
    """Every report as a function of the tables, in pandas."""
    import numpy as np
    import pandas as pd

    def stock_movement(t: Tables) -> Any:
        m = t["stock_movement"]
        m = m[m.side == "on_hand"]
        came = m.quantity > 0
        parts = {"in": m[came], "out": m[~came]}
        out = m.groupby("product")[["quantity", "value"]].sum().rename(columns=lambda c: f"closing_{c}")
        for name, part in parts.items():
            sums = part.groupby("product")[["quantity", "value"]].sum() * (1 if name == "in" else -1)
            out = out.join(sums.rename(columns=lambda c, name=name: f"{name}_{c}"))
        return out.fillna(0).reset_index().merge(t["product"], left_on="product", right_on="gtin").sort_values("product")

    def operating_results(t: Tables) -> Any:
        p = t["posting"].merge(t["ledger_account"], on="account")
        totals = -p[p["class"].isin(["revenue", "expense"])].groupby("account").amount.sum()
        return pd.DataFrame([(line, totals.reindex(accounts).sum()) for line, accounts in RESULTS], columns=["result_line", "amount"])

    def cost(t: Tables) -> Any:
        m = t["stock_movement"]
        m = m[~m.kind.isin(["transfer_out", "transfer_in"])]
        sold = m[m.kind.isin(["issue", "delivery"])].groupby("product")[["quantity", "value"]].sum()
        received = m[m.kind == "receipt"].groupby("product")[["quantity", "value"]].sum()
        out = m.groupby("product")[["quantity", "value"]].sum().rename(columns={"quantity": "closing_quantity", "value": "closing_value"})
        out["cost_of_sales"], out["received_value"] = -sold.value, received.value
        out["unit_cost"] = (out.closing_value / out.closing_quantity.replace(0, np.nan)).round(6)
        return out.reset_index().merge(t["product"], left_on="product", right_on="gtin").sort_values("product")

    def profit(t: Tables) -> Any:
        out = t["sale_line"].groupby("product")[["quantity", "revenue", "cost"]].sum().reset_index().merge(t["product"], left_on="product", right_on="gtin")
        out["gross_profit"] = out.revenue - out.cost
        out["margin"], out["revenue_share"] = out.gross_profit / out.revenue, out.revenue / out.revenue.sum()
        return out.sort_values("revenue", ascending=False)

    def open_items(t: Tables, account: str, sign: int) -> Any:
        p = t["posting"][t["posting"].account == account].merge(t["ledger_entry"], left_on="entry", right_on="number")
        p["amount"] *= sign
        p = p.merge(t["due_line"], on="document", how="left")
        p["document"] = p["item"].fillna(p.document)
        keys = ["owner", "sub", "document"]
        items = p.groupby(keys).agg(day=("day", "min"), due_day=("due_day", "max"), open_amount=("amount", "sum")).reset_index()
        items = items[items.open_amount.abs() > 0.004]
        age = (t["ledger_entry"].day.max() - items.day).dt.days
        for name, least, most in BUCKETS:
            items[name] = items.open_amount.where(age.between(least, most), 0.0)
        return items.merge(t["member"], left_on="sub", right_on="number", how="left").sort_values(["owner", "day", "sub", "document"])

    def inventory(t: Tables) -> Any:
        m = t["stock_movement"]
        there = m[m.side == "on_hand"].groupby(["owner", "product", "place"])[["quantity", "value"]].sum().reset_index()
        whole = there.groupby(["owner", "product"])[["quantity", "value"]].transform("sum")
        there["value"] = whole.value * there.quantity / whole.quantity.replace(0, np.nan)
        return there.merge(t["product"], left_on="product", right_on="gtin").merge(t["stock_place"], left_on="place", right_on="number", how="left")

    def value_over_time(t: Tables) -> Any:
        m = t["stock_movement"]
        daily = m[m.side == "on_hand"].groupby("day")[["quantity", "value"]].sum()
        every = pd.date_range(daily.index.min(), daily.index.max())
        return daily.reindex(every, fill_value=0).cumsum().rename(columns={"quantity": "closing_quantity", "value": "closing_value"})

    def turnover(t: Tables) -> Any:
        m = t["stock_movement"]
        m = m[~m.kind.isin(["transfer_out", "transfer_in"])]
        out = m.groupby("product")[["quantity", "value"]].sum().rename(columns={"quantity": "closing_quantity", "value": "closing_value"})
        sold = -m[m.kind.isin(["issue", "delivery"])].groupby("product")[["quantity", "value"]].sum()
        days = (m.day.max() - m.day.min()).days + 1
        out["cost_of_sales"], out["turns"] = sold.value, sold.value * 2 / out.closing_value
        out["days_of_cover"] = out.closing_quantity * days / sold.quantity
        return out.reset_index().merge(t["product"], left_on="product", right_on="gtin")

    def customers(t: Tables) -> Any:
        sold = t["sale_line"].groupby("buyer")
        out = sold.agg(last_day=("day", "max"), frequency=("document", "nunique"), monetary=("revenue", "sum"))
        for column in ("last_day", "frequency", "monetary"):
            out[f"{column}_score"] = np.ceil(5 * out[column].rank(method="max") / len(out)).astype(int)
        return out.reset_index().merge(t["member"], left_on="buyer", right_on="number", how="left")

    def product_abc(t: Tables) -> Any:
        out = profit(t).sort_values(["revenue", "product"], ascending=[False, True])
        before = out.revenue.cumsum() - out.revenue
        out["abc_class"] = np.select([before < 0.80 * out.revenue.sum(), before < 0.95 * out.revenue.sum()], ["A", "B"], "C")
        return out

    return {
        "stock_movement": stock_movement, "operating_results": operating_results, "cost": cost, "profit": profit,
        "payables": lambda t: open_items(t, "2202", -1), "receivables": lambda t: open_items(t, "1122", 1), "inventory": inventory,
        "value_over_time": value_over_time, "turnover": turnover, "customers": customers, "product_abc": product_abc,
    }  # fmt: skip


def in_polars() -> dict[str, Callable[[Tables], Any]]:
    """Every report as a function of the tables, in Polars' lazy expressions."""
    import polars as pl

    c, total = pl.col, pl.sum

    def named(frame: Any, t: Tables) -> Any:
        return frame.join(t["product"].lazy(), left_on="product", right_on="gtin")

    def stock_movement(t: Tables) -> Any:
        came = c("quantity") > 0
        m = t["stock_movement"].lazy().filter(c("side") == "on_hand").group_by("product")
        out = m.agg(
            c("quantity").filter(came).sum().alias("in_quantity"), c("value").filter(came).sum().alias("in_value"),
            (-c("quantity").filter(~came).sum()).alias("out_quantity"), (-c("value").filter(~came).sum()).alias("out_value"),
            total("quantity").alias("closing_quantity"), total("value").alias("closing_value"),
        )  # fmt: skip
        return named(out, t).sort("product").collect()

    def operating_results(t: Tables) -> Any:
        p = t["posting"].lazy().join(t["ledger_account"].lazy(), on="account").filter(c("class").is_in(["revenue", "expense"]))
        totals = dict(p.group_by("account").agg(-total("amount")).collect().iter_rows())
        return pl.DataFrame({"result_line": [r[0] for r in RESULTS], "amount": [sum(totals.get(a, 0.0) for a in r[1]) for r in RESULTS]})

    def moved(t: Tables) -> Any:
        sold, received = c("kind").is_in(["issue", "delivery"]), c("kind") == "receipt"
        m = t["stock_movement"].lazy().filter(~c("kind").is_in(["transfer_out", "transfer_in"])).group_by("product")
        return m.agg(
            total("quantity").alias("closing_quantity"), total("value").alias("closing_value"),
            (-c("quantity").filter(sold).sum()).alias("sold_quantity"), (-c("value").filter(sold).sum()).alias("cost_of_sales"),
            c("value").filter(received).sum().alias("received_value"),
        )  # fmt: skip

    def cost(t: Tables) -> Any:
        return named(moved(t).with_columns((c("closing_value") / c("closing_quantity")).round(6).alias("unit_cost")), t).sort("product").collect()

    def by_product(t: Tables) -> Any:
        out = t["sale_line"].lazy().group_by("product").agg(total("quantity"), total("revenue"), total("cost"))
        out = out.with_columns((c("revenue") - c("cost")).alias("gross_profit"))
        return named(out.with_columns((c("gross_profit") / c("revenue")).alias("margin"), (c("revenue") / total("revenue")).alias("revenue_share")), t)

    def open_items(t: Tables, account: str, sign: int) -> Any:
        p = t["posting"].lazy().filter(c("account") == account).join(t["ledger_entry"].lazy(), left_on="entry", right_on="number")
        p = p.join(t["due_line"].lazy(), on="document", how="left").with_columns(pl.coalesce("item", "document").alias("document"))
        items = p.group_by("owner", "sub", "document").agg(c("day").min(), c("due_day").max(), (sign * total("amount")).alias("open_amount"))
        age = (pl.lit(t["ledger_entry"]["day"].max()) - c("day")).dt.total_days()
        columns = [pl.when(age.is_between(least, most)).then(c("open_amount")).otherwise(0.0).alias(name) for name, least, most in BUCKETS]
        items = items.filter(c("open_amount").abs() > 0.004).with_columns(columns)
        return items.join(t["member"].lazy(), left_on="sub", right_on="number", how="left").sort("owner", "day", "sub", "document").collect()

    def inventory(t: Tables) -> Any:
        m = t["stock_movement"].lazy().filter(c("side") == "on_hand").group_by("owner", "product", "place").agg(total("quantity"), total("value"))
        whole = ["owner", "product"]
        m = m.with_columns((total("value").over(whole) * c("quantity") / total("quantity").over(whole)).alias("value"))
        return named(m, t).join(t["stock_place"].lazy(), left_on="place", right_on="number", how="left").collect()

    def value_over_time(t: Tables) -> Any:
        daily = t["stock_movement"].filter(c("side") == "on_hand").group_by("day").agg(total("quantity"), total("value")).sort("day")
        every = daily.upsample("day", every="1d").with_columns(c("quantity", "value").fill_null(0))
        return every.select("day", c("quantity").cum_sum().alias("closing_quantity"), c("value").cum_sum().alias("closing_value"))

    def turnover(t: Tables) -> Any:
        days = (t["stock_movement"]["day"].max() - t["stock_movement"]["day"].min()).days + 1
        turns, cover = c("cost_of_sales") * 2 / c("closing_value"), c("closing_quantity") * days / c("sold_quantity")
        return named(moved(t).with_columns(turns.alias("turns"), cover.alias("days_of_cover")), t).collect()

    def customers(t: Tables) -> Any:
        sold = t["sale_line"].lazy().group_by("buyer")
        out = sold.agg(c("day").max().alias("last_day"), c("document").n_unique().alias("frequency"), total("revenue").alias("monetary"))
        scores = [(5 * c(n).rank("max") / pl.len()).ceil().alias(f"{n}_score") for n in ("last_day", "frequency", "monetary")]
        return out.with_columns(scores).join(t["member"].lazy(), left_on="buyer", right_on="number", how="left").collect()

    def product_abc(t: Tables) -> Any:
        out = by_product(t).sort(["revenue", "product"], descending=[True, False])
        before, whole = c("revenue").cum_sum() - c("revenue"), total("revenue")
        return out.with_columns(
            pl.when(before < 0.80 * whole).then(pl.lit("A")).when(before < 0.95 * whole).then(pl.lit("B")).otherwise(pl.lit("C")).alias("abc_class")
        ).collect()

    return {
        "stock_movement": stock_movement, "operating_results": operating_results, "cost": cost,
        "profit": lambda t: by_product(t).sort("revenue", descending=True).collect(),
        "payables": lambda t: open_items(t, "2202", -1), "receivables": lambda t: open_items(t, "1122", 1), "inventory": inventory,
        "value_over_time": value_over_time, "turnover": turnover, "customers": customers, "product_abc": product_abc,
    }  # fmt: skip


RIVALS: dict[str, Callable[[], dict[str, Callable[[Tables], Any]]]] = {"pandas": in_pandas, "polars": in_polars}
