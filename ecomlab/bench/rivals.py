"""The reports once more, in Polars, as somebody would write them who starts from the same tables.

They are what `bench.reports` measures against. They take the tables as frames with floats for amounts, and give what our report gives; the
benchmark compares the totals before it believes a time.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Tables = dict[str, Any]
#: The tables and columns that the reports read, and those that only the raw tables need: what stands in views there.
NEEDED = {
    "product": "gtin, name, product_category, cost",
    "stock_place": "number, name",
    "member": "number, name",
    "stock_movement": "kind, day, owner, place, product, side, quantity, value",
    "ledger_entry": "number, day, document",
    "ledger_account": "account, class",
    "sale_line": "day, document, seller, buyer, product, quantity, revenue, cost",
    "due_line": "item, due_day",
}
RAW = {
    "stock_movement": "kind, day, owner, place, product, side, quantity, value, document", "posting": "entry, owner, account, sub, amount",
    "due_line": "document, item, due_day",
}  # fmt: skip
VIEWS = {
    "goods_flow": "owner, day, product, flow, quantity, value", "account_flow": "day, owner, account, amount",
    "open_line": "day, owner, account, other_party, item, amount", "cash_line": "day, owner, account, other_party, amount",
}  # fmt: skip
#: The lines of the operating results and the accounts that each adds up.
RESULTS = [
    ("sales_revenue", ["6001"]), ("fee_income", ["6021"]), ("cost_of_sales", ["6401"]), ("gross_profit", ["6001", "6021", "6401"]),
    ("selling_expenses", ["6601"]), ("administrative_expenses", ["6602"]), ("financial_expenses", ["6603"]),
    ("operating_profit", ["6001", "6021", "6401", "6601", "6602", "6603"]), ("losses", ["6711"]),
    ("profit", ["6001", "6021", "6401", "6601", "6602", "6603", "6711"]),
]  # fmt: skip
BUCKETS = (("days_0_30", 0, 30), ("days_31_60", 31, 60), ("days_61_90", 61, 90), ("days_over_90", 91, 10**6))


class Raw(Tables):
    """The stored tables alone: what the books have as views is made of them whenever a report asks for it."""

    def __missing__(self, view: str) -> Any:
        return getattr(self, view)()

    def account_flow(self) -> Any:
        return self["posting"].lazy().join(self["ledger_entry"].lazy(), left_on="entry", right_on="number")

    def open_line(self) -> Any:
        import polars as pl

        c = pl.col
        p = self["posting"].lazy().filter(c("account").is_in(["1122", "2202"])).join(self["ledger_entry"].lazy(), left_on="entry", right_on="number")
        p = p.join(self["due_line"].lazy(), on="document", how="left").rename({"sub": "other_party"})
        return p.with_columns(pl.coalesce("item", "document", c("entry").cast(pl.String)).alias("item"))

    def cash_line(self) -> Any:
        import polars as pl

        c, cash = pl.col, pl.col("account").is_in(["1001", "1002", "1012"])
        p = self["posting"].lazy()
        other = p.filter(~cash).join(p.filter(cash), on=["entry", "owner"], how="semi").with_columns(-c("amount"))
        return other.join(self["ledger_entry"].lazy(), left_on="entry", right_on="number").rename({"sub": "other_party"})

    def goods_flow(self) -> Any:
        import polars as pl

        c, columns = pl.col, VIEWS["goods_flow"].split(", ")
        flows = {"taken_back": "returned", "issue": "sold", "delivery": "sold", "rounding": "rounding", "write_off": "lost", "lost": "lost", "found": "lost"}
        m = self["stock_movement"].lazy()
        moved = m.filter(~c("kind").is_in(["transfer_out", "transfer_in"])).with_columns(c("kind").replace_strict(flows, default="received").alias("flow"))
        returned = self["sale_line"].lazy().filter((c("quantity") < 0) & (c("product") != ""))
        scrapped = returned.join(m.filter(c("kind") == "taken_back"), on=["document", "product"], how="anti").rename({"seller": "owner", "cost": "value"})
        both = [
            scrapped.with_columns(pl.lit(flow).alias("flow"), c("quantity") * sign, c("value") * sign) for flow, sign in (("returned", -1), ("lost", 1))
        ]
        return pl.concat([part.select(columns) for part in (moved, *both)], how="vertical_relaxed")


def in_polars() -> dict[str, Callable[[Tables], Any]]:
    """Every report as a function of the tables, in Polars' lazy expressions."""
    import polars as pl

    c, total = pl.col, pl.sum

    def named(frame: Any, t: Tables, how: Any = "inner") -> Any:
        return frame.join(t["product"].lazy(), left_on="product", right_on="gtin", how=how)

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
        p = t["account_flow"].lazy().join(t["ledger_account"].lazy(), on="account").filter(c("class").is_in(["revenue", "expense"]))
        totals = dict(p.group_by("account").agg(-total("amount")).collect().iter_rows())
        return pl.DataFrame({"result_line": [r[0] for r in RESULTS], "amount": [sum(totals.get(a, 0.0) for a in r[1]) for r in RESULTS]})

    def moved(t: Tables) -> Any:
        sold, received = c("flow").is_in(["sold", "returned"]), c("flow") == "received"
        return t["goods_flow"].lazy().group_by("product").agg(
            total("quantity").alias("closing_quantity"), total("value").alias("closing_value"),
            (-c("quantity").filter(sold).sum()).alias("sold_quantity"), (-c("value").filter(sold).sum()).alias("cost_of_sales"),
            c("value").filter(received).sum().alias("received_value"),
        )  # fmt: skip

    def cost(t: Tables) -> Any:
        return named(moved(t).with_columns((c("closing_value") / c("closing_quantity")).round(6).alias("unit_cost")), t).sort("product").collect()

    def by_product(t: Tables, how: str = "inner") -> Any:
        out = t["sale_line"].lazy().group_by("product").agg(total("quantity"), total("revenue"), total("cost"))
        out = out.with_columns((c("revenue") - c("cost")).alias("gross_profit"))
        shares = out.with_columns((c("gross_profit") / c("revenue")).alias("margin"), (c("revenue") / total("revenue")).alias("revenue_share"))
        return named(shares, t, how)

    def open_items(t: Tables, account: str, sign: int) -> Any:
        due = t["due_line"].lazy().group_by("item").agg(c("due_day").max())
        p = t["open_line"].lazy().filter(c("account") == account)
        items = p.group_by("owner", "other_party", "item").agg(c("day").min(), (sign * total("amount")).alias("open_amount"))
        age = (pl.lit(t["ledger_entry"]["day"].max()) - c("day")).dt.total_days()
        columns = [pl.when(age.is_between(least, most)).then(c("open_amount")).otherwise(0.0).alias(name) for name, least, most in BUCKETS]
        items = items.filter(c("open_amount").abs() > 0.004).with_columns(columns).join(due, on="item", how="left")
        return items.join(t["member"].lazy(), left_on="other_party", right_on="number", how="left").sort("owner", "day", "other_party", "item").collect()

    def cash_flow(t: Tables) -> Any:
        amount = c("amount")
        sums = total("amount").alias("net_cash"), amount.filter(amount > 0).sum().alias("receipts"), (-amount.filter(amount < 0).sum()).alias("payments")
        return t["cash_line"].lazy().group_by("account").agg(*sums).sort("account").collect()

    def inventory(t: Tables) -> Any:
        m = t["stock_movement"].lazy().filter(c("side") == "on_hand").group_by("owner", "product", "place").agg(total("quantity"), total("value"))
        whole = ["owner", "product"]
        m = m.with_columns((total("value").over(whole) * c("quantity") / total("quantity").over(whole)).alias("value")).filter(c("quantity") != 0)
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

    def product_xyz(t: Tables) -> Any:
        sold = t["sale_line"].lazy().filter((c("quantity") > 0) & (c("product") != ""))
        weekly = sold.with_columns(((c("day").max() - c("day")).dt.total_days() // 7).alias("week")).group_by("product", "week").agg(total("quantity"))
        out = weekly.group_by("product").agg((c("week").max() + 1).alias("weeks"), total("quantity"), (c("quantity") ** 2).sum().alias("squares"))
        mean = c("quantity") / c("weeks")
        return named(out.with_columns(((c("squares") / c("weeks") - mean**2).clip(0).sqrt() / mean).alias("variation")), t).sort("variation").collect()

    def cohorts(t: Tables) -> Any:
        month = c("day").dt.truncate("1mo").alias("month")
        bought = t["sale_line"].lazy().filter((c("buyer") != "") & (c("revenue") > 0)).group_by("buyer", month).agg(total("revenue"))
        begun = bought.group_by("buyer").agg(c("month").min().alias("cohort"))
        return bought.join(begun, on="buyer").group_by("cohort", "month").agg(pl.len().alias("buyers"), total("revenue")).sort("cohort", "month").collect()

    def returns(t: Tables) -> Any:
        sold, back = c("quantity") > 0, c("quantity") < 0
        out = t["sale_line"].lazy().group_by("product").agg(
            c("quantity").filter(sold).sum().alias("sold_quantity"), (-c("quantity").filter(back).sum()).alias("returned_quantity"),
            (-c("revenue").filter(back).sum()).alias("returned_revenue"), total("revenue").alias("net_revenue"),
        )  # fmt: skip
        return out.join(t["product"].lazy(), left_on="product", right_on="gtin", how="left").sort("returned_revenue", descending=True).collect()

    def purchase_price(t: Tables) -> Any:
        out = t["goods_flow"].lazy().filter(c("flow") == "received").group_by("product").agg(total("quantity"), total("value"))
        return named(out.filter(c("quantity") > 0), t).with_columns((c("value") - c("quantity") * c("cost")).alias("price_variance")).collect()

    def settled(t: Tables, account: str, sign: int) -> Any:
        whose = ["owner", "other_party", "item"]
        lines = t["open_line"].lazy().filter(c("account") == account).with_columns(sign * c("amount"))
        arisen = lines.filter(c("amount") > 0).group_by(whose).agg(c("day").min().alias("arisen"))
        due = t["due_line"].lazy().group_by("item").agg(c("due_day").max())
        paid = lines.filter(c("amount") < 0).join(arisen, on=whose).join(due, on="item", how="left")
        amount, days = -c("amount"), (c("day") - c("arisen")).dt.total_days().clip(0)
        late = (c("day") > c("due_day")).fill_null(False)
        out = paid.group_by("other_party").agg(
            amount.sum().alias("settled_amount"), (amount * days).sum().alias("weighted"), amount.filter(late).sum().alias("late_amount"),
            c("item").n_unique().alias("items"),
        )  # fmt: skip
        out = out.with_columns((c("weighted") / c("settled_amount")).alias("days_to_pay"))
        return out.join(t["member"].lazy(), left_on="other_party", right_on="number", how="left").sort("late_amount", descending=True).collect()

    def cash_cycle(t: Tables) -> Any:
        kinds = {"6001": "revenue", "6401": "cost_of_sales", "1122": "receivables", "1405": "inventory", "1406": "inventory", "2202": "payables"}
        flow = t["account_flow"].lazy().filter(c("account").is_in(list(kinds)))
        flow = flow.with_columns(c("account").cast(pl.String).replace_strict(kinds).alias("kind"), c("day").dt.truncate("1mo").alias("month"))
        out = flow.group_by("month").agg(*((c("amount").filter(c("kind") == kind).sum()).alias(kind) for kind in dict.fromkeys(kinds.values())))
        out = out.sort("month").with_columns(-c("revenue"), *(c(k).cum_sum().alias(f"{k}_closing") for k in ("receivables", "inventory", "payables")))
        return out.collect()

    return {
        "stock_movement": stock_movement, "operating_results": operating_results, "cost": cost,
        "profit": lambda t: by_product(t, "left").sort("revenue", descending=True).collect(),  # freight is sold, too, and is no product
        "payables": lambda t: open_items(t, "2202", -1), "receivables": lambda t: open_items(t, "1122", 1),
        "cash_flow": cash_flow, "inventory": inventory,
        "value_over_time": value_over_time, "turnover": turnover, "customers": customers, "product_abc": product_abc,
        "product_xyz": product_xyz, "cohorts": cohorts, "returns": returns, "purchase_price": purchase_price,
        "collection_days": lambda t: settled(t, "1122", 1), "payment_days": lambda t: settled(t, "2202", -1), "cash_cycle": cash_cycle,
    }  # fmt: skip
