"""The reports as queries of the laboratory: for one's own books, recorded as evidence of what was looked up."""

from __future__ import annotations

import datetime
from typing import Annotated, Any, Literal

from ..books.cast import carriers, own_company, own_person
from ..kernel.command import STUDENT, choices, query
from ..kernel.doing import Doing, Looking
from ..kernel.names import both
from ..kernel.refusals import refusal
from ..kernel.table import Table
from ..kernel.terms import term
from ..kernel.texts import Text
from ..kernel.values import Ask, Day, Ref
from . import frames

NO_BOOKS = refusal(
    "no_books",
    "“{company}”还没有账簿。请先以它的名义做一笔业务，例如开户、注册或开店，再来看报表。",
    "{company} has no books yet. Do some business in its name first, such as opening an account, registering or opening a shop.",
)
NOT_OWN_BOOKS = refusal(
    "not_own_books",
    "会员 {owner} 的账簿不是你的。请从列表中选择，或留空看本企业的。",
    "The books of {owner} are not yours. Choose from the list, or leave it empty for your own company's.",
)

Start = Annotated[Day | None, Ask("开始日期", "From", help=Text("不填则从有账之日起", "Leave empty to begin with the first entry"))]
End = Annotated[Day | None, Ask("结束日期", "To", help=Text("不填则到今天", "Leave empty for today"))]
AsOf = Annotated[Day | None, Ask("截止日期", "As of", help=Text("不填则为今天", "Leave empty for today"))]
Product = Annotated[Ref | None, Ask(choose="report.products", help=Text("不选则为全部商品", "Leave empty for all products"))]
Category = Annotated[Ref | None, Ask(choose="report.categories", help=Text("不选则为全部分类", "Leave empty for all categories"))]
Place = Annotated[Ref | None, Ask(choose="report.places", help=Text("不选则为全部地点", "Leave empty for all places"))]
Owner = Annotated[Ref | None, Ask("谁的账簿", "Whose books", choose="report.owners", help=Text("不选则为本企业", "Leave empty for your own company"))]
Party = Annotated[Ref | None, Ask("往来单位", "Other party", choose="report.other_parties", help=Text("不选则为全部单位", "Leave empty for all"))]


# --- whose books -----------------------------------------------------------------------------------------------------------


def own_members(look: Looking) -> list[Any]:
    """The members whose books are the student's: number, name. The company, the carrier, the person, and whoever is signed in."""
    company, carrier, person = own_company(look), carriers(look)[0], own_person(look)
    return look.all(
        """select number, name from member
           where uscc in ($company, $carrier) or (kind = 'person' and mailbox = $mailbox) or number in (select actor from session)
           order by uscc = $company desc nulls last, number""",
        company=company.uscc, carrier=carrier.uscc, mailbox=person.mailbox,
    )  # fmt: skip


def own_books(look: Looking, owner: str | None) -> Any:
    """The member (number, name) whose books are meant; without `owner` the student's company. Refuses those of others."""
    company = own_company(look)
    if owner:
        found = next((r for r in own_members(look) if r.number == owner), None)
        if found is None:
            raise NOT_OWN_BOOKS("owner", owner=owner[:40])
    else:
        found = look.one("select number, name from member where uscc = $uscc", uscc=company.uscc)
        if found is None:
            raise NO_BOOKS("owner", company=company.name)
    return found


@choices("report.owners")
def _owners(look: Looking, actor: str) -> list[tuple[str, Text | str]]:
    return [(r.number, f"{r.name} · {r.number}") for r in own_members(look)]


@choices("report.products")
def _products(look: Looking, actor: str) -> list[tuple[str, Text | str]]:
    rows = look.all("select gtin, name from product where gtin in (select product from stock_movement) order by gtin")
    return [(r.gtin, f"{r.name} · {r.gtin}") for r in rows]


@choices("report.categories")
def _categories(look: Looking, actor: str) -> list[tuple[str, Text | str]]:
    rows = look.all("select distinct product_category from product where gtin in (select product from stock_movement) order by 1")
    return [(r[0], term(r[0])) for r in rows]


@choices("report.places")
def _places(look: Looking, actor: str) -> list[tuple[str, Text | str]]:
    return [(r.number, r.name) for r in look.all("select number, name from stock_place order by number")]


@choices("report.other_parties")
def _other_parties(look: Looking, actor: str) -> list[tuple[str, Text | str]]:
    own = [r.number for r in own_members(look)]
    rows = look.all(
        """select number, name from member
           where number in (select sub from ledger_balance where account in ('1122', '2202') and list_contains($own, owner)) order by number""",
        own=own,
    )
    return [(r.number, f"{r.name} · {r.number}") for r in rows]


# --- making a report ---------------------------------------------------------------------------------------------------------


def made(do: Looking, name: str, owner: str | None, end: datetime.date | None, start: datetime.date | None = None, **conditions: Any) -> Table:
    """A report on one's own books, with a note that says why if it has no rows. An end beyond today means today."""
    chosen = frames.report(name)
    books = own_books(do, owner)
    given = {**conditions, "owner": books.number, "end": end, **({"start": start} if "start" in chosen.conditions else {})}
    chosen.parameters(given)  # refuses a period that is reversed as it was given
    today = do.day
    given["end"] = max(min(end or today, today), start or min(end or today, today))
    table = do.table(chosen.sql, **chosen.parameters(given))
    if not table:
        table.note = why_empty(do, books, start, given["end"])
    return table


def why_empty(look: Looking, books: Any, start: datetime.date | None, end: datetime.date) -> Text:
    whole = look.one(
        "select min(e.day) as first, max(e.day) as last from posting p join ledger_entry e on e.number = p.entry where p.owner = $owner", owner=books.number
    )
    name = both(books.name)
    if whole.first is None:
        return Text("“{name}”的账簿还是空的。", "The books of {name} are still empty.").fill(name=name)
    since = (f"{start} 至 {end}", f"from {start} to {end}") if start else (f"截至 {end}", f"up to {end}")
    return Text(
        "{since} 没有符合条件的记录；“{name}”的账从 {first} 记到 {last}。",
        "Nothing meets these conditions {since}; the books of {name} run from {first} to {last}.",
    ).fill(since=Text(*since), name=name, first=whole.first, last=whole.last)


@query(role=STUDENT, title=("统计进销存", "Report stock movement"))
def stock_movement(
    do: Doing, start: Start = None, end: End = None,
    by: Annotated[Literal["product", "product_category", "place"], Ask("汇总方式", "Summed by")] = "product",
    product: Product = None, product_category: Category = None, place: Place = None, owner: Owner = None,
) -> Table:  # fmt: skip
    """Goods on hand at the beginning, in, out and at the end of a period: group_key, group_name, then quantity (pieces) and value (CNY) of each.

    The closing value of all is account 1405. Value is kept for each owner and product; summed by place, it is what was posted there.
    """
    return made(do, "stock_movement", owner, end, start, by=by, product=product, product_category=product_category, place=place)


@query(role=STUDENT, title=("统计经营状况", "Make the income statement"))
def operating_results(do: Doing, start: Start = None, end: End = None, owner: Owner = None) -> Table:
    """From revenue to profit: result_line, accounts (of the ledger), amount (CNY, costs negative), share_of_revenue (a ratio)."""
    return made(do, "operating_results", owner, end, start)


@query(role=STUDENT, title=("统计成本", "Report cost"))
def cost(do: Doing, start: Start = None, end: End = None, product: Product = None, product_category: Category = None, owner: Owner = None) -> Table:
    """Where the cost of goods went, by product: opening, received, sold, returned, lost, rounding, closing; pieces and CNY, unit_cost to six places."""
    return made(do, "cost", owner, end, start, product=product, product_category=product_category)


@query(role=STUDENT, title=("统计商品毛利", "Report gross profit"))
def profit(
    do: Doing, start: Start = None, end: End = None,
    by: Annotated[Literal["product", "product_category", "month", "day", "buyer", "channel"], Ask("汇总方式", "Summed by")] = "product",
    product: Product = None, product_category: Category = None, owner: Owner = None,
) -> Table:  # fmt: skip
    """What sales brought: group_key, group_name, quantity (pieces), revenue, cost, gross_profit (CNY), gross_margin and revenue_share (ratios).

    Revenue of all is account 6001, cost account 6401.
    """
    return made(do, "profit", owner, end, start, by=by, product=product, product_category=product_category)


@query(role=STUDENT, title=("查询应付款明细", "Look up payables"))
def payables(do: Doing, start: Start = None, end: AsOf = None, other_party: Party = None, owner: Owner = None) -> Table:
    """What is owed to others, by document, oldest first: owner, other_party, document, day, due_day, amounts (CNY), age (days) and its column.

    Only what is still open on the day; the total of open_amount is account 2202. start: only what has arisen since.
    """
    return made(do, "payables", owner, end, start, other_party=other_party)


@query(role=STUDENT, title=("查询应收款明细", "Look up receivables"))
def receivables(do: Doing, start: Start = None, end: AsOf = None, other_party: Party = None, owner: Owner = None) -> Table:
    """What others owe, in the columns of `payables`; the total of open_amount is account 1122."""
    return made(do, "receivables", owner, end, start, other_party=other_party)


@query(role=STUDENT, title=("统计现金收支", "Report cash flow"))
def cash_flow(
    do: Doing, start: Start = None, end: End = None,
    by: Annotated[Literal["account", "other_party", "day", "month"], Ask("汇总方式", "Summed by")] = "account", owner: Owner = None,
) -> Table:  # fmt: skip
    """Where money came from and went to: group_key, group_name, receipts, payments, net_cash (CNY); by the accounts that stand against the money's.

    net_cash of all is what accounts 1001, 1002 and 1012 have risen by.
    """
    return made(do, "cash_flow", owner, end, start, by=by)


@query(role=STUDENT, title=("查看库存明细", "View the inventory"))
def inventory(do: Doing, end: AsOf = None, product: Product = None, product_category: Category = None, place: Place = None, owner: Owner = None) -> Table:
    """Where stock is on a day: owner, place, product, on_hand and in_transit (pieces), unit_cost (six places) and value (CNY, on hand)."""
    return made(do, "inventory", owner, end, product=product, product_category=product_category, place=place)


@query(role=STUDENT, title=("查看库存价值走势", "View inventory value over time"))
def value_over_time(
    do: Doing, start: Start = None, end: End = None, product: Product = None, product_category: Category = None, place: Place = None, owner: Owner = None
) -> Table:
    """For every day: in_value and out_value (CNY), closing_quantity (pieces) and closing_value (CNY) of goods on hand."""
    return made(do, "value_over_time", owner, end, start, product=product, product_category=product_category, place=place)


@query(role=STUDENT, title=("查看库存周转", "View inventory turnover"))
def turnover(do: Doing, start: Start = None, end: End = None, product: Product = None, product_category: Category = None, owner: Owner = None) -> Table:
    """How fast stock is sold, by product: turns (cost of sales by mean inventory), days_in_stock and days_of_cover."""
    return made(do, "turnover", owner, end, start, product=product, product_category=product_category)


@query(role=STUDENT, title=("查看客户价值（RFM）", "View customer value (RFM)"))
def customers(do: Doing, start: Start = None, end: End = None, owner: Owner = None) -> Table:
    """Customers by recency (days), frequency (sales) and monetary value (CNY), each with a score of 1 to 5; best first."""
    return made(do, "customers", owner, end, start)


@query(role=STUDENT, title=("查看商品 ABC 分类", "View ABC classes of products"))
def product_abc(do: Doing, start: Start = None, end: End = None, product_category: Category = None, owner: Owner = None) -> Table:
    """Products by revenue, largest first, with their share (a ratio), the cumulative share and the class A, B or C."""
    return made(do, "product_abc", owner, end, start, product_category=product_category)


@query(role=STUDENT, title=("查看商品 XYZ 分类", "View XYZ classes of products"))
def product_xyz(do: Doing, start: Start = None, end: End = None, product_category: Category = None, owner: Owner = None) -> Table:
    """How steadily products are asked for, steadiest first: weeks, pieces, weekly_mean, weekly_deviation, variation (their ratio), class X, Y or Z."""
    return made(do, "product_xyz", owner, end, start, product_category=product_category)


@query(role=STUDENT, title=("查看客户留存", "View cohorts of customers"))
def cohorts(do: Doing, start: Start = None, end: End = None, owner: Owner = None) -> Table:
    """Customers by the month of their first purchase: customers of the cohort, buyers and revenue (CNY) of each month since, retention (a ratio)."""
    return made(do, "cohorts", owner, end, start)


@query(role=STUDENT, title=("统计退货", "Report returns"))
def returns(
    do: Doing, start: Start = None, end: End = None,
    by: Annotated[Literal["product", "product_category", "month", "buyer", "channel"], Ask("汇总方式", "Summed by")] = "product",
    product: Product = None, product_category: Category = None, owner: Owner = None,
) -> Table:  # fmt: skip
    """What came back of what was sold: pieces sold and returned, return_rate (a ratio), revenue sold, taken back and left, cost returned (CNY).

    net_revenue of all is account 6001.
    """
    return made(do, "returns", owner, end, start, by=by, product=product, product_category=product_category)


@query(role=STUDENT, title=("查看采购价差", "View the purchase price variance"))
def purchase_price(do: Doing, start: Start = None, end: End = None, product: Product = None, product_category: Category = None, owner: Owner = None) -> Table:
    """What goods cost when they came against their standard cost, by product, the largest difference first; pieces, CNY, variance_rate (a ratio)."""
    return made(do, "purchase_price", owner, end, start, product=product, product_category=product_category)


@query(role=STUDENT, title=("查看回款天数", "View the days until customers pay"))
def collection_days(do: Doing, start: Start = None, end: End = None, other_party: Party = None, owner: Owner = None) -> Table:
    """How customers pay, by customer: items and settled_amount (CNY), days_to_pay, what of it came late (CNY, a ratio) and by how many days."""
    return made(do, "collection_days", owner, end, start, other_party=other_party)


@query(role=STUDENT, title=("查看付款天数", "View the days until suppliers are paid"))
def payment_days(do: Doing, start: Start = None, end: End = None, other_party: Party = None, owner: Owner = None) -> Table:
    """How suppliers are paid, in the columns of `collection_days`."""
    return made(do, "payment_days", owner, end, start, other_party=other_party)


@query(role=STUDENT, title=("查看现金周转期", "View the cash conversion cycle"))
def cash_cycle(do: Doing, start: Start = None, end: End = None, owner: Owner = None) -> Table:
    """For how many days money is out, by month: days of sales outstanding and days in stock less days of purchases outstanding.

    Revenue and cost of all months are accounts 6001 and 6401; the last month's balances are accounts 1122, 1405 with 1406, and 2202.
    """
    return made(do, "cash_cycle", owner, end, start)
