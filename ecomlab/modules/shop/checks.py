"""What each task of the department must show."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from ...books.documents import Move, came_to, moved
from ...kernel.evidence import Done, Evidence, after, before, check, did, looked_up, sought
from ...reports.questions import goals_of, question
from .briefs import job
from .closing import cash_in
from .kinds import SIZES
from .reconciling import lines_of
from .reports import sales_apart


def _sheet(seen: Evidence) -> str:
    """The number of the asked sheet; '' if it has not been received."""
    return str(seen.look.value("select s.number from shop_sheet s join member m on m.number = s.supplier where m.uscc = $uscc", uscc=seen.brief["uscc"]) or "")


def _pictures(seen: Evidence) -> str:
    return str(seen.look.value("select number from shop_picture_set where sheet = $n", n=_sheet(seen)) or "")


def _of(seen: Evidence, number: str, kind: str, *states: str) -> list[Move]:
    return [m for m in moved(seen, kind, *states) if m.number == number]


# --- the sheet ---------------------------------------------------------------------------------------------------------------


def _judged(seen: Evidence) -> Iterator[dict[int, str]]:
    """What was said to be wrong with which rows of the asked sheet, after each judgement."""
    said: dict[int, str] = {}
    for d in seen.did("shop.return_rows", sheet=_sheet(seen)):
        said |= {r["row_no"]: r["fault"] for r in d.arguments["rows"]}
        said = {row_no: fault for row_no, fault in said.items() if fault != "none"}
        yield said


def _planted(seen: Evidence) -> dict[int, str]:
    return {o.row_no: o.fault for o in job(seen.look).sheet.offers if o.fault}


def _named(seen: Evidence) -> bool:
    """Whether at some moment all planted faults were named."""
    return any(_planted(seen).items() <= said.items() for said in _judged(seen))


def _sound(seen: Evidence) -> bool:
    """Whether at some moment half of the faulty rows or more were sent back and no sound one was: one after the other, sent back alone, hits a faulty row."""
    planted = _planted(seen).keys()
    return any(said.keys() <= planted and 2 * len(said) >= len(planted) for said in _judged(seen))


# --- the pictures ------------------------------------------------------------------------------------------------------------


def _series(seen: Evidence) -> Iterator[Sequence[int]]:
    """The rows of the asked sheet as they were photographed, in one batch or in several one after the other."""
    batches = [[r["row_no"] for r in d.arguments["rows"]] for d in seen.did("shop.take_photos", sheet=_sheet(seen))]
    for first in range(len(batches)):
        for last in range(first, len(batches)):
            yield [row_no for batch in batches[first : last + 1] for row_no in batch]


def _unpictured(seen: Evidence) -> list[int]:
    """The accepted rows of the asked sheet for which no picture came, in the order of the sheet."""
    came = {o.row_no for o in job(seen.look).sheet.offers if o.shows}
    rows = seen.look.all("select row_no from shop_row where sheet = $n and fault is null order by row_no", n=_sheet(seen))
    return [r.row_no for r in rows if r.row_no not in came]


def _in_order(seen: Evidence) -> bool:
    wanted = _unpictured(seen)
    return bool(wanted) and any([row_no for row_no in taken if row_no in wanted] == wanted for taken in _series(seen))


def _only_those(seen: Evidence) -> bool:
    wanted = _unpictured(seen)
    return bool(wanted) and any(sorted(taken) == wanted for taken in _series(seen))


def _marked(seen: Evidence, **asked: Any) -> list[Done]:
    """Batches in which every picture of the asked set shows its band."""
    there = seen.look.value(
        """select count(*) from shop_picture p join shop_picture_set s on s.number = p.picture_set join shop_row r on r.sheet = s.sheet and r.row_no = p.row_no
           where s.number = $n and r.fault is null""",
        n=_pictures(seen),
    )
    return seen.did("shop.watermark", picture_set=_pictures(seen), where=lambda d: d.result == there, **asked)


def _cut(seen: Evidence) -> bool:
    """Whether all pictures of the asked set are there in each size, as their pixels say, and the person cut some of them."""
    if not seen.did("shop.resize", picture_set=_pictures(seen)):
        return False
    rows = seen.look.all(
        "select picture_size, width, height, band from shop_picture_file where picture_set = $n order by row_no, picture_size", n=_pictures(seen)
    )  # fmt: skip
    return {r.picture_size for r in rows} == set(SIZES) and all(r.width == r.height == SIZES[r.picture_size] and r.band for r in rows)


def _filed(seen: Evidence) -> bool:
    """Whether at some moment each size of the asked set was in its own folder."""
    where: dict[str, str] = {}
    for d in seen.did("shop.file_pictures", picture_set=_pictures(seen)):
        where[d.arguments["size"]] = d.arguments["folder"]
        if where == {size: size for size in SIZES}:
            return True
    return False


# --- the shop ----------------------------------------------------------------------------------------------------------------


def _entered(seen: Evidence) -> bool:
    """Whether every accepted row of the asked sheet is a product of the shop, with its picture, and the person entered some of them."""
    if not seen.did("shop.enter_products", sheet=_sheet(seen)):
        return False
    rows = seen.look.all(
        """select r.entered_day, p.picture from shop_row r join shop_sheet s on s.number = r.sheet
           left join b2c_picture p on p.merchant = s.merchant and p.product = r.product where r.sheet = $n and r.fault is null order by r.row_no""",
        n=_sheet(seen),
    )  # fmt: skip
    return bool(rows) and all(r.entered_day and r.picture for r in rows)


def _as_offered(seen: Evidence) -> bool:
    """Whether every entered row of the asked sheet had the price and cost of the sheet at some moment, at first or put right."""
    offers = {o.row_no: o for o in job(seen.look).sheet.offers}
    entered = [r for d in seen.did("shop.enter_products", sheet=_sheet(seen)) for r in d.arguments["rows"]]
    return bool(entered) and all(_priced(seen, offers[r["row_no"]], r, field) for r in entered for field in ("price", "cost"))


def _priced(seen: Evidence, offer: Any, given: dict[str, Any], field: str) -> bool:
    wanted = getattr(offer, field)
    return bool(
        given[field] == wanted
        or seen.did("b2c.change_product", product=offer.product, **{field: wanted})
        or seen.did("shop.maintain", product=offer.product, field=field, where=lambda d: d.result["new_value"] == str(wanted))
    )


def _channels(seen: Evidence) -> set[str]:
    """The channels of the asked name and category."""
    return {d.result for d in seen.did("shop.make_channel", **seen.asked(channel_name="channel", product_category="category"))}


def _shown(seen: Evidence) -> Iterator[list[str]]:
    """The products of the asked channel, in order, after each time that it was filled."""
    for d in seen.did("shop.place_in_channel", where=lambda d: d.arguments["channel"] in _channels(seen)):
        yield [r["product"] for r in d.arguments["products"]]


def _prices(seen: Evidence) -> dict[str, Any]:
    """The price of each entered product of the asked sheet, as the sheet says."""
    return dict(seen.look.all("select product, price from shop_row where sheet = $n and entered_day is not null", n=_sheet(seen)))


def _whole(seen: Evidence) -> bool:
    return bool(_prices(seen)) and any(_prices(seen).keys() <= set(shown) for shown in _shown(seen))


def _sorted(seen: Evidence) -> bool:
    prices = _prices(seen)
    for shown in _shown(seen):
        row = [prices[product] for product in shown if product in prices]
        if len(row) == len(prices) > 0 and row == sorted(row, reverse=seen.brief["order"] == "down"):
            return True
    return False


def _repriced(seen: Evidence) -> list[Done]:
    return seen.did("shop.maintain", product=seen.brief["gtin"], field="price", where=lambda d: d.result["new_value"] == str(seen.brief["price"]))


# --- the money ---------------------------------------------------------------------------------------------------------------

WAYS = ("at_shop", "cash_on_delivery", "bank_transfer", "payment_platform", "cheque")


def _taken(seen: Evidence) -> list[Done]:
    return seen.did("shop.take_payment", "shop.apply_transfer")


def _ways(seen: Evidence) -> set[str]:
    """In which ways money was taken."""
    return {d.arguments.get("way", "bank_transfer") for d in _taken(seen)}


def _right_paper(seen: Evidence) -> bool:
    """Whether in each way a receipt had, at first or put right, the number of the paper that the customer brought; the bank's own numbers are right."""
    papers = {r.web_order: r.paper for r in seen.look.all("select web_order, paper from shop_visit order by 1")}
    corrected = [(d.arguments["receipt"], d.arguments["reference"]) for d in seen.did("shop.correct_reference")]
    right = {"bank_transfer"} & _ways(seen)
    for d in seen.did("shop.take_payment"):
        paper, given = papers.get(d.arguments["order"], ""), d.arguments.get("reference") or ""
        if d.arguments["way"] == "cash_on_delivery" or given == paper or (d.result, paper) in corrected:
            right.add(d.arguments["way"])
    return right == set(WAYS)


def _there(seen: Evidence) -> dict[str, Decimal]:
    """By till, the cash that was in the drawer when it was counted."""
    return {d.arguments["till"]: cash_in(seen.look, d.arguments["till"]) for d in seen.did("shop.count_till")}


def _counted(seen: Evidence) -> list[Done]:
    """Counts of just the cash that was there."""
    there = _there(seen)
    return seen.did("shop.count_till", where=lambda d: d.arguments["cash"] == there[d.arguments["till"]])


def _enquiries(seen: Evidence) -> set[str]:
    """The enquiries that found the asked customer's transfer."""
    rows = seen.look.all(
        """select e.number from shop_enquiry e join bank_transaction t on t.number = e.transaction join bank_account a on a.number = t.from_account
           join bank_customer c on c.number = a.customer join b2c_shopper s on s.member = c.member where s.user_name = $who order by 1""",
        who=seen.brief["shopper"],
    )
    return {r.number for r in rows}


def _found(seen: Evidence) -> list[Done]:
    return seen.did("shop.enquire_transfer", where=lambda d: d.result["enquiry"] in _enquiries(seen))


def _applied(seen: Evidence, **asked: Any) -> list[Done]:
    return seen.did("shop.apply_transfer", where=lambda d: d.arguments["enquiry"] in _enquiries(seen), **asked)


def _joint_orders(seen: Evidence) -> set[str]:
    """Sales orders of joint-operation goods."""
    rows = seen.look.all(
        """select distinct o.sales_order from b2c_order o join b2c_order_line l using (number) join shop_row r on r.product = l.product
           join shop_sheet h on h.number = r.sheet where h.terms = 'joint_operation' and o.sales_order is not null order by 1"""
    )
    return {r.sales_order for r in rows}


def _statements(seen: Evidence) -> set[str]:
    """Statements of the asked supplier that the student has drawn up."""
    number = seen.look.value("select number from member where uscc = $u", u=seen.brief["uscc"])
    return {d.result["statement"] for d in seen.did("shop.draw_statement", supplier=number)}


# --- parcels, and the other side's list ------------------------------------------------------------------------------------------


def _lists(seen: Evidence, **more: Any) -> list[Done]:
    """Lists of parcels for the asked courier."""
    return seen.did("shop.hand_to_courier", **seen.asked("courier"), **more)


def _signed(seen: Evidence) -> set[str]:
    """Those of them that the driver has signed, whoever played the driver."""
    rows = seen.look.all("select h.number from shop_handover h join document d using (number) where d.state = 'signed' order by 1")
    return {r.number for r in rows} & {d.result["handover"] for d in _lists(seen)}


def _reconciliations(seen: Evidence) -> Iterator[dict[tuple[str, int], Any]]:
    """The lines of each reconciliation that the student has drawn up, as they stand, by side and number."""
    for d in seen.did("shop.draw_reconciliation"):
        yield {(r.side, r.line_no): r for r in lines_of(seen.look, d.result)}


def _same(lines: dict[tuple[str, int], Any]) -> dict[int, int]:
    """By line of the shop, the line of finance with the same way, reference and amount."""
    theirs = {(r.way, r.reference, r.amount): r.line_no for (side, _), r in lines.items() if side == "finance"}
    ours = {r.line_no: (r.way, r.reference, r.amount) for (side, _), r in lines.items() if side == "shop"}
    return {line_no: theirs[key] for line_no, key in ours.items() if key in theirs}


def _ticked(seen: Evidence) -> bool:
    """Whether in one of them all lines that are the same are ticked with each other."""
    return any({n: r.ticked_with for (side, n), r in lines.items() if side == "shop" and r.ticked_with} == _same(lines) for lines in _reconciliations(seen))


def _named_open(seen: Evidence) -> bool:
    """Whether in one of them the line that finance lacks and the one that is not the department's are named as what they are."""
    for lines in _reconciliations(seen):
        same = _same(lines)
        odd = {("shop", n): "not_yet_in_finance" for side, n in lines if side == "shop" and n not in same}
        odd |= {("finance", n): "of_another_department" for side, n in lines if side == "finance" and n not in same.values()}
        if {key: r.open_reason for key, r in lines.items() if r.open_reason} == odd:
            return True
    return False


check("SHOP001", received=did("shop.receive_sheet", supplier="uscc"), named=_named, sound=_sound)
check("SHOP002", coded=did("shop.code_products"), rule=lambda s: s.did("shop.code_products", sheet=_sheet(s), **s.asked("rule")))
check("SHOP003", taken=did("shop.take_photos"), ordered=_in_order, skipped=_only_those)
check("SHOP004", all=_marked, place=lambda s: _marked(s, **s.asked("place")), mark=lambda s: _marked(s, **s.asked("place", "text")))
check(
    "SHOP005",
    sizes=_cut,
    renamed=did("shop.rename"),
    pattern=lambda s: s.did("shop.rename", picture_set=_pictures(s), **s.asked("pattern")),
)
check("SHOP006", filed=lambda s: _of(s, _pictures(s), "shop_picture_set", "filed"), placed=_filed)

check("SHOP007", entered=did("shop.enter_products"), all=_entered, price=_as_offered)
check(
    "SHOP008",
    opened=lambda s: [m for m in moved(s, "shop_channel", "open") if m.number in _channels(s)],
    filled=_whole,
    ordered=_sorted,
)
check(
    "SHOP009",
    off=did("shop.take_off", product="gone_gtin"),
    reason=did("shop.take_off", product="gone_gtin", reason="reason"),
    on=did("shop.put_on_shelf", product="gtin"),
)
check(
    "SHOP010",
    price=_repriced,
    hint=lambda s: s.did("shop.maintain", field="stock_hint", **s.asked(product="gtin", value="hint")),
    history=lambda s: after(_repriced(s), s.looked_up("shop.price_history", product=s.brief["gtin"])),
)

check("SHOP011", taken=_taken, ways=lambda s: _ways(s) == set(WAYS), papers=_right_paper)
check(
    "SHOP012",
    counted=_counted,
    closed=came_to("shop_till", "balanced", "difference"),
    reported=came_to("shop_till", "handed_to_finance"),
)
check("SHOP013", found=_found, applied=_applied, postage=lambda s: _applied(s, **s.asked("postage")))
question("SHOP014", "CNY")(sales_apart)
check("SHOP014", made=looked_up("shop.sales_by_receipt"), **goals_of("SHOP014"))
check(
    "SHOP015",
    shipped=lambda s: [m for m in moved(s, "b2c_sales_order", "shipped") if m.number in _joint_orders(s)],
    voucher=came_to("shop_voucher", "issued"),
    filed=lambda s: s.looked_up("shop.vouchers"),
)
check(
    "SHOP016",
    drawn=_statements,
    seen=lambda s: before(
        s.looked_up("shop.supplier_statement", where=lambda d: d.arguments["statement"] in _statements(s)), moved(s, "shop_statement", "paid")
    ),
    paid=lambda s: [m for m in moved(s, "shop_statement", "paid") if m.number in _statements(s)],
)

check(
    "SHOP017",
    waybill=lambda s: s.did("shop.print_waybill", **s.asked("courier")),
    whole=lambda s: _lists(s, where=lambda d: d.result["left"] == 0),
    signed=_signed,
)
check("SHOP018", ticked=_ticked, named=_named_open, finished=came_to("shop_reconciliation", "reconciled"))

sought("SHOP001", {"shop.return_rows.rows.fault": "what is wrong with a row follows from the sheet"})
sought("SHOP018", {"shop.name_open_item.open_reason": "why a line is open follows from the two lists"})
sought("SHOP012", {"shop.count_till.cash": "what is in the drawer follows from the till"})
sought("SHOP014", {"report.answer.answer": "a total over the report's rows"})
