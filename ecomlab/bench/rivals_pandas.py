"""The reports once more, in pandas, as somebody would write them who knows it well: whole columns, no loop over rows.

Like `rivals` (Polars) they take the prepared tables as frames with floats for amounts, and give what our report gives without conditions. docs/speed.md
says why both have a text of their own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from ..reports import report
from .rivals import BUCKETS, PLACES, PRICES, RARE, RESULTS

Tables = Mapping[str, Any]


def summed(by: Any, **columns: Any) -> Any:
    """The sums of some columns by others."""
    return pd.DataFrame(columns).groupby(by, sort=False).sum().reset_index()


def named(frame: Any, t: Tables, how: Any = "inner") -> Any:
    there = t["product"].rename(columns={"gtin": "product", "name": "product_name", "cost": "standard_cost"})
    return frame.merge(there, on="product", how=how)


def member(frame: Any, t: Tables, key: str) -> Any:
    return frame.merge(t["member"].rename(columns={"number": key, "name": f"{key}_name"}), on=key, how="left")


def ratio(part: Any, whole: Any) -> Any:
    return part / whole.where(whole != 0)


def due_days(t: Tables) -> Any:
    return t["due_line"].groupby("item", as_index=False, sort=False)["due_day"].max()


def stock_movement(t: Tables) -> Any:
    m = t["stock_movement"]
    m = m[m["side"] == "on_hand"]
    quantity, value, came = m["quantity"], m["value"], m["quantity"] > 0
    out = summed(
        m["product"], in_quantity=quantity.where(came, 0), in_value=value.where(came, 0), out_quantity=-quantity.mask(came, 0),
        out_value=-value.mask(came, 0), closing_quantity=quantity, closing_value=value,
    ).round({"closing_value": 2})  # fmt: skip
    out = out[(out["in_quantity"] != 0) | (out["out_quantity"] != 0) | (out["closing_value"] != 0)]
    return named(out, t).assign(opening_quantity=0, opening_value=0.0).sort_values("product")


def operating_results(t: Tables) -> Any:
    accounts = t["ledger_account"]
    counted = accounts.loc[accounts["class"].isin(["revenue", "expense"]), "account"]
    sums = -t["account_flow"].groupby("account")["amount"].sum()
    totals = sums[sums.index.isin(counted)].to_dict()
    used = {line: [a for a in accounts if a not in RARE or a in totals] for line, accounts in RESULTS.items()}
    rows = [(line, " ".join(accounts), sum(totals.get(a, 0.0) for a in accounts)) for line, accounts in used.items() if accounts]
    out = pd.DataFrame(rows, columns=["result_line", "accounts", "amount"])
    return out.assign(share_of_revenue=out["amount"] / (totals.get("6001") or np.nan))


def moved(t: Tables) -> Any:
    g = t["goods_flow"]
    flow, quantity, value = g["flow"], g["quantity"], g["value"]
    received, sold, returned, lost = flow == "received", flow.isin(["sold", "returned"]), flow == "returned", flow == "lost"
    out = summed(
        g["product"], closing_quantity=quantity, closing_value=value, received_quantity=quantity.where(received, 0), received_value=value.where(received, 0),
        sold_quantity=-quantity.where(sold, 0), cost_of_sales=-value.where(sold, 0), returned_quantity=quantity.where(returned, 0),
        returned_cost=value.where(returned, 0), lost_quantity=-quantity.where(lost, 0), loss=-value.where(lost, 0),
        rounding=-value.where(flow == "rounding", 0),
    )  # fmt: skip
    return out.round(2)


def cost(t: Tables) -> Any:
    out = moved(t)
    out = out[(out[["received_quantity", "sold_quantity", "returned_quantity", "lost_quantity", "closing_value"]] != 0).any(axis=1)]
    out = out.assign(opening_quantity=0, opening_value=0.0, unit_cost=ratio(out["closing_value"], out["closing_quantity"]))
    return named(out, t).sort_values("product")


def sold_products(t: Tables) -> Any:
    return t["sale_line"].groupby("product", as_index=False, sort=False)[["quantity", "revenue", "cost"]].sum().round(2)


def profit(t: Tables) -> Any:
    out = named(sold_products(t), t, "left")  # freight is sold, too, and is no product
    revenue, gross = out["revenue"], out["revenue"] - out["cost"]
    out = out.assign(product=out["product"].replace("", "other"), gross_profit=gross, gross_margin=ratio(gross, revenue), revenue_share=revenue / revenue.sum())
    return out.sort_values(["revenue", "product"], ascending=[False, True])


def open_items(t: Tables, account: str, sign: int) -> Any:
    p = t["open_line"]
    p = p[p["account"] == account]
    amount = p["amount"] * sign
    p = p.assign(amount=amount.clip(lower=0), settled_amount=(-amount).clip(lower=0), open_amount=amount)
    sums = {"day": "min", "amount": "sum", "settled_amount": "sum", "open_amount": "sum"}
    items = p.groupby(["owner", "other_party", "item"], as_index=False, sort=False).agg(sums).round({"open_amount": 2})
    items = items[items["open_amount"] != 0]
    age = (t["ledger_entry"]["day"].max() - items["day"]).dt.days
    items = items.assign(age=age, **{name: items["open_amount"].where(age.between(least, most), 0.0) for name, least, most in BUCKETS})
    items = member(items.merge(due_days(t), on="item", how="left"), t, "other_party")
    return items.rename(columns={"item": "document"}).sort_values(["owner", "day", "other_party", "document"])


def cash_flow(t: Tables) -> Any:
    p, accounts = t["cash_line"], t["ledger_account"]
    amount = p["amount"]
    out = summed(p["account"], receipts=amount.clip(lower=0), payments=(-amount).clip(lower=0), net_cash=amount)
    there = accounts[["account"]].assign(account_name=accounts["zh"] + " " + accounts["en"])
    return out.merge(there, on="account", how="left").sort_values("account")


def inventory(t: Tables) -> Any:
    m = t["stock_movement"]
    there = m["side"] == "on_hand"
    on_hand, in_transit = m["quantity"].where(there, 0), m["quantity"].where(m["side"] == "in_transit", 0)
    m = summed([m["owner"], m["product"], m["place"]], on_hand=on_hand, in_transit=in_transit, value=m["value"].where(there, 0))
    of_all = m.groupby(["owner", "product"])
    pieces, value = of_all["on_hand"].transform("sum"), of_all["value"].transform("sum").round(2)
    m["share"] = (value * ratio(m["on_hand"], pieces)).fillna(0.0).round(2)
    rest = m["share"] + value - of_all["share"].transform("sum")
    last = m.assign(there=m["on_hand"] != 0).sort_values(["there", "place"]).drop_duplicates(["owner", "product"], keep="last").index  # it has what is left
    m = m.assign(value=m["share"].where(~m.index.isin(last), rest).round(2), unit_cost=ratio(value, pieces))
    m = named(m[(m["on_hand"] != 0) | (m["in_transit"] != 0) | (m["value"] != 0)], t)
    places = t["stock_place"].rename(columns={"number": "place", "name": "place_name"})
    return m.merge(places, on="place", how="left").sort_values(["owner", "place", "product"])


def value_over_time(t: Tables) -> Any:
    m = t["stock_movement"]
    m = m[m["side"] == "on_hand"]
    value, came = m["value"], m["quantity"] > 0
    daily = summed(m["day"], in_value=value.where(came, 0), out_value=-value.mask(came, 0), closing_quantity=m["quantity"], closing_value=value)
    out = daily.set_index("day").sort_index().asfreq("D", fill_value=0)
    return out.assign(closing_quantity=out["closing_quantity"].cumsum(), closing_value=out["closing_value"].cumsum()).reset_index()


def turnover(t: Tables) -> Any:
    day, out = t["stock_movement"]["day"], moved(t)
    days = (day.max() - day.min()).days + 1
    out = out[(out["closing_value"] != 0) | (out["cost_of_sales"] != 0)]
    sold, closing = out["cost_of_sales"], out["closing_value"]
    out = out.assign(
        days=days, mean_value=closing / 2, turns=ratio(sold * 2, closing).where(sold != 0), days_in_stock=ratio(days * closing, 2 * sold),
        days_of_cover=ratio(out["closing_quantity"] * days, out["sold_quantity"]),
    )  # fmt: skip
    return named(out, t).sort_values("product")


def customers(t: Tables) -> Any:
    sold = t["sale_line"]
    sold = sold[(sold["buyer"] != "") & (sold["revenue"] != 0)]
    sold = sold.assign(document=sold["document"].where(sold["revenue"] > 0))
    sums = {"last_day": ("day", "max"), "frequency": ("document", "nunique"), "monetary": ("revenue", "sum")}
    out = sold.groupby("buyer", sort=False).agg(**sums).reset_index().round({"monetary": 2})
    scores = {"recency_score": "last_day", "frequency_score": "frequency", "monetary_score": "monetary"}
    for score, of in scores.items():
        out[score] = (5 * out[of].rank(method="max").astype("int64") + len(out) - 1) // len(out)
    recency, (r, f, m) = (t["ledger_entry"]["day"].max() - out["last_day"]).dt.days, (out[score].astype("str") for score in scores)
    return member(out.assign(recency=recency, rfm=r + f + m), t, "buyer").sort_values([*scores, "monetary", "buyer"], ascending=[False] * 4 + [True])


def product_abc(t: Tables) -> Any:
    out = named(sold_products(t).query("revenue > 0"), t).sort_values(["revenue", "product"], ascending=[False, True])
    revenue, up_to = out["revenue"], out["revenue"].cumsum().round(2)
    before, whole = up_to - revenue, revenue.sum()
    return out.assign(
        rank=range(1, len(out) + 1), gross_profit=revenue - out["cost"], revenue_share=revenue / whole, cumulative_share=up_to / whole,
        abc_class=np.select([before < 0.80 * whole, before < 0.95 * whole], ["A", "B"], "C"),
    )  # fmt: skip


def product_xyz(t: Tables) -> Any:
    sold = t["sale_line"]
    sold = sold[(sold["quantity"] > 0) & (sold["product"] != "")]
    week = ((sold["day"].max() - sold["day"]).dt.days // 7).rename("week")
    weekly = summed([sold["product"], week], quantity=sold["quantity"])
    weekly["squares"] = weekly["quantity"] ** 2
    out = weekly.groupby("product", as_index=False).agg({"week": "max", "quantity": "sum", "squares": "sum"})
    weeks = out["week"] + 1
    mean = out["quantity"] / weeks
    deviation = (out["squares"] / weeks - mean**2).clip(lower=0) ** 0.5
    steady = np.select([weeks < 2, deviation <= 0.5 * mean, deviation <= mean], ["", "X", "Y"], "Z")
    out = out.assign(weeks=weeks, weekly_mean=mean, weekly_deviation=deviation, variation=deviation / mean, xyz_class=steady)
    return named(out, t).sort_values(["variation", "product"])


def cohorts(t: Tables) -> Any:
    sold = t["sale_line"]
    sold = sold[sold["buyer"] != ""]
    month = sold["day"].dt.to_period("M").rename("month")
    bought = summed([sold["buyer"], month], revenue=sold["revenue"], buying=sold["revenue"] > 0)
    begun = bought[bought["buying"] > 0].groupby("buyer", sort=False)["month"].min().rename("cohort").reset_index()
    since = bought.merge(begun, on="buyer").query("month >= cohort")
    sums = summed([since["cohort"], since["month"]], buyers=since["buying"] > 0, revenue=since["revenue"])
    sizes = begun.groupby("cohort").size().rename("customers").reset_index()
    months = pd.DataFrame({"month": pd.period_range(sizes["cohort"].min(), bought["month"].max())})
    grid = sizes.merge(months, how="cross").query("month >= cohort").merge(sums, on=["cohort", "month"], how="left")
    out = grid.fillna({"buyers": 0, "revenue": 0}).sort_values(["cohort", "month"])
    passed = out["month"].astype("int64") - out["cohort"].astype("int64")
    return out.assign(cohort=out["cohort"].astype("str"), months_since=passed, retention=out["buyers"] / out["customers"])


def returns(t: Tables) -> Any:
    s = t["sale_line"]
    out = summed(
        s["product"], sold_quantity=s["quantity"].clip(lower=0), returned_quantity=(-s["quantity"]).clip(lower=0), sold_revenue=s["revenue"].clip(lower=0),
        returned_revenue=(-s["revenue"]).clip(lower=0), returned_cost=(-s["cost"]).clip(lower=0), net_revenue=s["revenue"],
    ).round({"returned_revenue": 2})  # fmt: skip
    out = named(out.assign(return_rate=ratio(out["returned_quantity"], out["sold_quantity"])), t, "left")
    return out.assign(product=out["product"].replace("", "other")).sort_values(["returned_revenue", "product"], ascending=[False, True])


def purchase_price(t: Tables) -> Any:
    g = t["goods_flow"]
    g = g[g["flow"] == "received"]
    out = named(summed(g["product"], received_quantity=g["quantity"], received_value=g["value"]).query("received_quantity > 0"), t)
    quantity, value, standard = out["received_quantity"], out["received_value"], out["received_quantity"] * out["standard_cost"]
    out = out.assign(actual_cost=value / quantity, price_variance=(value - standard).round(2), variance_rate=ratio(value, standard) - 1)
    return out.assign(size=out["price_variance"].abs()).sort_values(["size", "product"], ascending=[False, True])


def settled(t: Tables, account: str, sign: int) -> Any:
    whose = ["owner", "other_party", "item"]
    lines = t["open_line"]
    lines = lines[lines["account"] == account]
    lines = lines.assign(amount=lines["amount"] * sign)
    arisen = lines[lines["amount"] > 0].groupby(whose, as_index=False, sort=False)["day"].min().rename(columns={"day": "arisen"})
    paid = lines[lines["amount"] < 0].merge(arisen, on=whose).merge(due_days(t), on="item", how="left")
    amount, days, late = -paid["amount"], (paid["day"] - paid["arisen"]).dt.days.clip(lower=0), (paid["day"] - paid["due_day"]).dt.days.clip(lower=0).fillna(0)
    paid = paid.assign(settled_amount=amount, weighted=amount * days, late_amount=amount.where(late > 0, 0), weighted_late=amount * late)
    sums = dict.fromkeys(("settled_amount", "weighted", "late_amount", "weighted_late"), "sum")
    out = paid.groupby("other_party", sort=False).agg({**sums, "item": "nunique"}).rename(columns={"item": "items"}).reset_index().round({"late_amount": 2})
    out = member(out, t, "other_party")
    out = out.assign(
        days_to_pay=out["weighted"] / out["settled_amount"], late_share=out["late_amount"] / out["settled_amount"],
        days_late=ratio(out["weighted_late"], out["late_amount"]),
    )  # fmt: skip
    return out.sort_values(["late_amount", "other_party"], ascending=[False, True])


def cash_cycle(t: Tables) -> Any:
    kinds = {"6001": "revenue", "6401": "cost_of_sales", "1122": "receivables", "1405": "inventory", "1406": "inventory", "2202": "payables"}
    flow = t["account_flow"]
    flow = flow[flow["account"].isin(list(kinds))]
    first, last = flow["day"].min(), flow["day"].max()
    month = flow["day"].dt.to_period("M").rename("month")
    sums = flow["amount"].groupby([month, flow["account"].map(kinds)]).sum().unstack(fill_value=0.0)
    sums = sums.reindex(pd.period_range(first, last, freq="M", name="month"), columns=list(dict.fromkeys(kinds.values())), fill_value=0.0)
    sums = sums.mul({"revenue": -1, "cost_of_sales": 1, "receivables": 1, "inventory": 1, "payables": -1}).round(2)
    balances = ["receivables", "inventory", "payables"]
    out = sums.assign(**sums[balances].cumsum())
    ends = pd.Series(out.index.end_time, out.index).dt.normalize().clip(upper=last)
    days = (ends - pd.Series(out.index.start_time, out.index).clip(lower=first)).dt.days + 1
    out = out.assign(days=days)
    for name, of, per in (
        ("days_of_sales", "receivables", "revenue"), ("days_in_stock", "inventory", "cost_of_sales"), ("days_of_purchases", "payables", "cost_of_sales"),
    ):  # fmt: skip
        out[name] = ((out[of] - sums[of] / 2) / out[per].where(out[per] > 0) * days).round(2)
    cycle = out["days_of_sales"] + out["days_in_stock"] - out["days_of_purchases"]
    return out.assign(cash_cycle=cycle).reset_index().astype({"month": "str"})


def delivered(name: str, made: Callable[[Tables], Any]) -> Callable[[Tables], Any]:
    columns = report(name).named()
    rounded = {n: PRICES.get(n, PLACES[unit]) for n, unit in columns.items() if unit in PLACES}
    return lambda t: made(t)[list(columns)].round(rounded)


#: Every report as a function of the tables.
IN_PANDAS: dict[str, Callable[[Tables], Any]] = {
    name: delivered(name, made)
    for name, made in {
        "stock_movement": stock_movement, "operating_results": operating_results, "cost": cost, "profit": profit,
        "payables": lambda t: open_items(t, "2202", -1), "receivables": lambda t: open_items(t, "1122", 1), "cash_flow": cash_flow,
        "inventory": inventory, "value_over_time": value_over_time, "turnover": turnover, "customers": customers, "product_abc": product_abc,
        "product_xyz": product_xyz, "cohorts": cohorts, "returns": returns, "purchase_price": purchase_price,
        "collection_days": lambda t: settled(t, "1122", 1), "payment_days": lambda t: settled(t, "2202", -1), "cash_cycle": cash_cycle,
    }.items()
}  # fmt: skip
