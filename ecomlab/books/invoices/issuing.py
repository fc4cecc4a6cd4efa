"""Issuing: an invoice for a sale, and a credit note (红字发票) for what of it is taken back.

Invoices are fully digital (数电发票): issued, they are in the buyer's tax account at once, so `issue` delivers as well. A company gets a special invoice
(专用发票), whose tax it may deduct; anybody else an ordinary one (普通发票). An invoice is never changed: what was wrong or came back is taken
back by a credit note, which names the blue invoice and has negative figures.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from ...kernel.audit import invariant
from ...kernel.doing import Doing, Looking
from ...kernel.refusals import refusal
from ...kernel.table import Table
from .. import documents, ledger
from ..batches import Batch, Journey
from ..members import named
from ..sales import Item

#: Delivered is an invoice that the buyer has; blocked one that is not as ordered and received; verified one that was held against what was bought;
#: deducted one whose tax the buyer has claimed.
INVOICE = documents.kind(
    "tax_invoice", "VI", ("发票", "invoice"),
    {"issued": ("delivered",), "delivered": ("verified", "blocked", "red_lettered"), "blocked": ("verified", "red_lettered"),
     "verified": ("deducted", "red_lettered"), "deducted": ("red_lettered",), "red_lettered": ()}, module="invoices",
)  # fmt: skip
CREDIT_NOTE = documents.kind("credit_note", "VR", ("红字发票", "credit note"), {"applied": ("issued",), "issued": ()}, module="invoices")
SPECIAL, ORDINARY = "special", "ordinary"

BAD_TAX_NUMBER = refusal(
    "bad_tax_number",
    "纳税人识别号不正确：企业为 18 位统一社会信用代码，末位是校验码。请核对；个人可不填。",
    "The tax number is wrong: a company's is its social credit code of 18 characters, the last a check character. Compare it; a person has none.",
)
CREDIT_OVER = refusal(
    "credit_over_invoice",
    "发票“{number}”只剩 {left} 元未冲红，不能冲红 {wanted} 元。请减少金额。",
    "Only {left} CNY of the invoice {number} is left to take back, not {wanted} CNY. Enter less.",
)


def checked_tax_number(text: str, field: str) -> str:
    """A company's tax number, its social credit code, in compact form (GB 32100-2015). Refuses 'bad_tax_number'."""
    from stdnum.cn import uscc
    from stdnum.exceptions import ValidationError

    try:
        return str(uscc.validate(text))
    except ValidationError:
        raise BAD_TAX_NUMBER(field) from None


def issue(
    do: Doing, sale: str, seller: str, buyer: str | None, items: Sequence[Item], *, title: str | None = None, tax_number: str | None = None
) -> str:
    """Issues and delivers an invoice for a sale (the document of its sale lines); gives its document number.

    title, tax_number: to whom it is made out, by default the buyer's own name and credit code. A company that buys in its own name gets a special one.
    """
    who: Any = named(do, buyer) if buyer is not None else None
    company = who is not None and who.kind == "company"
    made = documents.create(do, INVOICE, owner=seller, parent=sale)
    _write(
        do, made.number, code_of(do, seller), SPECIAL if company and title is None else ORDINARY, seller, buyer,
        title or (who.name if who else ""), tax_number or (who.uscc if company and title is None else None), sale, items,
    )  # fmt: skip
    made.move_to("delivered")
    return made.number


def issue_at_once(batch: Batch, sale: str, seller: Any, buyer: Any, items: Sequence[Item]) -> str:
    """As `issue` to a company in its own name, booked with much else. seller, buyer: their members' rows."""
    do, number = batch.do, batch.do.number(INVOICE.prefix)
    batch.create(INVOICE, [Journey(number, seller.number, [("issued", do.by), ("delivered", do.by)], sale)])
    net, tax = (sum(amounts, Decimal("0.00")) for amounts in zip(*((i.revenue, i.tax) for i in items), strict=True))
    batch.add("invoice", [
        (number, _next_code(do, seller.uscc), SPECIAL, seller.number, buyer.number, buyer.name, buyer.uscc, sale, net, tax, None, None)
    ])  # fmt: skip
    batch.add("invoice_line", [(number, line, i.product, i.quantity, i.revenue, i.tax) for line, i in enumerate(items, start=1)])
    return number


def credit(do: Doing, sale: str, seller: str, items: Sequence[Item], reason: str, field: str | None = None) -> str | None:
    """Takes back what was invoiced for a sale, all or some of it, by a credit note, applied for and issued at once; gives its number.

    items: negative, as in a sale of goods that come back. None where the sale has no invoice: then nothing has to be taken back. An invoice of which
    nothing is left is red-lettered (已红冲). Refuses 'credit_over_invoice'.
    """
    blue = of_sale(do, sale, seller)
    if blue is None:
        return None
    number = apply(do, blue.number, items, reason, field)
    issue_credit(do, number)
    return number


def take_back(do: Doing, blue: str, reason: str) -> str:
    """Takes back all that is left of an invoice by a credit note; gives its number."""
    rows = do.all(
        """select l.product, sum(l.quantity)::integer as quantity, sum(l.net) as net, sum(l.tax) as tax from invoice_line l
           join invoice i on i.number = l.invoice where i.number = $n or i.blue = $n group by 1 having sum(l.net + l.tax) <> 0 order by 1""",
        n=blue,
    )
    number = apply(do, blue, [Item(-r.net, r.product, -r.quantity, Decimal("0.00"), -r.tax) for r in rows], reason)
    issue_credit(do, number)
    return number


def apply(do: Doing, blue: str, items: Sequence[Item], reason: str, field: str | None = None) -> str:
    """Applies for a credit note on an invoice (红字信息确认单); gives its number. items: negative. Refuses 'credit_over_invoice'."""
    row = do.one("select * from invoice where number = $n", n=blue)
    wanted, left = -sum((i.revenue + i.tax for i in items), Decimal("0.00")), left_of(do, blue)
    if wanted > left:
        raise CREDIT_OVER(field, number=row.code, left=f"{left:,}", wanted=f"{wanted:,}")
    made = documents.create(do, CREDIT_NOTE, owner=row.seller, parent=blue)
    _write(do, made.number, None, row.invoice_kind, row.seller, row.buyer, row.title, row.tax_number, row.sale, items, blue, reason)
    return made.number


def issue_credit(do: Doing, number: str) -> str:
    """Issues a credit note that was applied for; gives its code of 20 digits."""
    row = do.one("select seller, blue from invoice where number = $n", n=number)
    code = code_of(do, row.seller)
    do.execute("update invoice set code = $code where number = $n", code=code, n=number)
    documents.find(do, CREDIT_NOTE, number).move_to("issued")
    if not left_of(do, row.blue):
        documents.find(do, INVOICE, row.blue).move_to("red_lettered")
    return code


def _write(
    do: Doing, number: str, code: str | None, kind: str, seller: str, buyer: str | None, title: str, tax_number: str | None, sale: str,
    items: Sequence[Item], blue: str | None = None, reason: str | None = None,
) -> None:  # fmt: skip
    net, tax = (sum(amounts, Decimal("0.00")) for amounts in zip(*((i.revenue, i.tax) for i in items), strict=True))
    do.execute(
        "insert into invoice values ($n, $code, $kind, $seller, $buyer, $title, $tax_number, $sale, $net, $tax, $blue, $reason)",
        n=number, code=code, kind=kind, seller=seller, buyer=buyer, title=title, tax_number=tax_number, sale=sale, net=net, tax=tax, blue=blue,
        reason=reason,
    )  # fmt: skip
    rows, parameters = ledger.values([(line, i.product, i.quantity, i.revenue, i.tax) for line, i in enumerate(items, start=1)])
    do.execute(f"insert into invoice_line select $n, v.* from (values {rows}) v", n=number, **parameters)


def code_of(do: Doing, seller: str) -> str:
    """The next number of 20 digits (国家税务总局公告2024年第11号): the year's last two, the province's two as in the seller's credit code, one for the
    channel of issue, and fifteen that count on. The laboratory's companies are of province 00, which is none, so no real invoice has such a number."""
    who = named(do, seller)  # the bank is no member
    return _next_code(do, who.uscc if who else None)


def _next_code(do: Doing, uscc: str | None) -> str:
    code = uscc or ""
    return f"{do.day.year % 100:02d}{code[2:4] if code[2:4].isdigit() else '00'}1{do.mark}{do.count('invoice'):011d}"


# --- looking -----------------------------------------------------------------------------------------------------------


def of_sale(look: Looking, sale: str, seller: str) -> Any:
    """The newest invoice of a sale that is not taken back as a whole: its row, or None."""
    return look.one(
        """select i.* from invoice i join document d using (number) where i.sale = $sale and i.seller = $seller and i.blue is null
           and d.state <> 'red_lettered' order by i.number desc limit 1""",
        sale=sale, seller=seller,
    )  # fmt: skip


def left_of(look: Looking, blue: str) -> Decimal:
    """What of an invoice credit notes have not taken back or asked to take back, tax included."""
    found: Decimal = look.value("select sum(net + tax)::decimal(18,2) from invoice where number = $n or blue = $n", n=blue)
    return found


def listed(look: Looking, member: str) -> Table:
    """The invoices and credit notes that a member has issued or received, newest first: number, code, invoice_kind, state, day, seller_name, title,
    net, tax, sale, blue. At most 500."""
    made = look.table(
        """select i.number, i.code, i.invoice_kind, d.state, d.day, s.name as seller_name, i.title, i.net, i.tax, i.sale, i.blue
           from invoice i join document d using (number) join member s on s.number = i.seller
           where i.seller = $member or i.buyer = $member order by d.day desc, i.number desc limit 500""",
        member=member,
    )
    made.module = "invoices"
    return made


@invariant("invoices_add_up", "发票金额等于明细之和，红字不超过蓝字", "An invoice is the sum of its lines, and no more of it is taken back than it has")
def _add_up(look: Looking) -> list[str]:
    lines = look.all(
        """select i.number, i.net, i.tax, l.net as lines_net, l.tax as lines_tax from invoice i left join (
               select invoice, sum(net) as net, sum(tax) as tax from invoice_line group by 1) l on l.invoice = i.number
           where i.net is distinct from l.net or i.tax is distinct from l.tax order by 1"""
    )
    credits = look.all(
        """select b.number, d.state, b.net + b.tax + coalesce(sum(r.net + r.tax), 0) as remains from invoice b join document d using (number)
           left join (select r.* from invoice r join document x using (number) where x.state = 'issued') r on r.blue = b.number
           where b.blue is null group by b.number, d.state, b.net, b.tax
           having remains < 0 or (d.state = 'red_lettered') <> (remains = 0 and b.net + b.tax > 0) order by 1"""
    )
    return [f"{r.number}: {r.net} and {r.tax}, lines {r.lines_net} and {r.lines_tax}" for r in lines] + [
        f"{r.number}: {r.state}, {r.remains} is not taken back" for r in credits
    ]


@invariant("invoices_numbered", "已开具的发票都有唯一的 20 位号码", "Every issued invoice has a number of 20 digits of its own")
def _numbered(look: Looking) -> list[str]:
    return [
        f"{r.number}: {r.code}"
        for r in look.all(
            """select i.number, i.code from invoice i join document d using (number)
               where (d.state <> 'applied' and not coalesce(regexp_full_match(i.code, '[0-9]{20}'), false))
                  or i.code in (select code from invoice group by code having count(*) > 1) order by 1"""
        )
    ]
