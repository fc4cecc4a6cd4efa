"""Goods come in as a supplier's sheet: received with its pictures, looked through row by row, and coded.

The clerk sends back the rows that are not sound and says why; as long as the sheet is not coded, a row can be judged again. Codes follow from
the sheet by a rule and may not repeat in the shop.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal, TypedDict

from ...books import documents, members
from ...kernel.command import choices, command, query
from ...kernel.doing import Doing, Looking
from ...kernel.refusals import refusal
from ...kernel.table import Table
from ...kernel.terms import term
from ...kernel.texts import Text
from ...kernel.values import Ask, Count, Ref
from ..b2c.members import own
from . import drawing
from .kinds import FAULTS, PICTURE_SET, SHEET
from .sheets import Sheet, sheets
from .staff import CLERK

NO_SHEET = refusal("no_sheet", "没有待收的登记表“{sheet}”。请从列表中选择。", "There is no sheet {sheet} to receive. Choose one from the list.")
SHEET_RECEIVED = refusal(
    "sheet_received", "登记表已收到，编号为 {number}。请选择其他登记表。", "This sheet has been received as {number}. Choose another sheet."
)
NO_ROW = refusal("no_row", "登记表 {sheet} 没有第 {row_no} 行。请核对行号。", "The sheet {sheet} has no row {row_no}. Check the number of the row.")
ROW_TWICE = refusal("row_twice", "第 {row_no} 行填了两次。请只留一次。", "Row {row_no} is entered twice. Keep one entry.")
CODED_ALREADY = refusal(
    "coded_already",
    "登记表 {sheet} 已编码，不能再退回其中的行。请另行联系供应商。",
    "The sheet {sheet} has been coded, so no row of it can be sent back. Contact the supplier instead.",
)
CODE_REPEATS = refusal(
    "code_repeats",
    "第 {row_no} 行的编码 {code} 与{other}重复。请改用其他编码规则，或先退回其中一行。",
    "The code {code} of row {row_no} repeats that of {other}. Choose another rule, or send one of the rows back first.",
)
NONE_ACCEPTED = refusal(
    "none_accepted",
    "登记表 {sheet} 的各行都已退回，没有可编码的商品。请整张退回登记表。",
    "All rows of the sheet {sheet} were sent back, so nothing is left to code. Send back the whole sheet.",
)
PICTURE_NAMED = refusal(
    "picture_named",
    "第 {row_no} 行没有写明图片，不存在缺图或错图。请核对行号。",
    "Row {row_no} names no picture, so none can be missing or wrong. Check the number of the row.",
)

Fault = Literal["none", "duplicate_code", "missing_picture", "wrong_picture", "below_cost", "wrong_unit", "bad_check_digit"]
RowNo = Annotated[Count, Ask("行号", "Row", ge="1", le="200")]

documents.offer("shop.sheets", SHEET, of="shop_sheet", whose="merchant", shows="(select name from member where number = t.supplier)", order="d.number")
_offer_sheet = "(select name from member where number = t.supplier)"
documents.offer("shop.sheets_to_check", SHEET, "received", of="shop_sheet", whose="merchant", shows=_offer_sheet, order="d.number")
documents.offer("shop.sheets_to_code", SHEET, "received", "coded", of="shop_sheet", whose="merchant", shows=_offer_sheet, order="d.number")

OwnSheet = Annotated[Ref, Ask("登记表", "Sheet", choose="shop.sheets")]


class RowFault(TypedDict):
    """A row of a sheet, and what is wrong with it."""

    row_no: RowNo
    fault: Annotated[Fault, Ask("问题", "What is wrong")]


# --- what suppliers have sent ------------------------------------------------------------------------------------------------


@choices("shop.sheets_to_receive")
def _waiting(look: Looking, actor: str) -> list[tuple[str, Text | str]]:
    there = {r.position for r in look.all("select position from shop_sheet where merchant = $actor", actor=actor)}
    return [(s.supplier.uscc, f"{s.supplier.name} · {len(s.offers)}") for s in sheets(look) if s.position not in there]


def _sent(look: Looking, supplier: str, field: str) -> Sheet:
    """The sheet that a supplier (its social credit code) has sent. Refuses 'no_sheet'."""
    found = next((s for s in sheets(look) if s.supplier.uscc == supplier), None)
    if found is None:
        raise NO_SHEET(field, sheet=supplier[:40])
    return found


@command("SHOP001", role=CLERK, title=("接收登记表", "Receive a sheet"))
def receive_sheet(do: Doing, supplier: Annotated[Ref, Ask("供应商", "Supplier", choose="shop.sheets_to_receive")]) -> str:
    """Receives the sheet that a supplier has sent, with its pictures; gives its number. The files are laid beside the logbook, in shop/.

    supplier: its social credit code. All rows count as accepted until they are sent back.
    """
    sheet = _sent(do, supplier, "supplier")
    if known := do.value("select number from shop_sheet where merchant = $actor and position = $p", actor=do.actor, p=sheet.position):
        raise SHEET_RECEIVED("supplier", number=known)
    company = sheet.supplier
    member = members.company(do, company.name, company.uscc, company.mailbox)
    made = documents.create(do, SHEET, owner=do.actor)
    terms = "joint_operation" if sheet.joint else "own_sale"
    do.execute(
        "insert into shop_sheet values ($n, $merchant, $position, $supplier, $prefix, $category, $terms, $day)",
        n=made.number, merchant=do.actor, position=sheet.position, supplier=member, prefix=sheet.prefix, category=sheet.category, terms=terms, day=do.day,
    )  # fmt: skip
    pictures = documents.create(do, PICTURE_SET, owner=do.actor, parent=made.number)
    do.execute("insert into shop_picture_set values ($n, $sheet, null, null, null)", n=pictures.number, sheet=made.number)
    names = {o.product[:12]: o.name for o in sheet.offers}  # a check digit may be wrong
    for o in sheet.offers:
        do.execute(
            """insert into shop_row values ($sheet, $row_no, $article, $product, $name, $category, $unit, $price, $cost, $quantity, $weight_g, $file,
               null, null, null, $style, $colour, $size)""",
            sheet=made.number, **{k: v for k, v in o._asdict().items() if k not in ("shows", "fault")},
        )  # fmt: skip
        if o.shows:
            do.execute("insert into shop_picture values ($set, $row_no, 'supplied', $shows, null, null, null)",
                       set=pictures.number, row_no=o.row_no, shows=o.shows)  # fmt: skip
            do.deliver(f"shop/{made.number}/{o.file}", _picture_file(names[o.shows[:12]], o.shows))
    do.deliver(f"shop/{made.number}/sheet.csv", lambda: sheet.csv)
    return made.number


def _picture_file(name: str, product: str) -> Any:
    return lambda: drawing.packed(drawing.photo(name, product))


@query("SHOP001", role=CLERK, title=("查看登记表", "View a sheet"))
def view_sheet(do: Doing, sheet: OwnSheet) -> Table:
    """The rows of a received sheet: row_no, article, product (the GTIN as written), product_name, product_category, unit, price, cost, quantity,
    style, colour, size (empty for goods that come in one shape), file_name, picture_there, scanned (the GTIN on the picture, read by its bar code),
    fault, code, entered_day."""
    own(do, SHEET, "shop_sheet", sheet, "sheet")
    rows = do.all(
        """select r.*, p.shows, p.content, d.number as picture_set from shop_row r join shop_picture_set d using (sheet)
           left join shop_picture p on p.picture_set = d.number and p.row_no = r.row_no where r.sheet = $n order by r.row_no""",
        n=sheet,
    )
    columns = ("row_no", "article", "product", "product_name", "product_category", "unit", "price", "cost", "quantity", "style", "colour", "size",
               "file_name", "picture_there",
               "scanned", "fault", "code", "entered_day")  # fmt: skip
    made = [
        (r.row_no, r.article, r.product, r.product_name, r.product_category, r.unit, r.price, r.cost, r.quantity, r.style, r.colour, r.size,
         r.file_name, r.shows is not None,
         r.shows or "", r.fault, r.code, r.entered_day)
        for r in rows
    ]  # fmt: skip
    return Table(columns, made)


# --- looking through ---------------------------------------------------------------------------------------------------------


@command("SHOP001", role=CLERK, title=("退回有问题的行", "Send back faulty rows"))
def return_rows(
    do: Doing,
    sheet: Annotated[Ref, Ask("登记表", "Sheet", choose="shop.sheets_to_check")],
    rows: Annotated[list[RowFault], Ask("行和问题", "Rows and what is wrong")],
) -> dict[str, int]:
    """Sends rows back to the supplier, each with what is wrong; gives how many of the sheet are accepted and how many are sent back.

    A row can be judged again until the sheet is coded; with `none` it is accepted after all.
    """
    document, _ = own(do, SHEET, "shop_sheet", sheet, "sheet")
    if document.state != "received":
        raise CODED_ALREADY("sheet", sheet=sheet)
    known = {r.row_no: r for r in rows_of(do, sheet)}
    for row_no in distinct([r["row_no"] for r in rows], known, sheet, "rows"):
        fault = next(r["fault"] for r in rows if r["row_no"] == row_no)
        if fault in ("missing_picture", "wrong_picture") and not known[row_no].file_name:
            raise PICTURE_NAMED("rows", row_no=row_no)
        do.execute("update shop_row set fault = $fault where sheet = $sheet and row_no = $row_no",
                   fault=None if fault == "none" else fault, sheet=sheet, row_no=row_no)  # fmt: skip
    accepted = sum(r.fault is None for r in rows_of(do, sheet))
    return {"accepted": accepted, "sent_back": len(known) - accepted}


def rows_of(look: Looking, sheet: str) -> list[Any]:
    return look.all("select * from shop_row where sheet = $n order by row_no", n=sheet)


def distinct(numbers: list[int], known: Any, sheet: str, field: str) -> list[int]:
    """The numbers of rows as given, each of which the sheet has. Refuses 'no_row' and 'row_twice'."""
    for i, row_no in enumerate(numbers):
        if row_no not in known:
            raise NO_ROW(field, sheet=sheet, row_no=row_no)
        if row_no in numbers[:i]:
            raise ROW_TWICE(field, row_no=row_no)
    return numbers


@command(role=CLERK, title=("整张退回登记表", "Send back a whole sheet"))
def send_back_sheet(do: Doing, sheet: Annotated[Ref, Ask("登记表", "Sheet", choose="shop.sheets_to_check")]) -> str:
    """Sends a whole sheet back to its supplier; gives its number. Nothing of it goes on."""
    document, _ = own(do, SHEET, "shop_sheet", sheet, "sheet")
    document.move_to("sent_back", "sheet")
    return sheet


# --- coding ------------------------------------------------------------------------------------------------------------------

#: How a product's code follows from the sheet.
RULES = {
    "by_article": Text("供应商货号：YF-107", "The supplier's article: YF-107"),
    "by_row": Text("供应商字母加行号：YF-R05", "The supplier's prefix and the row: YF-R05"),
    "by_gtin": Text("供应商字母加条码末五位：YF-00958", "The supplier's prefix and the last five digits of the GTIN: YF-00958"),
}


def code_of(rule: str, prefix: str, row: Any) -> str:
    """The code of a row (row_no, article, product) by a rule."""
    tail = {"by_article": row.article.removeprefix(prefix), "by_row": f"R{row.row_no:02d}", "by_gtin": row.product[-5:]}[rule]
    return f"{prefix}-{tail}"


@command("SHOP002", role=CLERK, title=("编制商品编码", "Code the products"))
def code_products(
    do: Doing,
    sheet: Annotated[Ref, Ask("登记表", "Sheet", choose="shop.sheets_to_code")],
    rule: Annotated[Literal["by_article", "by_row", "by_gtin"], Ask("编码规则", "Rule", labels=RULES)],
) -> list[str]:
    """Gives every accepted row of a sheet its product code, by a rule; gives the codes. Until its goods are photographed it can be coded again.

    Refuses a code that repeats, in the sheet or in the shop.
    """
    document, row = own(do, SHEET, "shop_sheet", sheet, "sheet")
    document.must_allow("coded", "sheet")
    taken = {r.code: term("shop_other_sheet") for r in do.all(
        "select r.code from shop_row r join shop_sheet s on s.number = r.sheet where s.merchant = $m and s.number <> $n and r.code is not null",
        m=do.actor, n=sheet)}  # fmt: skip
    accepted = [r for r in rows_of(do, sheet) if r.fault is None]
    if not accepted:
        raise NONE_ACCEPTED("sheet", sheet=sheet)
    for r in accepted:
        code = code_of(rule, row.prefix, r)
        if code in taken:
            raise CODE_REPEATS("rule", row_no=r.row_no, code=code, other=taken[code])
        taken[code] = Text(f"第 {r.row_no} 行", f"row {r.row_no}")
        do.execute("update shop_row set code = $code where sheet = $sheet and row_no = $row_no", code=code, sheet=sheet, row_no=r.row_no)
    document.move_to("coded", "sheet")
    when_pictured(do, document)
    return [code_of(rule, row.prefix, r) for r in accepted]


def when_pictured(do: Doing, sheet: documents.Document) -> None:
    """A coded sheet of which every accepted row has a picture is photographed, and its pictures bear the codes."""
    pictures = do.one("select number from shop_picture_set where sheet = $n", n=sheet.number)
    missing = do.value(
        """select count(*) from shop_row r left join shop_picture p on p.picture_set = $set and p.row_no = r.row_no
           where r.sheet = $n and r.fault is null and p.row_no is null""",
        n=sheet.number, set=pictures.number,
    )  # fmt: skip
    if sheet.state == "coded" and not missing:
        sheet.move_to("photographed")
        documents.find(do, PICTURE_SET, pictures.number).move_to("coded")


__all__ = ["FAULTS", "OwnSheet", "RowNo", "distinct", "rows_of"]
