"""Work on a page: documents that are not done yet, whose turn it is, and for how long they have waited.

What is work is said by SQL, one text for each kind of document, over tables that a source may or may not have; so a page that shows it works on a
world of any modules and on a data set. Of an order in the hands of the shop the state is that of its sales order, which is what people work by.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from ..books.documents import KINDS
from ..kernel.doing import Looking
from ..kernel.names import both
from ..kernel.table import Table
from ..kernel.terms import term
from ..kernel.texts import Text
from ..modules.service import open_items
from .page import Source


class Work(NamedTuple):
    """A document that waits. ours: for the owner of the books, else for the other party; amount: CNY, None where money is not in question."""

    number: str
    kind: str
    state: str
    day: datetime.date | None
    party: str | None
    amount: Decimal | None
    ours: bool
    is_order: bool

    @property
    def label(self) -> Text:
        """Kind and state, as a bar is called."""
        kind, state = term(self.kind), self.said
        return Text(f"{kind.zh} · {state.zh}", f"{kind.en}: {_low(state.en)}")

    @property
    def said(self) -> Text:
        """Its state, in the words of its module."""
        return KINDS[self.kind].said(self.state)

    def waited(self, today: datetime.date) -> int:
        return (today - self.day).days if self.day else 0


def _low(text: str) -> str:
    return text if text[:2].isupper() else text[:1].lower() + text[1:]


#: What waits, by the tables that must be there: number, kind, state, day, party, amount, ours, is_order of the owner $owner.
_WORK = {
    ("b2c_order", "b2c_merchant"): """
        select o.number, d.kind, coalesce(w.state, d.state) as state, o.placed_day as day, s.full_name as party, o.amount,
               not (d.state = 'placed' and o.payment_kind <> 'cash_on_delivery') as ours, true as is_order
        from b2c_order o join document d using (number) join b2c_merchant m on m.merchant = o.merchant join b2c_shopper s on s.user_name = o.shopper
        left join document w on w.number = o.sales_order
        where m.member = $owner and d.state in ('placed', 'paid', 'accepted')""",
    ("b2c_return", "b2c_merchant"): """
        select r.number, d.kind, d.state, d.day, s.full_name, r.amount, true, false
        from b2c_return r join document d using (number) join b2c_order o on o.number = r.web_order
        join b2c_merchant m on m.merchant = o.merchant join b2c_shopper s on s.user_name = o.shopper
        where m.member = $owner and d.state = 'requested'""",
    ("b2c_purchase", "b2c_merchant"): """
        select p.number, d.kind, d.state, d.day, s.name,
               if(d.state = 'received', (select -sum(amount) from open_line i where i.owner = $owner and i.account = '2202' and i.item = p.number),
                  (select sum(unit_cost * quantity) from b2c_purchase_line l where l.number = p.number)),
               d.state = 'received', true
        from b2c_purchase p join document d using (number) join b2c_merchant m on m.merchant = p.merchant join member s on s.number = p.supplier
        where m.member = $owner and d.state in ('new', 'confirmed', 'part_received', 'received')""",
    ("b2b_order",): """
        select o.number, d.kind, d.state, d.day, p.name, (select sum(quantity * price) from b2b_order_line l where l.number = o.number),
               (o.supplier = $owner) = (d.state in ('placed', 'confirmed', 'part_delivered')), true
        from b2b_order o join document d using (number) join member p on p.number = if(o.supplier = $owner, o.purchaser, o.supplier)
        where $owner in (o.supplier, o.purchaser) and d.state in ('placed', 'accepted', 'confirmed', 'part_delivered', 'delivered')""",
    ("approval", "b2c_merchant"): """
        select a.number, d.kind, d.state, d.day, null, a.amount, true, false
        from approval a join document d using (number) join document s on s.number = a.about
        where d.state = 'requested' and (s.owner = $owner or s.owner in (select merchant from b2c_merchant where member = $owner))""",
    ("floor_parcel", "b2c_merchant"): """
        select p.number, d.kind, d.state, d.day, o.recipient, null, true, false
        from floor_parcel p join document d using (number) join b2c_merchant m on m.merchant = p.merchant join b2c_order o using (sales_order)
        where m.member = $owner and d.state in ('packed', 'with_waybill')""",
    ("shop_statement", "b2c_merchant"): """
        select t.number, d.kind, d.state, d.day, s.name, t.payable, d.state = 'confirmed', false
        from shop_statement t join document d using (number) join b2c_merchant m on m.merchant = t.merchant join member s on s.number = t.supplier
        where m.member = $owner and d.state in ('drawn_up', 'confirmed')""",
    ("finance_vat",): """
        select v.number, d.kind, d.state, d.day, null, v.payable, true, false
        from finance_vat v join document d using (number) where v.company = $owner and d.state = 'declared'""",
    ("invoice",): """
        select i.number, d.kind, d.state, d.day, s.name, i.net + i.tax, true, false
        from invoice i join document d using (number) join member s on s.number = i.seller
        where i.buyer = $owner and d.state in ('delivered', 'blocked') and i.invoice_kind = 'special' and i.blue is null""",
}  # fmt: skip


def has(look: Source, tables: Sequence[str]) -> bool:
    """Whether a source has all of these tables."""
    there = look.value("select count(*) from information_schema.tables where list_contains($names, table_name)", names=list(tables))
    return bool(there == len(tables))


def work_of(look: Source, owner: str) -> list[Work]:
    """What waits for these books' owner, and what the owner waits for: the oldest first."""
    found = [Work(*r) for tables, sql in _WORK.items() if has(look, tables) for r in look.all(f"{sql} order by 1", owner=owner)]
    return sorted(found + _desk(look, owner), key=lambda w: (w.day or datetime.date.max, w.number))


def _desk(look: Any, owner: str) -> list[Work]:
    """What is open at the service desk of this owner's shop: talks, wishes, returns, reviews."""
    if not isinstance(look, Looking) or not look.scenario.has("service"):
        return []
    if not look.value("select 1 from service_desk join b2c_merchant using (merchant) where member = $owner", owner=owner):
        return []
    shown = {"service_conversation", "service_change_request", "service_refund_case", "service_return_entry", "service_review"}
    return [Work(r.number, r.kind, r.state, r.day, None, None, True, False) for r in open_items(look) if r.kind in shown]


def work_table(work: Sequence[Work], today: datetime.date) -> Table:
    made = [(w.number, term(w.kind), w.said, both(w.party), w.day, w.waited(today) if w.day else None, w.amount) for w in work]
    return Table(("document", "kind", "state", "other_party_name", "day", "days_waiting", "amount"), made)
