"""Cash and payables: what money there is, where it came from and went to, what is owed, and whether it lasts."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from ..books import tax
from ..kernel.table import Table
from ..kernel.texts import Text
from ..reports.frames import CASH
from .bars import Bar, Columns
from .books import ZERO, balance, owner_with
from .cash import cash_panel, flow_panel
from .open_items import AS_OF, WEEKS, Item, Said, ageing, by_week, items_of, table_of, whole_of
from .page import FROM, Empty, KeyFigure, Page, Panel, Source, Where, dashboard, figure, told, yuan
from .plots import BLUE, ORANGE

NOTHING = Empty(
    Text("这本账里还没有收支，也不欠款。", "No money has moved in these books, and nothing is owed."),
    Text(
        "存入现金或采购到货之后这里就有内容；也可以放宽日期，或在上面换一本账。",
        "There will be something after a deposit, or when goods arrive that are paid later; or widen the period, or choose other books above.",
    ),
    ("EBANK004", "B2C008", "LGS020"),
)
OWING = Said(
    Text("欠{who}的占逾期的 {share}", "{who} is owed {share} of what is overdue"), Text("逾期最多的是欠{who}的", "Most overdue: owed to {who}"),
    Text("没有逾期；欠{who}的占 {share}", "Nothing is overdue; {who} is owed {share}"), Text("没有逾期；欠{who}最多", "Nothing is overdue; {who} is owed most"),
    Text("逾期天数，按收款方，元", "By payee and days overdue, CNY"),
)  # fmt: skip
#: What is owed to the tax office, less what it will be set against.
VAT = (tax.INPUT, tax.OUTPUT, tax.MOVED, tax.UNPAID)


@dashboard(
    "payables",
    ("现金与应付", "Cash and payables"),
    ("钱够付到期的账吗？", "Is there money for what falls due?"),
    FROM,
    AS_OF,
    owner_with("from posting where account in ('1001', '1002', '2202')"),
)
def payables(look: Source, where: Where) -> Page:
    owed, owing = items_of(look, where, "payables"), items_of(look, where, "receivables")
    cash, flow = balance(look, where, CASH), flow_panel(look, where)
    if not owed and not cash and not flow:
        return Page(empty=NOTHING)
    panels = [cash_panel(look, where), *flow]
    panels += ([ageing(owed, OWING, 2.7)] if owed else []) + ([_weeks(owed, owing, where)] if owed or owing else [])
    return Page(_figures(look, where, owed, owing, cash), panels, table_of(owed) if owed else None, Text("未付的单据", "Open documents"))


def _soon(items: Sequence[Item], where: Where) -> Decimal:
    """What of these is overdue or falls due within the next weeks."""
    return sum((whole_of(found) for _, found in by_week(items, where.to_day)[:-1]), ZERO)


def _figures(look: Source, where: Where, owed: list[Item], owing: list[Item], cash: Decimal) -> list[KeyFigure]:
    whole, late = whole_of(owed), whole_of([i for i in owed if i.late > 0])
    vat = -balance(look, where, VAT)
    paid, received = _soon(owed, where), _soon(owing, where)
    left = cash + received - paid
    parties = len({i.party for i in owed})
    return [
        KeyFigure(Text("货币资金", "Cash"), yuan(cash), told("截至 {day}", "on {day}", day=where.to_day), "", cash, 1),
        KeyFigure(
            Text("应付合计", "Payables"), yuan(whole),
            told("其中逾期 {sum}", "overdue {sum}", sum=yuan(late)) if late > 0
            else told("收款方 {n}，单据 {k}", "payees: {n}, documents: {k}", n=parties, k=len(owed)),
            "bad" if late > 0 else "",
        ),
        KeyFigure(
            Text("应交增值税", "VAT to be paid") if vat >= 0 else Text("留抵增值税", "VAT carried forward"), yuan(abs(vat)),
            Text("销项减进项", "output tax less input tax") if vat >= 0 else Text("进项多于销项，抵以后月份", "input tax above output tax, for later months"),
        ),
        KeyFigure(
            told("{n} 周后余额", "Left after {n} weeks", n=WEEKS), yuan(left),
            told("收 {come}，付 {go}", "in {come}, out {go}", come=yuan(received), go=yuan(paid)), "bad" if left < 0 else "good",
        ),
    ]  # fmt: skip


def _weeks(owed: list[Item], owing: list[Item], where: Where) -> Panel:
    """What falls due in the next weeks, to be paid and to come in."""
    out, come = by_week(owed, where.to_day), by_week(owing, where.to_day)
    bars = tuple(Bar(name, (whole_of(a), whole_of(b)), str(k)) for k, ((name, a), (_, b)) in enumerate(zip(out, come, strict=True)))
    soon = _soon(owed, where)
    title = Text("四周内没有要付的账", "Nothing is to be paid within four weeks")
    if soon > 0:
        title = told("四周内要付 {sum} 元", "{sum} CNY is to be paid within four weeks", sum=figure(soon))

    def behind(key: str) -> Table:
        week, _, side = key.partition("|")
        return table_of((out, come)[int(side)][int(week)][1])

    plot = Columns(bars, (Text("要付", "To pay"), Text("要收", "To come in")), (ORANGE, BLUE), stacked=False)
    return Panel("due", title, Text("到期金额，按周，元", "Amounts due by week, CNY"), plot, "narrow", 2.7, behind)
