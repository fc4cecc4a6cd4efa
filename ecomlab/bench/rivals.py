"""The reports once more, in Polars, as somebody would write them who starts from the same tables.

They are what `bench.reports` measures against. They take the tables as frames with floats for amounts, and give what our report gives without
conditions: its rows in its order, its columns, rounded as it rounds. The benchmark compares all of it before it believes a time.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..reports import report

Tables = dict[str, Any]
#: The tables and columns that the reports read, and those that only the raw tables need: what stands in views there.
NEEDED = {
    "product": "gtin, name, product_category, cost",
    "stock_place": "number, name",
    "member": "number, name",
    "stock_movement": "kind, day, owner, place, product, side, quantity, value",
    "ledger_entry": "number, day, document",
    "ledger_account": "account, class, zh, en",
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
#: The lines of the operating results and the accounts that each adds up; of these, what no world books is left out where nothing is booked.
RESULTS = {
    "sales_revenue": ["6001"], "fee_income": ["6021"], "other_revenue": ["6051"], "cost_of_sales": ["6401"],
    "gross_profit": ["6001", "6021", "6051", "6401"], "selling_expenses": ["6601"], "administrative_expenses": ["6602"], "financial_expenses": ["6603"],
    "operating_profit": ["6001", "6021", "6051", "6401", "6601", "6602", "6603"], "gains": ["6301"], "losses": ["6711"],
    "profit": ["6001", "6021", "6051", "6301", "6401", "6601", "6602", "6603", "6711"],
}  # fmt: skip
RARE = frozenset({"6051", "6301"})
BUCKETS = (("days_0_30", 0, 30), ("days_31_60", 31, 60), ("days_61_90", 61, 90), ("days_over_90", 91, 10**6))
#: To how many places a report rounds, by the unit of the column; prices a piece, which are CNY too, have more.
PLACES = {"CNY": 2, "days": 2, "ratio": 4}
PRICES = {"unit_cost": 6, "actual_cost": 6}


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
        return p.with_columns(pl.coalesce("item", "document", c("entry").cast(pl.String)).alias("item")).select(VIEWS["open_line"].split(", "))

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
        there = t["product"].lazy().select("gtin", c("name").alias("product_name"), "product_category", c("cost").alias("standard_cost"))
        return frame.join(there, left_on="product", right_on="gtin", how=how)

    def member(frame: Any, t: Tables, key: str) -> Any:
        return frame.join(t["member"].lazy().rename({"name": f"{key}_name"}), left_on=key, right_on="number", how="left")

    def cents(amount: Any) -> Any:
        """Sums of floats as the amounts that they are, where rows are told apart or put in order by them."""
        return amount.round(2)

    def where(there: Any, amount: Any) -> Any:
        """The amount where that holds, else nothing. Its sum takes half as long as that of the rows which a filter leaves in each group."""
        return pl.when(there).then(amount).otherwise(0)

    def ratio(part: Any, whole: Any) -> Any:
        return pl.when(whole != 0).then(part / whole)

    def stock_movement(t: Tables) -> Any:
        quantity, value, came = c("quantity"), c("value"), c("quantity") > 0
        m = t["stock_movement"].lazy().filter(c("side") == "on_hand").group_by("product")
        out = m.agg(
            where(came, quantity).sum().alias("in_quantity"), where(came, value).sum().alias("in_value"),
            where(~came, -quantity).sum().alias("out_quantity"), where(~came, -value).sum().alias("out_value"),
            total("quantity").alias("closing_quantity"), cents(total("value")).alias("closing_value"),
        )  # fmt: skip
        out = out.filter((c("in_quantity") != 0) | (c("out_quantity") != 0) | (c("closing_value") != 0))
        return named(out, t).with_columns(opening_quantity=pl.lit(0), opening_value=pl.lit(0.0)).sort("product")

    def operating_results(t: Tables) -> Any:
        p = t["account_flow"].lazy().join(t["ledger_account"].lazy(), on="account").filter(c("class").is_in(["revenue", "expense"]))
        totals = dict(p.group_by("account").agg(-total("amount")).collect().iter_rows())
        used = {line: [a for a in accounts if a not in RARE or a in totals] for line, accounts in RESULTS.items()}
        rows = [(line, " ".join(accounts), sum(totals.get(a, 0.0) for a in accounts)) for line, accounts in used.items() if accounts]
        frame = pl.LazyFrame(rows, schema=["result_line", "accounts", "amount"], orient="row")
        return frame.with_columns(share_of_revenue=ratio(c("amount"), totals.get("6001", 0.0)))

    def moved(t: Tables) -> Any:
        sold = c("flow").is_in(["sold", "returned"])
        sums: list[Any] = [total("quantity").alias("closing_quantity"), cents(total("value")).alias("closing_value")]
        for quantity, value, sign, there in (
            ("received_quantity", "received_value", 1, c("flow") == "received"), ("sold_quantity", "cost_of_sales", -1, sold),
            ("returned_quantity", "returned_cost", 1, c("flow") == "returned"), ("lost_quantity", "loss", -1, c("flow") == "lost"),
        ):  # fmt: skip
            sums += [where(there, sign * c("quantity")).sum().alias(quantity), cents(where(there, sign * c("value")).sum()).alias(value)]
        return t["goods_flow"].lazy().group_by("product").agg(*sums, where(c("flow") == "rounding", -c("value")).sum().alias("rounding"))

    def cost(t: Tables) -> Any:
        happened = ("received_quantity", "sold_quantity", "returned_quantity", "lost_quantity", "closing_value")
        out = moved(t).filter(pl.any_horizontal(c(n) != 0 for n in happened))
        out = out.with_columns(opening_quantity=pl.lit(0), opening_value=pl.lit(0.0), unit_cost=ratio(c("closing_value"), c("closing_quantity")))
        return named(out, t).sort("product")

    def profit(t: Tables) -> Any:
        out = t["sale_line"].lazy().group_by("product").agg(total("quantity"), cents(total("revenue")), cents(total("cost")))
        out = out.with_columns(gross_profit=c("revenue") - c("cost"))
        out = out.with_columns(gross_margin=ratio(c("gross_profit"), c("revenue")), revenue_share=ratio(c("revenue"), total("revenue")))
        key = pl.when(c("product") == "").then(pl.lit("other")).otherwise(c("product")).alias("product")  # freight is sold, too, and is no product
        return named(out, t, "left").with_columns(key).sort("revenue", "product", descending=[True, False])

    def open_items(t: Tables, account: str, sign: int) -> Any:
        amount = c("amount")
        p = t["open_line"].lazy().filter(c("account") == account).with_columns(amount * sign)
        items = p.group_by("owner", "other_party", "item").agg(
            c("day").min(), amount.clip(0).sum(), (-amount).clip(0).sum().alias("settled_amount"), cents(amount.sum()).alias("open_amount")
        )  # fmt: skip
        items = items.filter(c("open_amount") != 0).with_columns(age=(pl.lit(t["ledger_entry"]["day"].max()) - c("day")).dt.total_days())
        within = [pl.when(c("age").is_between(least, most)).then(c("open_amount")).otherwise(0.0).alias(name) for name, least, most in BUCKETS]
        due = t["due_line"].lazy().group_by("item").agg(c("due_day").max())
        items = member(items.with_columns(within).join(due, on="item", how="left"), t, "other_party")
        return items.rename({"item": "document"}).sort("owner", "day", "other_party", "document")

    def cash_flow(t: Tables) -> Any:
        amount = c("amount")
        sums = total("amount").alias("net_cash"), amount.clip(0).sum().alias("receipts"), (-amount).clip(0).sum().alias("payments")
        there = t["ledger_account"].lazy().select("account", (c("zh") + " " + c("en")).alias("account_name"))
        return t["cash_line"].lazy().group_by("account").agg(*sums).join(there, on="account", how="left").sort("account")

    def inventory(t: Tables) -> Any:
        whole, on_hand = ["owner", "product"], c("side") == "on_hand"
        m = t["stock_movement"].lazy().group_by("owner", "product", "place").agg(
            where(on_hand, c("quantity")).sum().alias("on_hand"), where(c("side") == "in_transit", c("quantity")).sum().alias("in_transit"),
            where(on_hand, c("value")).sum().alias("value"),
        )  # fmt: skip
        m = m.with_columns(pieces=total("on_hand").over(whole), all_value=cents(total("value").over(whole)))
        m = m.with_columns(share=cents(pl.when(c("pieces") != 0).then(c("all_value") * c("on_hand") / c("pieces")).otherwise(0.0)))
        last = pl.coalesce(c("place").filter(c("on_hand") != 0).max().over(whole), c("place").max().over(whole))  # it has what the others leave
        rest = c("share") + c("all_value") - total("share").over(whole)
        m = m.with_columns(value=cents(pl.when(c("place") == last).then(rest).otherwise(c("share"))), unit_cost=ratio(c("all_value"), c("pieces")))
        m = named(m.filter((c("on_hand") != 0) | (c("in_transit") != 0) | (c("value") != 0)), t)
        places = t["stock_place"].lazy().rename({"name": "place_name"})
        return m.join(places, left_on="place", right_on="number", how="left").sort("owner", "place", "product")

    def value_over_time(t: Tables) -> Any:
        came, value = c("quantity") > 0, c("value")
        sums = where(came, value).sum().alias("in_value"), where(~came, -value).sum().alias("out_value"), total("quantity"), total("value")
        daily = t["stock_movement"].lazy().filter(c("side") == "on_hand").group_by("day").agg(*sums).sort("day").collect()
        every = daily.upsample("day", every="1d").with_columns(pl.exclude("day").fill_null(0))
        return every.with_columns(closing_quantity=c("quantity").cum_sum(), closing_value=c("value").cum_sum())

    def turnover(t: Tables) -> Any:
        days = (t["stock_movement"]["day"].max() - t["stock_movement"]["day"].min()).days + 1
        sold, closing = c("cost_of_sales"), c("closing_value")
        out = moved(t).filter((closing != 0) | (sold != 0)).with_columns(
            days=pl.lit(days), mean_value=closing / 2, turns=pl.when(closing != 0).then(ratio(sold * 2, closing)).replace(0.0, None),
            days_in_stock=ratio(days * closing, 2 * sold), days_of_cover=ratio(c("closing_quantity") * days, c("sold_quantity")),
        )  # fmt: skip
        return named(out, t).sort("product")

    def customers(t: Tables) -> Any:
        sold = t["sale_line"].lazy().filter((c("buyer") != "") & (c("revenue") != 0)).group_by("buyer")
        orders = pl.when(c("revenue") > 0).then(c("document")).drop_nulls().n_unique().alias("frequency")
        out = sold.agg(c("day").max().alias("last_day"), orders, cents(total("revenue")).alias("monetary"))
        of = {"last_day": "recency_score", "frequency": "frequency_score", "monetary": "monetary_score"}
        out = out.with_columns(((5 * c(n).rank("max").cast(pl.Int64) + pl.len() - 1) // pl.len()).alias(score) for n, score in of.items())
        out = out.with_columns(recency=(pl.lit(t["ledger_entry"]["day"].max()) - c("last_day")).dt.total_days(), rfm=pl.concat_str(*of.values()))
        return member(out, t, "buyer").sort(*of.values(), "monetary", "buyer", descending=[True, True, True, True, False])

    def product_abc(t: Tables) -> Any:
        out = t["sale_line"].lazy().group_by("product").agg(total("quantity"), cents(total("revenue")), cents(total("cost"))).filter(c("revenue") > 0)
        out = named(out, t).sort("revenue", "product", descending=[True, False]).with_columns(up_to=cents(c("revenue").cum_sum()))
        before, whole = c("up_to") - c("revenue"), total("revenue")
        return out.with_columns(
            pl.when(before < 0.80 * whole).then(pl.lit("A")).when(before < 0.95 * whole).then(pl.lit("B")).otherwise(pl.lit("C")).alias("abc_class"),
            rank=pl.int_range(1, pl.len() + 1), gross_profit=c("revenue") - c("cost"), revenue_share=c("revenue") / whole,
            cumulative_share=c("up_to") / whole,
        )  # fmt: skip

    def product_xyz(t: Tables) -> Any:
        sold = t["sale_line"].lazy().filter((c("quantity") > 0) & (c("product") != ""))
        weekly = sold.with_columns(((c("day").max() - c("day")).dt.total_days() // 7).alias("week")).group_by("product", "week").agg(total("quantity"))
        out = weekly.group_by("product").agg((c("week").max() + 1).alias("weeks"), total("quantity"), (c("quantity") ** 2).sum().alias("squares"))
        out = out.with_columns(weekly_mean=c("quantity") / c("weeks"))
        out = out.with_columns(weekly_deviation=(c("squares") / c("weeks") - c("weekly_mean") ** 2).clip(0).sqrt())
        deviation, mean = c("weekly_deviation"), c("weekly_mean")
        steady = pl.when(deviation <= 0.5 * mean).then(pl.lit("X")).when(deviation <= mean).then(pl.lit("Y")).otherwise(pl.lit("Z"))
        out = out.with_columns(variation=deviation / mean, xyz_class=pl.when(c("weeks") >= 2).then(steady))
        return named(out, t).sort("variation", "product")

    def cohorts(t: Tables) -> Any:
        month = c("day").dt.truncate("1mo").alias("month")
        sold = t["sale_line"].lazy().filter(c("buyer") != "").group_by("buyer", month).agg(total("revenue"), (c("revenue") > 0).any().alias("buying"))
        bought = sold.collect()  # it is read twice
        begun = bought.lazy().filter("buying").group_by("buyer").agg(c("month").min().alias("cohort"))
        since = bought.lazy().join(begun, on="buyer").filter(c("month") >= c("cohort"))
        summed = since.group_by("cohort", "month").agg(total("buying").alias("buyers"), total("revenue"))
        months = pl.date_ranges("cohort", pl.lit(bought["month"].max()), "1mo").alias("month")
        grid = begun.group_by("cohort").agg(pl.len().alias("customers")).with_columns(months).explode("month")
        out = grid.join(summed, on=["cohort", "month"], how="left").with_columns(c("buyers", "revenue").fill_null(0)).sort("cohort", "month")
        passed = (c("month").dt.year() - c("cohort").dt.year()) * 12 + c("month").dt.month().cast(pl.Int64) - c("cohort").dt.month()
        return out.with_columns(c("cohort").dt.strftime("%Y-%m"), months_since=passed, retention=c("buyers") / c("customers"))

    def returns(t: Tables) -> Any:
        quantity, revenue = c("quantity"), c("revenue")
        out = t["sale_line"].lazy().group_by("product").agg(
            quantity.clip(0).sum().alias("sold_quantity"), (-quantity).clip(0).sum().alias("returned_quantity"),
            revenue.clip(0).sum().alias("sold_revenue"), cents((-revenue).clip(0).sum()).alias("returned_revenue"),
            (-c("cost")).clip(0).sum().alias("returned_cost"), revenue.sum().alias("net_revenue"),
        )  # fmt: skip
        out = named(out.with_columns(return_rate=ratio(c("returned_quantity"), c("sold_quantity"))), t, "left")
        key = pl.when(c("product") == "").then(pl.lit("other")).otherwise(c("product")).alias("product")
        return out.with_columns(key).sort("returned_revenue", "product", descending=[True, False])

    def purchase_price(t: Tables) -> Any:
        quantity, value = c("received_quantity"), c("received_value")
        out = t["goods_flow"].lazy().filter(c("flow") == "received").group_by("product")
        out = named(out.agg(total("quantity").alias("received_quantity"), total("value").alias("received_value")).filter(quantity > 0), t)
        out = out.with_columns(actual_cost=value / quantity, price_variance=cents(value - quantity * c("standard_cost")))
        out = out.with_columns(variance_rate=ratio(value, quantity * c("standard_cost")) - 1)
        return out.sort(c("price_variance").abs(), "product", descending=[True, False])

    def settled(t: Tables, account: str, sign: int) -> Any:
        whose = ["owner", "other_party", "item"]
        lines = t["open_line"].lazy().filter(c("account") == account).with_columns(c("amount") * sign)
        arisen = lines.filter(c("amount") > 0).group_by(whose).agg(c("day").min().alias("arisen"))
        due = t["due_line"].lazy().group_by("item").agg(c("due_day").max())
        paid = lines.filter(c("amount") < 0).join(arisen, on=whose).join(due, on="item", how="left")
        days, late = (c("day") - c("arisen")).dt.total_days().clip(0), (c("day") - c("due_day")).dt.total_days().clip(0).fill_null(0)
        amount, paid = -c("amount"), paid.with_columns(days=days, late=late)
        out = paid.group_by("other_party").agg(
            amount.sum().alias("settled_amount"), (amount * c("days")).sum().alias("weighted"), cents(where(c("late") > 0, amount).sum()).alias("late_amount"),
            (amount * c("late")).sum().alias("weighted_late"), c("item").n_unique().alias("items"),
        )  # fmt: skip
        out = member(out, t, "other_party").with_columns(
            days_to_pay=c("weighted") / c("settled_amount"), late_share=c("late_amount") / c("settled_amount"),
            days_late=ratio(c("weighted_late"), c("late_amount")),
        )  # fmt: skip
        return out.sort("late_amount", "other_party", descending=[True, False])

    def cash_cycle(t: Tables) -> Any:
        kinds = {"6001": "revenue", "6401": "cost_of_sales", "1122": "receivables", "1405": "inventory", "1406": "inventory", "2202": "payables"}
        balances = ["receivables", "inventory", "payables"]
        flow = t["account_flow"].lazy().filter(c("account").is_in(list(kinds)))
        flow = flow.with_columns(c("account").cast(pl.String).replace_strict(kinds).alias("kind"), c("day").dt.truncate("1mo").alias("month"))
        sums = (where(c("kind") == kind, c("amount")).sum().alias(kind) for kind in dict.fromkeys(kinds.values()))
        out = flow.group_by("month").agg(*sums, c("day").min().alias("first"), c("day").max().alias("last")).sort("month").collect()
        first, last = out["first"].min(), out["last"].max()
        out = out.upsample("month", every="1mo").lazy().with_columns(c("revenue", "cost_of_sales", *balances).fill_null(0.0))
        out = out.with_columns(cents(-c("revenue")), cents(c("cost_of_sales")), -c("payables")).with_columns(
            *(c(n).cum_sum().alias(n) for n in balances), *(c(n).alias(f"{n}_moved") for n in balances),
            days=(pl.min_horizontal(c("month").dt.month_end(), pl.lit(last)) - pl.max_horizontal("month", pl.lit(first))).dt.total_days() + 1,
        )  # fmt: skip
        against = {
            "days_of_sales": ("receivables", "revenue"), "days_in_stock": ("inventory", "cost_of_sales"), "days_of_purchases": ("payables", "cost_of_sales"),
        }  # fmt: skip
        mean = {n: pl.when(c(per) > 0).then((c(of) - c(f"{of}_moved") / 2) / c(per) * c("days")).round(2) for n, (of, per) in against.items()}
        out = out.with_columns(**mean, month=c("month").dt.strftime("%Y-%m"))
        return out.with_columns(cash_cycle=c("days_of_sales") + c("days_in_stock") - c("days_of_purchases"))

    def delivered(name: str, made: Callable[[Tables], Any]) -> Callable[[Tables], Any]:
        columns = report(name).named()
        rounded = [c(n).round(PRICES.get(n, PLACES[unit])) if unit in PLACES else c(n) for n, unit in columns.items()]
        return lambda t: made(t).lazy().select(rounded).collect()

    made: dict[str, Callable[[Tables], Any]] = {
        "stock_movement": stock_movement, "operating_results": operating_results, "cost": cost, "profit": profit,
        "payables": lambda t: open_items(t, "2202", -1), "receivables": lambda t: open_items(t, "1122", 1), "cash_flow": cash_flow,
        "inventory": inventory, "value_over_time": value_over_time, "turnover": turnover, "customers": customers, "product_abc": product_abc,
        "product_xyz": product_xyz, "cohorts": cohorts, "returns": returns, "purchase_price": purchase_price,
        "collection_days": lambda t: settled(t, "1122", 1), "payment_days": lambda t: settled(t, "2202", -1), "cash_cycle": cash_cycle,
    }  # fmt: skip
    return {name: delivered(name, function) for name, function in made.items()}
