"""Reconciling with finance: the department's receipts beside finance's own list, line by line, until every line is ticked or its reason is named.

Finance's list is kept by a clerk of theirs, and two lines of it are wrong by the world's seed: one receipt has not reached it, and one that is on
it belongs to another department. The list itself moves no money.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any, Literal, TypedDict

from ...books import documents
from ...kernel.command import command, query
from ...kernel.doing import Doing, Looking
from ...kernel.refusals import refusal
from ...kernel.table import Table
from ...kernel.texts import Text
from ...kernel.values import Ask, Count, Ref
from ..b2c.members import own
from .kinds import RECONCILIATION
from .staff import CASHIER
from .till import TAKEN

FEW_RECEIPTS = refusal("few_receipts", "收款不足三笔，还不用对账。请先收款。", "There are fewer than three receipts to reconcile. Take payments first.")
NO_LINE = refusal("no_line", "{side}一边没有第 {line_no} 行。请核对行号。", "The side of {side} has no line {line_no}. Check the number.")
LINES_DIFFER = refusal(
    "lines_differ",
    "本店第 {shop_line} 行 {amount} 元，财务第 {finance_line} 行 {other} 元，不是同一笔。请另选一行。",
    "Line {shop_line} of the shop is {amount} CNY, line {finance_line} of finance {other} CNY: not the same receipt. Choose another line.",
)
LINES_LEFT = refusal(
    "lines_left",
    "还有 {left} 行既没有勾对，也没有写明原因。请逐行处理后再结束。",
    "Lines neither ticked nor named: {left}. Deal with each of them first, then finish.",
)
FINISHED = refusal("reconciled_already", "对账单 {number} 已结束，不能再改。请另做一张。", "The reconciliation {number} is finished. Draw up another one.")

documents.offer("shop.reconciliations", RECONCILIATION, of="shop_reconciliation", whose="merchant", shows="t.day")
documents.offer("shop.reconciliations_open", RECONCILIATION, "open", of="shop_reconciliation", whose="merchant", shows="t.day")

OpenOne = Annotated[Ref, Ask("对账单", "Reconciliation", choose="shop.reconciliations_open")]


class Pair(TypedDict):
    """A line of the shop and the line of finance that is the same receipt."""

    shop_line: Annotated[Count, Ask("本店行号", "Line of the shop", ge="1", le="500")]
    finance_line: Annotated[Count, Ask("财务行号", "Line of finance", ge="1", le="500")]


@command("SHOP018", role=CASHIER, title=("编制对账单", "Draw up a reconciliation"))
def draw_reconciliation(do: Doing) -> str:
    """Puts all receipts of the department beside finance's list as it is today; gives the number of the reconciliation."""
    rows = do.all(
        f"""select r.day, r.way, coalesce(nullif(r.reference, ''), r.paid_for) as reference, r.amount from {TAKEN} r where r.merchant = $m
            order by r.number""",
        m=do.actor,
    )
    if len(rows) < 3:
        raise FEW_RECEIPTS()
    made = documents.create(do, RECONCILIATION, owner=do.actor)
    do.execute("insert into shop_reconciliation values ($n, $m, $day)", n=made.number, m=do.actor, day=do.day)
    ours = [(r.day, r.way, r.reference, r.amount) for r in rows]
    for side, lines in (("shop", ours), ("finance", _theirs(do, made.number, ours))):
        for line_no, (day, way, reference, amount) in enumerate(lines, start=1):
            do.execute(
                "insert into shop_reconciliation_line values ($n, $side, $line_no, $day, $way, $reference, $amount, null, null)",
                n=made.number, side=side, line_no=line_no, day=day, way=way, reference=reference, amount=amount,
            )  # fmt: skip
    return made.number


def _theirs(do: Doing, number: str, ours: list[tuple[Any, str, str, Decimal]]) -> list[tuple[Any, str, str, Decimal]]:
    """Finance's list: in another order, without one receipt, and with one of another department."""
    chance = do.stream(f"shop.finance/{number}")
    theirs = list(ours)
    del theirs[chance.randrange(len(theirs))]
    chance.shuffle(theirs)
    strange = (
        do.day,
        chance.choice(("cheque", "bank_transfer")),
        f"{chance.randrange(10**8):08d}",
        Decimal(chance.randrange(5000, 90000)) / 100 + Decimal("0.00"),
    )
    theirs.insert(chance.randrange(len(theirs) + 1), strange)
    return theirs


@query("SHOP018", role=CASHIER, title=("查看对账单", "View a reconciliation"))
def reconciliation(do: Doing, reconciliation: Annotated[Ref, Ask("对账单", "Reconciliation", choose="shop.reconciliations")]) -> Table:
    """Both sides of a reconciliation: side, line_no, day, way, reference, amount, ticked_with (line of the other side), open_reason."""
    own(do, RECONCILIATION, "shop_reconciliation", reconciliation, "reconciliation")
    return do.table(
        """select side, line_no, day, way, reference, amount, ticked_with, open_reason from shop_reconciliation_line where reconciliation = $n
           order by side desc, line_no""",
        n=reconciliation,
    )


@command("SHOP018", role=CASHIER, title=("勾对", "Tick lines"))
def tick_lines(do: Doing, reconciliation: OpenOne, pairs: Annotated[list[Pair], Ask("相同的行", "Lines that are the same")]) -> int:
    """Ticks lines of the shop with lines of finance; gives how many lines of both sides are left. Ticked again, a line leaves the one before.

    Refuses lines of different amounts.
    """
    sides = _open(do, reconciliation)
    for pair in pairs:
        ours, theirs = (_line(sides, side, pair[f"{side}_line"], "pairs") for side in ("shop", "finance"))  # type: ignore[literal-required]
        if ours.amount != theirs.amount:
            raise LINES_DIFFER("pairs", shop_line=ours.line_no, amount=f"{ours.amount:,}", finance_line=theirs.line_no, other=f"{theirs.amount:,}")
        for side, line, other in (("shop", ours, theirs), ("finance", theirs, ours)):
            do.execute(
                "update shop_reconciliation_line set ticked_with = null where reconciliation = $n and side = $side and ticked_with = $other",
                n=reconciliation, side=side, other=other.line_no,
            )  # fmt: skip
            do.execute(
                """update shop_reconciliation_line set ticked_with = $other, open_reason = null
                   where reconciliation = $n and side = $side and line_no = $line_no""",
                n=reconciliation, side=side, line_no=line.line_no, other=other.line_no,
            )  # fmt: skip
    return _left(do, reconciliation)


@command("SHOP018", role=CASHIER, title=("写明未达项", "Name an open item"))
def name_open_item(
    do: Doing,
    reconciliation: OpenOne,
    side: Annotated[Literal["shop", "finance"], Ask("哪一边", "Side")],
    line_no: Annotated[Count, Ask("行号", "Line", ge="1", le="500")],
    open_reason: Annotated[Literal["not_yet_in_finance", "of_another_department"], Ask("原因", "Reason")],
) -> int:
    """Says why a line has none on the other side; gives how many lines are left. What was ticked is ticked no longer."""
    line = _line(_open(do, reconciliation), side, line_no, "line_no")
    other = "finance" if side == "shop" else "shop"
    do.execute("update shop_reconciliation_line set ticked_with = null where reconciliation = $n and side = $other and ticked_with = $line_no",
               n=reconciliation, other=other, line_no=line.line_no)  # fmt: skip
    do.execute(
        """update shop_reconciliation_line set ticked_with = null, open_reason = $reason where reconciliation = $n and side = $side and line_no = $line_no""",
        n=reconciliation, side=side, line_no=line.line_no, reason=open_reason,
    )  # fmt: skip
    return _left(do, reconciliation)


@command("SHOP018", role=CASHIER, title=("结束对账", "Finish a reconciliation"))
def finish_reconciliation(do: Doing, reconciliation: OpenOne) -> str:
    """Closes a reconciliation in which every line is ticked or named; gives its number."""
    document, _ = own(do, RECONCILIATION, "shop_reconciliation", reconciliation, "reconciliation")
    document.must_allow("reconciled", "reconciliation")
    if left := _left(do, reconciliation):
        raise LINES_LEFT("reconciliation", left=left)
    document.move_to("reconciled", "reconciliation")
    return reconciliation


def _open(do: Doing, number: str) -> dict[tuple[str, int], Any]:
    """The lines of a reconciliation that is not finished, by side and number."""
    document, _ = own(do, RECONCILIATION, "shop_reconciliation", number, "reconciliation")
    if document.state != "open":
        raise FINISHED("reconciliation", number=number)
    return {(r.side, r.line_no): r for r in lines_of(do, number)}


def lines_of(look: Looking, number: str) -> list[Any]:
    return look.all("select * from shop_reconciliation_line where reconciliation = $n order by side, line_no", n=number)


_SIDES = {"shop": Text("本店", "the shop"), "finance": Text("财务", "finance")}


def _line(lines: dict[tuple[str, int], Any], side: str, line_no: int, field: str) -> Any:
    if (side, line_no) not in lines:
        raise NO_LINE(field, side=_SIDES[side], line_no=line_no)
    return lines[side, line_no]


def _left(look: Looking, number: str) -> int:
    return int(look.value("select count(*) from shop_reconciliation_line where reconciliation = $n and ticked_with is null and open_reason is null", n=number))
