"""A channel's statement: what the payment platform says it owes the shop, as a file, and how the file comes into the department.

The channel makes its statement from its own books, and makes mistakes as channels do: in the first one a charge of its own that nobody has
booked, an amount with two digits exchanged, and a refund that is still on its way there. The next one puts right what was wrong.
The file is text (RFC 4180): a head with the period and both balances, then a line for each movement, in CNY; what the shop has to get is positive.
"""

from __future__ import annotations

import base64
import csv
import datetime
import io
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any, Literal, NamedTuple

from ...books import documents, ledger
from ...kernel.command import command, query
from ...kernel.doing import Doing, Looking
from ...kernel.refusals import refusal
from ...kernel.table import Table
from ...kernel.texts import Text
from ...kernel.values import Ask, Ref, Upload
from .. import b2c
from .staff import FINANCE_CLERK, MINE, company_of, merchant_of, own

STATEMENT = documents.kind(
    "collection_statement", "FK", ("渠道对账单", "channel statement"),
    {"requested": ("imported",), "imported": ("matched",), "matched": ("differences_explained",), "differences_explained": ()},
)  # fmt: skip
HEAD = ("statement", "merchant", "from_day", "to_day", "opening", "closing")
COLUMNS = ("line", "day", "line_kind", "reference", "amount")
#: What the entries of the channel's books are called on its statement.
LINE_KINDS = {
    "sale": "sale", "sale_returned": "refund", "settlement": "payout", "platform_fee": "charge", "channel_fee": "charge", "commission_set_off": "charge",
}  # fmt: skip

EXPLAIN_FIRST = refusal(
    "explain_first",
    "对账单 {number} 的差异还没有全部说明。请先说明，再要下一期。",
    "The differences of {number} are not all explained. Explain them, then ask for the next one.",
)
NOTHING_TO_STATE = refusal(
    "nothing_to_state", "{channel}还没有本店的往来。请等有了收款再要对账单。", "Nothing has moved at {channel} yet. Ask again once something was paid."
)
NOT_A_STATEMENT = refusal(
    "not_a_statement",
    "文件第 {line} 行不符合对账单的格式。请上传渠道发来的原始文件。",
    "Line {line} of the file is not what a statement has there. Upload the file as the channel sent it.",
)
OTHER_PERIOD = refusal(
    "other_period",
    "文件是对账单 {found}（{from_day} 至 {to_day}），不是 {wanted}。请上传这一期的文件。",
    "The file is the statement {found} ({from_day} to {to_day}), not {wanted}. Upload the file of this period.",
)
DOES_NOT_ADD_UP = refusal(
    "does_not_add_up",
    "文件的期初余额加各行金额得 {sum} 元，期末余额却是 {closing} 元。文件可能缺行，请重新下载。",
    "Opening balance and lines of the file come to {sum} CNY, its closing balance is {closing} CNY. A line may be missing: get the file again.",
)

Channel = Annotated[Literal["payment_platform"], Ask("渠道", "Channel")]
Requested = Annotated[Ref, Ask("对账单", "Statement", choose="finance.statements_requested")]
AnyStatement = Annotated[Ref, Ask("对账单", "Statement", choose="finance.statements")]


def offer(name: str, *states: str) -> None:
    """Registers the department's statements in some states as choices."""
    documents.offer(name, STATEMENT, *states, of="finance_statement", where=f"t.company = {MINE}", shows="t.from_day, t.to_day, t.closing")


offer("finance.statements")
offer("finance.statements_requested", "requested")


class Row(NamedTuple):
    """A line of a statement."""

    line: int
    day: datetime.date
    line_kind: str
    reference: str
    amount: Decimal


#: What a party has booked with another on an account between two ledger entries, by the web order that it is about.
MOVED = """
    select e.number as entry, e.day, e.kind, coalesce(r.web_order, o.number, e.document) as reference, p.amount from posting p
    join ledger_entry e on e.number = p.entry left join b2c_order o on o.sales_order = e.document left join b2c_return r on r.number = e.document
    where p.owner = $owner and p.account = $account and p.sub = $sub and p.entry > $after and p.entry <= $upto order by p.entry, p.line"""


@command("FIN009", role=FINANCE_CLERK, title=("索取对账单", "Request a statement"))
def request_statement(do: Doing, channel: Channel) -> dict[str, Any]:
    """Has the channel send its statement, from the last one up to now; gives its number, period and closing balance.

    The file lies beside the logbook, in the folder `statements`; `statement_file` shows it as well.
    """
    house, company = b2c.platform(do).member, company_of(do, do.actor)
    last = do.one(
        """select s.*, d.state from finance_statement s join document d using (number)
           where s.company = $company and s.channel = $channel order by s.number desc limit 1""",
        company=company, channel=house,
    )  # fmt: skip
    if last and last.state != "differences_explained":
        raise EXPLAIN_FIRST("channel", number=last.number)
    after, upto = (last.upto_entry if last else 0), do.known.counters.get("ledger", 0)
    opening = last.closing if last else Decimal("0.00")
    made = documents.create(do, STATEMENT, company, parent=last.number if last else None)
    rows = _stated(do, made.number, house, company, after, upto, last)
    if not rows and last is None:
        raise NOTHING_TO_STATE("channel", channel=b2c.PLATFORM)
    closing = opening + sum((r.amount for r in rows), Decimal("0.00"))
    do.execute(
        "insert into finance_statement values ($n, $company, $channel, $before, $from, $to, $after, $upto, $opening, $closing, $booked)",
        **{"n": made.number, "company": company, "channel": house, "before": last.number if last else None, "from": last.to_day if last else rows[0].day},
        to=do.day, after=after, upto=upto, opening=opening, closing=closing, booked=ledger.balance(do, company, ledger.RECEIVABLE, house),
    )  # fmt: skip
    keep(do, "finance_channel_line", made.number, rows)
    text = file_text(do, made.number)
    do.deliver(f"statements/{made.number}.csv", lambda: text.encode())
    return {"statement": made.number, "from_day": last.to_day if last else rows[0].day, "to_day": do.day, "closing": closing}


def _stated(do: Doing, number: str, house: str, company: str, after: int, upto: int, last: Any) -> list[Row]:
    """What the channel says: its own books, with mistakes in the first statement, and what it puts right in a later one."""
    lines = [
        (r.day, LINE_KINDS.get(r.kind, "other"), r.reference or "", -r.amount)
        for r in do.all(MOVED, owner=house, account=ledger.PAYABLE, sub=company, after=after, upto=upto)
        if r.kind != "channel_fee"  # that stood on the statement before it was booked
    ]
    if last is None:
        lines = _mistaken(do, lines)
    else:
        for r in do.all("select * from finance_difference where statement = $n and cause <> 'channel_fee' order by line", n=last.number):
            lines.append((do.day, "refund" if r.cause == "refund_in_transit" else "correction", r.reference, r.booked - r.stated))
    return [Row(i, *line) for i, line in enumerate(lines, start=1)]


_Line = tuple[datetime.date, str, str, Decimal]


def _mistaken(do: Doing, lines: list[_Line]) -> list[_Line]:
    """The lines with an amount whose digits are exchanged, without the last refund, and with a charge for the channel's service."""
    chance = do.stream("finance.statement")
    refunds = [i for i, line in enumerate(lines) if line[1] == "refund"]
    returned = {line[2] for line in lines if line[1] == "refund"}
    sold = [i for i, line in enumerate(lines) if line[1] == "sale" and line[2] not in returned and exchanged(line[3]) != line[3]]
    made = list(lines)
    if sold:
        i = chance.choice(sold)
        made[i] = (*made[i][:3], exchanged(made[i][3]))
    if refunds:
        del made[refunds[-1]]
    if made:
        made.append((do.day, "charge", "", -Decimal(chance.randint(120, 480)) / 10 - Decimal("0.00")))
    return made


def exchanged(amount: Decimal) -> Decimal:
    """The amount with the last two neighbouring digits that differ exchanged, as happens when it is copied by hand; the first digit stays.

    Such a mistake is a multiple of nine, in the unit of the smaller digit.
    """
    digits = list(f"{amount:.2f}".replace(".", ""))
    for i in range(len(digits) - 1, 1, -1):
        if digits[i] != digits[i - 1]:
            digits[i], digits[i - 1] = digits[i - 1], digits[i]
            break
    return Decimal("".join(digits)) / 100 + Decimal("0.00")


def keep(do: Doing, table: str, statement: str, rows: list[Row]) -> None:
    """Writes the lines of a statement into one of its two tables."""
    if not rows:
        return  # nothing moved since the last one
    values, given = ledger.values(rows)
    do.execute(f"insert into {table} select $statement, * from (values {values}) v(line, day, line_kind, reference, amount)", statement=statement, **given)


def file_text(look: Looking, number: str) -> str:
    """The channel's file of a statement."""
    head = look.one("select * from finance_statement where number = $n", n=number)
    out = io.StringIO()
    sheet = csv.writer(out)
    sheet.writerow(HEAD)
    sheet.writerow((number, merchant_of(look, head.company), head.from_day, head.to_day, head.opening, head.closing))
    sheet.writerow(COLUMNS)
    sheet.writerows(look.all("select line, day, line_kind, reference, amount from finance_channel_line where statement = $n order by line", n=number))
    return out.getvalue()


@query("FIN009", role=FINANCE_CLERK, title=("查看对账单文件", "View the file of a statement"))
def statement_file(do: Doing, statement: AnyStatement) -> Table:
    """The channel's file, as one text: statement, content."""
    own(do, STATEMENT, "finance_statement", statement, "statement")
    return Table(("statement", "content"), [(statement, file_text(do, statement))])


@command("FIN009", role=FINANCE_CLERK, title=("导入对账单", "Import a statement"))
def import_statement(
    do: Doing,
    statement: Requested,
    file: Annotated[Upload, Ask("对账单文件", "File of the statement", max=200_000, help=Text("CSV，UTF-8 编码", "CSV, in UTF-8"))],
) -> dict[str, Any]:
    """Takes over the lines of the channel's file; gives how many they are and their sum.

    Refuses a file that is none, one of another statement, shop or period, and one that does not add up: nothing of it is kept.
    """
    found, head = own(do, STATEMENT, "finance_statement", statement, "statement")
    found.must_allow("imported", "statement")
    said, rows = _read(file)
    if (said["statement"], said["merchant"]) != (statement, merchant_of(do, head.company)) or (said["from_day"], said["to_day"]) != (
        head.from_day.isoformat(), head.to_day.isoformat(),
    ):  # fmt: skip
        raise OTHER_PERIOD("file", found=said["statement"][:40], from_day=said["from_day"][:20], to_day=said["to_day"][:20], wanted=statement)
    total = sum((r.amount for r in rows), Decimal("0.00"))
    if (made := _amount(said["opening"], 2) + total) != (closing := _amount(said["closing"], 2)):
        raise DOES_NOT_ADD_UP("file", sum=f"{made:,}", closing=f"{closing:,}")
    keep(do, "finance_statement_line", statement, rows)
    found.move_to("imported", "statement")
    return {"rows": len(rows), "sum": total}


def _read(upload: str) -> tuple[dict[str, str], list[Row]]:
    """Head and lines of a file (base64). Refuses 'not_a_statement' with the line that is not as it should be."""
    try:
        text = base64.b64decode(upload).decode("utf-8-sig")
        sheet = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    except (UnicodeDecodeError, csv.Error):
        raise NOT_A_STATEMENT("file", line=1) from None
    for at, wanted in ((0, HEAD), (2, COLUMNS)):
        if len(sheet) <= at or tuple(sheet[at]) != wanted:
            raise NOT_A_STATEMENT("file", line=at + 1)
    if len(sheet[1]) != len(HEAD):
        raise NOT_A_STATEMENT("file", line=2)
    rows = []
    for at, cells in enumerate(sheet[3:], start=4):
        try:
            line, day, line_kind, reference, amount = cells
            rows.append(Row(int(line), datetime.date.fromisoformat(day), line_kind[:20], reference[:40], _amount(amount, at)))
        except ValueError:
            raise NOT_A_STATEMENT("file", line=at) from None
        if rows[-1].line != len(rows):
            raise NOT_A_STATEMENT("file", line=at)
    return dict(zip(HEAD, sheet[1], strict=True)), rows


def _amount(text: str, line: int) -> Decimal:
    try:
        amount = Decimal(text)
        if amount.is_finite() and abs(amount) < Decimal(10) ** 12 and amount == round(amount, 2):
            return round(amount, 2)
    except InvalidOperation:
        pass
    raise NOT_A_STATEMENT("file", line=line)
