"""Compensations out of the float: a line of the record sheet each, with its cause and its voucher.

What is broken or faulty is proved by a picture, which lies in the folder `vouchers`; what was paid in postage by the text of the receipt.
Finance accepts a voucher or sends the line back, and the clerk corrects it. A line is corrected as on paper: what it said stays readable beside it.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any, Literal

from ...books import documents, ledger
from ...books.courier import tariff
from ...books.paper import vouchers
from ...kernel.command import command, query
from ...kernel.doing import Doing
from ...kernel.refusals import refusal
from ...kernel.table import Table
from ...kernel.terms import term
from ...kernel.texts import Text
from ...kernel.values import Ask, Line, Money, Ref, Upload
from .. import b2c
from .floats import FLOAT, NOT_YOUR_FLOAT, Amount, OwnFloat, left_of, own_float
from .slips import NOT_THE_SHOPS, ShippedOrder
from .staff import ECOMMERCE_CLERK, FINANCE_CLERK, MINE, company_of, merchant_of, person_of

COMPENSATION = documents.kind(
    "compensation", "FC", ("赔付", "compensation"),
    {"paid": ("vouched",), "vouched": ("accepted", "sent_back"), "sent_back": ("vouched",), "accepted": ()},
)  # fmt: skip
#: What only a picture proves.
SEEN = ("broken", "faulty", "wrong_item")

FLOAT_SHORT = refusal(
    "float_short",
    "备用金 {number} 只剩 {left} 元，不够支付 {wanted} 元。请减少金额，或先核销续领。",
    "The float {number} has only {left} CNY left, less than {wanted} CNY. Enter less, or account for it and renew it.",
)
NOT_ITS_COURIER = refusal(
    "not_its_courier",
    "订单 {number} 的包裹由“{name}”承运。请选择这家快递公司，或留空。",
    "The parcel of {number} went by {name}. Choose that courier, or none.",
)
PICTURE_NEEDED = refusal("picture_needed", "“{cause}”须以照片为凭。请上传照片。", "“{cause}” is proved by a picture. Upload one.")
VOUCHER_NEEDED = refusal(
    "voucher_needed", "还没有凭据。请上传照片，或填写收据的内容。", "There is no voucher. Upload a picture or enter the text of the receipt."
)
HANDED_IN = refusal(
    "handed_in",
    "登记簿 {number} 已送交财务，财务没有退回这一行，不能更正。请财务退回后再更正。",
    "The record sheet {number} is with finance, which has not sent this line back. Have finance send it back, then correct it.",
)

Cause = Annotated[Literal["missing_item", "wrong_item", "broken", "faulty", "postage"], Ask("原因", "Cause")]
Picture = Annotated[Upload | None, Ask("照片", "Picture", max=100_000)]
Receipt = Annotated[Line, Ask("收据内容", "Text of the receipt", max=200)]


def _offer(name: str, *states: str) -> None:
    documents.offer(
        name, COMPENSATION, *states, of="(select c.*, f.company, f.clerk from finance_compensation c join finance_float f on f.number = c.float)",
        where=f"t.company = {MINE}", shows="t.float, t.cause, t.amount", order="d.number", words={"cause": lambda look, code: term(code, "finance")},
    )  # fmt: skip


_offer("finance.compensations_open", "paid", "sent_back")
_offer("finance.compensations_vouched", "vouched")
_offer("finance.compensations_to_correct", "paid", "vouched", "sent_back")


@command("FIN006", role=ECOMMERCE_CLERK, title=("支付赔付", "Pay a compensation"))
def compensate(
    do: Doing,
    float_number: OwnFloat,
    order: ShippedOrder,
    cause: Cause,
    amount: Amount,
    remark: Annotated[Line, Ask(max=200)],
    picture: Picture = None,
    receipt: Receipt = "",
    courier: Annotated[Ref | None, Ask("有责任的快递公司", "Courier at fault", choose="b2c.couriers")] = None,
) -> str:
    """Pays a customer in cash out of the float, and writes the line of the record sheet; gives its number. The voucher can follow.

    courier: who caused it, if that was a courier: it is claimed from it when the float is accounted for. Refuses a courier that had not the parcel,
    more than the float has left, a picture that is none, and a voucher that another line has.
    """
    found, row = own_float(do, float_number)
    found.must_allow("exhausted", "float_number")
    sold = _order_of(do, order, float_number)
    if amount > (left := left_of(do, float_number)):
        raise FLOAT_SHORT("amount", number=float_number, left=f"{left:,}", wanted=f"{amount:,}")
    if courier:
        _had_the_parcel(do, courier, order)
    made = documents.create(do, COMPENSATION, row.company, parent=float_number)
    do.execute(
        "insert into finance_compensation values ($n, $float, $order, $cause, $amount, $courier, $remark, $day)",
        n=made.number, float=float_number, order=order, cause=cause, amount=amount, courier=courier, remark=remark, day=do.day,
    )  # fmt: skip
    _pay(do, made.number, row.company, person_of(do, row.clerk), b2c.shopper_of(do, sold.shopper).member, amount)
    if found.state == "granted":
        found.move_to("in_use")
    if picture or receipt:
        _attach(do, made, cause, picture, receipt, remark)
    return made.number


def _order_of(do: Doing, order: str, fund: str) -> Any:
    """A shipped order of the shop whose float this is. Refuses 'not_the_shops'."""
    sold = do.one("select * from b2c_order where number = $n", n=order)
    company = do.value("select company from finance_float where number = $n", n=fund)
    if sold is None or sold.merchant != merchant_of(do, company) or sold.shipped_day is None:
        raise NOT_THE_SHOPS("order", number=order[:40])
    return sold


def _had_the_parcel(do: Doing, courier: str, order: str) -> None:
    """Refuses 'no_courier', and 'not_its_courier' where another has the order's waybill."""
    names = tariff.couriers(do)
    tariff.rate(do, courier, "local", "courier")
    had = b2c.waybill_of(do, order)
    if had and had.courier != courier:
        raise NOT_ITS_COURIER("courier", number=order, name=names[had.courier])


def _pay(do: Doing, number: str, company: str, clerk: str, customer: str, amount: Decimal) -> None:
    """Cash of the clerk to the customer: spent in the company's name, and a gift in the customer's books. A negative amount comes back."""
    lines = [
        ledger.Line(clerk, ledger.CASH, -amount),
        ledger.Line(clerk, ledger.OTHER_RECEIVABLE, amount, company),
        ledger.Line(customer, ledger.CASH, amount),
        ledger.Line(customer, ledger.CAPITAL, -amount),
    ]
    ledger.post(do, "compensation", f"赔付顾客 Compensation {number}", lines, number)


def _attach(do: Doing, made: documents.Document, cause: str, picture: str | None, receipt: str, remark: str) -> None:
    if cause in SEEN and not picture:
        raise PICTURE_NEEDED("picture", cause=term(cause, "finance"))
    if not picture and not receipt:
        raise VOUCHER_NEEDED("picture")
    if picture:
        vouchers.attach_picture(do, made.number, picture, remark)
    if receipt:
        vouchers.attach_text(do, made.number, receipt)
    made.move_to("vouched", "compensation")


@command("FIN006", "FIN007", role=ECOMMERCE_CLERK, title=("补充或更正凭据", "Attach or correct a voucher"))
def vouch(
    do: Doing,
    compensation: Annotated[Ref, Ask("赔付", "Compensation", choose="finance.compensations_open")],
    picture: Picture = None,
    receipt: Receipt = "",
    amount: Annotated[Money | None, Ask("更正后的金额", "Amount as corrected", ge="0.01", le="100000", unit=Text("元", "CNY"))] = None,
) -> str:
    """Attaches a voucher to a line without one, or to one that finance has sent back, there with the amount as it should be; gives its number.

    The sheet of a colleague's float is corrected in the same way.
    """
    found, row = _line(do, compensation)
    found.must_allow("vouched", "compensation")
    fund = do.one("select * from finance_float where number = $n", n=row.float)
    if amount is not None and amount != row.amount:
        if found.state != "sent_back":
            raise NOT_YOUR_FLOAT("amount", number=row.float)
        if amount > (left := left_of(do, row.float) + row.amount):
            raise FLOAT_SHORT("amount", number=row.float, left=f"{left:,}", wanted=f"{amount:,}")
        customer = do.value("select s.member from b2c_order o join b2c_shopper s on s.user_name = o.shopper where o.number = $n", n=row.web_order)
        _pay(do, compensation, fund.company, person_of(do, fund.clerk), customer, amount - row.amount)
        do.execute("update finance_compensation set amount = $amount where number = $n", amount=amount, n=compensation)
    if found.state == "sent_back" and not picture and not receipt:
        found.move_to("vouched", "compensation")  # the voucher was right, the sheet was not
    else:
        _attach(do, found, row.cause, picture, receipt, row.remark)
    return compensation


@command(role=ECOMMERCE_CLERK, title=("更正登记簿的一行", "Correct a line of the record sheet"))
def change_compensation(
    do: Doing,
    compensation: Annotated[Ref, Ask("赔付", "Compensation", choose="finance.compensations_to_correct")],
    order: Annotated[Ref | None, Ask("订单", "Order", choose="finance.orders_shipped")] = None,
    cause: Annotated[Cause | None, Ask("原因", "Cause")] = None,
    amount: Annotated[Money | None, Ask("更正后的金额", "Amount as corrected", ge="0.01", le="100000", unit=Text("元", "CNY"))] = None,
) -> str:
    """Corrects a line before its sheet is handed in, or after finance has sent it back; gives its number. What is left empty stays.

    What the line said before stays in its remark. Another amount, or another customer's order, moves the cash too. Refuses a cause that the voucher
    does not prove, more than the float has left, and, before finance has sent the line back, another clerk's sheet.
    """
    found, row = _line(do, compensation)
    if found.state == "accepted":
        found.must_allow("vouched", "compensation")
    _may_be_corrected(do, compensation, row.float)
    sold, was = _order_of(do, order or row.web_order, row.float), _order_of(do, row.web_order, row.float)
    why, paid = cause or row.cause, row.amount if amount is None else amount
    if paid > (left := left_of(do, row.float) + row.amount):
        raise FLOAT_SHORT("amount", number=row.float, left=f"{left:,}", wanted=f"{paid:,}")
    if row.courier and order:
        _had_the_parcel(do, row.courier, order)
    media = {r.media for r in vouchers.of(do, compensation)}
    if why in SEEN and media and "picture" not in media:
        raise PICTURE_NEEDED("cause", cause=term(why, "finance"))
    fund = do.one("select * from finance_float where number = $n", n=row.float)
    clerk, customers = person_of(do, fund.clerk), [b2c.shopper_of(do, o.shopper).member for o in (was, sold)]
    moves = {customers[0]: -row.amount}
    moves[customers[1]] = moves.get(customers[1], Decimal("0.00")) + paid
    for customer, difference in moves.items():
        if difference:
            _pay(do, compensation, fund.company, clerk, customer, difference)
    said = term(row.cause, "finance")
    do.execute(
        "update finance_compensation set web_order = $order, cause = $cause, amount = $amount, remark = $remark where number = $n",
        n=compensation, order=sold.number, cause=why, amount=paid,
        remark=f"{row.remark} / 原记 Was: {row.web_order} {said.zh} {said.en} {row.amount}",
    )  # fmt: skip
    return compensation


def _may_be_corrected(do: Doing, line: str, fund: str) -> None:
    """Refuses 'not_your_float' for another clerk's sheet, and 'handed_in' once finance has the sheet, but for lines that it has sent back."""
    sheet = documents.find(do, FLOAT, fund)
    if do.value("select 1 from document_history where document = $n and state = 'sent_back' limit 1", n=line):
        return
    if sheet.state not in ("granted", "in_use"):
        raise HANDED_IN("compensation", number=fund)
    own_float(do, fund, "compensation")


def _line(do: Doing, number: str) -> tuple[documents.Document, Any]:
    found = documents.find(do, COMPENSATION, number, "compensation", owner=company_of(do, do.actor))
    return found, do.one("select * from finance_compensation where number = $n", n=number)


Vouched = Annotated[Ref, Ask("赔付", "Compensation", choose="finance.compensations_vouched")]


@command("FIN007", role=FINANCE_CLERK, title=("认可凭据", "Accept a voucher"))
def accept_voucher(do: Doing, compensation: Vouched) -> str:
    """Accepts a line of the record sheet whose voucher proves it; gives its number. The sheet must have been handed in."""
    found, _ = _handed_in(do, compensation)
    found.move_to("accepted", "compensation")
    return compensation


@command("FIN007", role=FINANCE_CLERK, title=("退回赔付", "Send a compensation back"))
def send_back(do: Doing, compensation: Vouched, reason: Annotated[Line, Ask(max=200)]) -> str:
    """Sends a line back whose voucher does not prove it, and says why; gives its number."""
    found, row = _handed_in(do, compensation)
    found.move_to("sent_back", "compensation")
    do.execute("update finance_compensation set remark = $remark where number = $n", remark=f"{row.remark} / {reason}", n=compensation)
    return compensation


def _handed_in(do: Doing, number: str) -> tuple[documents.Document, Any]:
    """A line of a sheet that finance has in hand."""
    found, row = _line(do, number)
    fund = documents.find(do, FLOAT, row.float)
    if fund.state != "exhausted":
        fund.must_allow("accounted", "compensation")
    return found, row


@query(role=FINANCE_CLERK, title=("财务查看快递索赔", "View the claims on couriers in finance"))
def courier_claims(do: Doing) -> Table:
    """What the company claims from couriers: number, day, courier, name, about, cause, amount, state, answered_day."""
    return b2c.claims_of(do, company_of(do, do.actor))


@query("FIN006", role=ECOMMERCE_CLERK, title=("查看登记簿", "View the record sheet"))
@query("FIN007", role=FINANCE_CLERK, title=("财务查看登记簿", "View the record sheet in finance"), name="sheet_in_finance")
def record_sheet(
    do: Doing, float_number: Annotated[Ref | None, Ask("备用金", "Float", choose="finance.all_floats")] = None
) -> Table:  # fmt: skip
    """The lines of the floats: float, number, day, web_order, cause, amount, rest (of the float after it), state, courier (at fault), remark,
    note (of its vouchers)."""
    return do.table(
        f"""select c.float, c.number, c.day, c.web_order, c.cause, c.amount,
                   (f.amount - sum(c.amount) over (partition by c.float order by c.number))::decimal(18,2) as rest, d.state, c.courier, c.remark,
                   (select string_agg(v.note, ' / ' order by v.number) from voucher v where v.document = c.number) as note
            from finance_compensation c join document d using (number) join finance_float f on f.number = c.float
            where f.company = {MINE} and ($float is null or f.number = $float) order by c.float, c.number""",
        actor=do.actor, float=float_number,
    )  # fmt: skip


documents.offer("finance.all_floats", FLOAT, of="finance_float", where=f"t.company = {MINE}", shows="t.amount")
