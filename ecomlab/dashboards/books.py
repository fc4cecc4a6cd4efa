"""What the dashboards over the books share: whose books, goods of which kind and place, the documents behind a figure.

Figures come from the reports (`ecomlab/reports`), so they are those of `lab.report`; a drill-down lists the movements,
postings or sales that a figure is the sum of.
"""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

from .. import reports
from ..kernel.doing import Looking
from ..kernel.names import both, dotted
from ..kernel.table import Row, Table
from ..kernel.terms import term
from ..kernel.texts import Text
from ..reports.queries import own_members
from .page import Empty, Filter, Source, Where

ZERO = Decimal("0.00")
NO_BOOKS = Empty(
    Text("你还没有账簿。", "You keep no books yet."),
    Text(
        "以企业的名义做一笔业务就有了：开立企业账户、注册为 B2B 会员，或者开一家网店。",
        "They begin with a piece of business in your company's name: open a company account, join B2B or open a shop.",
    ),
    ("EBANK001", "B2B001", "B2C002"),
)


def _owners(look: Source | Looking) -> list[tuple[str, Text]]:
    """The books that hold anything: in a world the student's own, the company's first; in a data set, which is nobody's, all."""
    kept = look.all("select owner as number, any_value(m.name) as name from posting left join member m on m.number = owner group by owner order by owner")
    if not isinstance(look, Looking):
        return [(r.number, both(r.name or r.number)) for r in kept]
    there = {r.number for r in kept}
    return [(r.number, both(r.name)) for r in own_members(look) if r.number in there]


def owner_with(condition: str) -> Filter:
    """The filter of whose books are seen: without a choice the first of them in which something is there.

    condition: what must be there, as SQL over a column `owner`, such as "from stock_movement".
    """

    def default(look: Source) -> str:
        own = [number for number, _ in _owners(look)]
        there = {r.owner for r in look.all(f"select distinct owner {condition}")}
        return next((number for number in own if number in there), own[0] if own else "")

    return Filter("owner", Text("谁的账簿", "Whose books"), options=_owners, default=default, everything=None, nothing=NO_BOOKS)


def _categories(look: Source) -> list[tuple[str, Text]]:
    rows = look.all("select distinct product_category from product where gtin in (select product from stock_movement) order by 1")
    return [(r.product_category, term(r.product_category)) for r in rows]


def _places(look: Source) -> list[tuple[str, Text]]:
    """The places where goods of these books lie or lay."""
    own = [number for number, _ in _owners(look)]
    rows = look.all(
        "select number, name from stock_place where number in (select place from stock_movement where list_contains($own, owner)) order by number", own=own
    )
    return [(r.number, dotted(r.name)) for r in rows]


CATEGORY = Filter("product_category", Text("商品分类", "Category"), options=_categories)
PLACE = Filter("place", Text("仓库", "Warehouse"), options=_places)


def rows_of(look: Source, name: str, where: Where, **given: Any) -> list[Row]:
    """The rows of a report for what is chosen: each condition that the report knows and a filter has."""
    report = reports.report(name)
    chosen = {"start": where.from_day, "end": where.to_day} | {n: where.get(n) for n in ("owner", "product_category", "place")} | given
    return look.table(report.sql, **report.parameters({k: v for k, v in chosen.items() if k in report.conditions})).rows


def total(rows: list[Row], column: str) -> Decimal:
    return sum((getattr(r, column) or ZERO for r in rows), ZERO)


def product_of(row: Row) -> Text:
    return both(row.product_name)


# --- the documents behind ----------------------------------------------------------------------------------------------------


def movements(
    look: Source, where: Where, *, product: str | None = None, first: datetime.date | None = None, last: datetime.date | None = None,
    kinds: tuple[str, ...] | None = None, on_hand: bool = False,
) -> Table:  # fmt: skip
    """The stock movements of these books, of a product, of these days or kinds, with the documents they were made by."""
    rows = look.all(
        """select m.document, m.day, m.kind, p.name as product_name, s.name as place_name, m.quantity, m.value
           from stock_movement m join product p on p.gtin = m.product left join stock_place s on s.number = m.place
           where m.owner = $owner and ($product is null or m.product = $product) and m.day between $first and $last
             and ($category is null or p.product_category = $category) and ($place is null or m.place = $place)
             and ($kinds is null or list_contains($kinds, m.kind)) and ($on_hand = false or m.side = 'on_hand')
           order by m.number""",
        owner=where.owner, product=product, first=first or where.from_day, last=last or where.to_day, category=where.get("product_category"),
        place=where.get("place"), kinds=list(kinds) if kinds else None, on_hand=on_hand,
    )  # fmt: skip
    made = [(r.document, r.day, r.kind, both(r.product_name), dotted(r.place_name), r.quantity, r.value) for r in rows]
    return Table(("document", "day", "kind", "product_name", "place_name", "quantity", "value"), made)


def sales(
    look: Source, where: Where, *, product: str | None = None, buyer: str | None = None, first: datetime.date | None = None, last: datetime.date | None = None
) -> Table:
    """The sale lines of these books, of a product, a buyer or these days. product '' is what is no product."""
    rows = look.all(
        """select l.document, l.day, m.name as buyer_name, p.name as product_name, l.quantity, l.revenue, l.cost, l.revenue - l.cost as gross_profit
           from sale_line l left join product p on p.gtin = l.product left join member m on m.number = l.buyer
           where l.seller = $owner and ($product is null or l.product = $product) and ($buyer is null or coalesce(l.buyer, '') = $buyer)
             and l.day between $first and $last and ($category is null or p.product_category = $category)
           order by l.day, l.document, l.product""",
        owner=where.owner, product=product, buyer=buyer, first=first or where.from_day, last=last or where.to_day, category=where.get("product_category"),
    )  # fmt: skip
    made = [(r.document, r.day, both(r.buyer_name), both(r.product_name), r.quantity, r.revenue, r.cost, r.gross_profit) for r in rows]
    return Table(("document", "day", "buyer_name", "product_name", "quantity", "revenue", "cost", "gross_profit"), made)


def postings(
    look: Source, where: Where, accounts: tuple[str, ...], *, sign: int = 1, entry_kind: str | None = None, other_than: str | None = None,
    first: datetime.date | None = None, last: datetime.date | None = None,
) -> Table:  # fmt: skip
    """The postings of these books on accounts, with their documents; amounts times `sign`, so that a revenue can be positive."""
    rows = look.all(
        """select e.document, e.day, e.number, p.account, e.text, m.name as other_party_name, p.amount
           from posting p join ledger_entry e on e.number = p.entry left join member m on m.number = p.sub
           where p.owner = $owner and list_contains($accounts, p.account) and e.day between $first and $last
             and ($kind is null or e.kind = $kind) and ($other is null or e.kind <> $other) order by e.number, p.line""",
        owner=where.owner, accounts=list(accounts), first=first or where.from_day, last=last or where.to_day, kind=entry_kind, other=other_than,
    )  # fmt: skip
    made = [(r.document, r.day, str(r.number), both(r.text), both(r.other_party_name), sign * r.amount) for r in rows]
    return Table(("document", "day", "ledger_entries", "text", "other_party_name", "amount"), made)


def with_chains(look: Source, table: Table) -> Table:
    """The same rows, naming only documents that have a chain to be looked at: what the bank did by itself has none."""
    names = list({r.document for r in table if r.document})
    known = {r.number for r in look.all("select number from document where list_contains($names, number)", names=names)}
    return Table(table.columns, [(r.document if r.document in known else None, *tuple(r)[1:]) for r in table])


def balance(look: Source, where: Where, accounts: tuple[str, ...]) -> Decimal:
    """What these accounts came to on the last day, debit positive."""
    return Decimal(
        look.value(
            """select coalesce(sum(p.amount), 0) from posting p join ledger_entry e on e.number = p.entry
               where p.owner = $owner and list_contains($accounts, p.account) and e.day <= $last""",
            owner=where.owner, accounts=list(accounts), last=where.to_day,
        )
    )  # fmt: skip


# --- time ---------------------------------------------------------------------------------------------------------------------


class Span(tuple[datetime.date, datetime.date]):
    """First and last day of a bar over time, its name, and its key (the first day)."""

    @property
    def label(self) -> Text:
        first, last = self
        if first.day == 1 and last.month == first.month and (last + datetime.timedelta(days=1)).day == 1:
            return Text(f"{first.month}月", f"{first:%b}")
        if first == last:
            return Text(f"{first.month}/{first.day}", f"{first.day} {first:%b}")
        if first.month == last.month:
            return Text(f"{first.month}/{first.day}–{last.day}", f"{first.day}–{last.day} {first:%b}")
        return Text(f"{first.month}/{first.day}–{last.month}/{last.day}", f"{first.day} {first:%b}–{last.day} {last:%b}")

    @property
    def key(self) -> str:
        return self[0].isoformat()


def spans(first: datetime.date, last: datetime.date) -> list[Span]:
    """A period cut for a chart of bars: into days up to a week, into weeks up to two months, else into calendar months."""
    days = (last - first).days + 1
    if days > 62:
        made, start = [], first
        while start <= last:
            next_month = (start.replace(day=1) + datetime.timedelta(days=32)).replace(day=1)
            made.append(Span((start, min(last, next_month - datetime.timedelta(days=1)))))
            start = next_month
        return made
    step = 1 if days <= 7 else 7
    return [Span((d, min(last, d + datetime.timedelta(days=step - 1)))) for d in (first + datetime.timedelta(days=i) for i in range(0, days, step))]


def span_of(found: list[Span], key: str) -> Span:
    return next(s for s in found if s.key == key)
