"""A shop's department: master data are right before anything is sold, pictures are what their pixels say, and money is right every evening."""

from __future__ import annotations

import base64
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from stdnum import ean

from ecomlab.books import clock, images, stock, variants
from ecomlab.books.courier.tariff import couriers
from ecomlab.books.members import acting
from ecomlab.kernel.audit import INVARIANTS
from ecomlab.kernel.plays import PLAYS
from ecomlab.lab import Lab
from ecomlab.modules.b2c import billing, checkout, payments, returns, scripted
from ecomlab.modules.b2c import sales as selling
from ecomlab.modules.b2c.briefs import spare
from ecomlab.modules.b2c.members import SHOPKEEPER, SHOPPER, shopper_of
from ecomlab.modules.b2c.prologue import fulfil
from ecomlab.modules.shop import drawing
from ecomlab.modules.shop.briefs import job
from ecomlab.modules.shop.kinds import FAULTS, SIZES
from ecomlab.modules.shop.playbook import on_duty
from ecomlab.modules.shop.reports import SALES_BY_RECEIPT
from ecomlab.modules.shop.sheets import Offer, sheets
from ecomlab.modules.shop.staff import POSTS
from tests import worlds
from tests.worlds import refused

D = Decimal


@pytest.fixture
def shop(tmp_path: Any) -> Lab:
    """A shop whose department has not begun to work; everybody is at their post."""
    lab = worlds.acting(tmp_path, worlds.model("shop", codes=()))
    for post in POSTS:
        on_duty(lab.player(), post)
    return lab


@pytest.fixture
def after(tmp_path: Any) -> Callable[..., Lab]:
    """A shop after the model student has done these tasks; everybody is at their post."""

    def opened(*codes: str) -> Lab:
        lab = worlds.acting(tmp_path, worlds.model("shop", codes=codes))
        for post in POSTS:
            on_duty(lab.player(), post)
        return lab

    return opened


def played(lab: Lab, *codes: str) -> Lab:
    for code in codes:
        PLAYS[code](lab.player())
    return lab


def received(lab: Lab) -> str:
    return str(lab.shop.receive_sheet(job(lab.look).sheet.supplier.uscc))


def row_with(lab: Lab, fault: str) -> Offer:
    return next(o for o in job(lab.look).sheet.offers if o.fault == fault)


def code_of_refusal(lab: Lab, name: str, **given: Any) -> tuple[str, str | None]:
    said = refused(lab.call, name, **given)
    return said.code, said.field


def test_the_library_brings_a_sheet_onto_the_shelf_and_finds_what_is_wrong_with_it(shop: Lab) -> None:
    for post in ("information_clerk", "photographer", "information_clerk", "shop_operator"):
        shop.autoplay(post)
    sheet = shop.look.one("select s.*, d.state from shop_sheet s join document d using (number)")
    planted = {o.row_no: o.fault for o in sheets(shop.look)[sheet.position].offers if o.fault}
    assert {r.row_no: r.fault for r in shop.shop.view_sheet(sheet.number) if r.fault} == planted and sheet.state == "entered"
    on = {r.product for r in shop.shop.shelf_life() if r.state == "on"}
    assert on == {r.product for r in shop.shop.view_sheet(sheet.number) if r.fault is None}
    assert sum(shop.check(code).points for code in ALL[:10]) == 0 and worlds.findings_of(shop) == []


# --- the sheets of suppliers -------------------------------------------------------------------------------------------------


def test_each_of_the_six_sheets_has_each_fault_once_and_sound_rows_beside(shop: Lab) -> None:
    found = sheets(shop.look)
    assert len(found) == 6 and len({s.supplier.uscc for s in found}) == 6
    for sheet in found:
        assert sorted(o.fault for o in sheet.offers if o.fault) == sorted(FAULTS)
        assert 12 <= len(sheet.offers) <= 20
        assert sum(not o.fault and not o.file for o in sheet.offers) == 3, "goods to be photographed"


def test_a_fault_is_what_it_is_called_and_sound_rows_have_none_of_them(shop: Lab) -> None:
    for sheet in sheets(shop.look):
        articles: set[str] = set()
        for o in sheet.offers:
            assert (o.article in articles) == (o.fault == "duplicate_code")
            assert (o.price < o.cost) == (o.fault == "below_cost")
            assert (o.unit != "piece") == (o.fault == "wrong_unit")
            assert ean.is_valid(o.product) == (o.fault != "bad_check_digit")
            assert bool(o.file and not o.shows) == (o.fault == "missing_picture")
            if o.shows and o.fault != "bad_check_digit":
                assert (o.shows != o.product) == (o.fault == "wrong_picture")
            articles.add(o.article)


def test_textiles_come_in_styles_of_which_each_colour_and_size_is_an_article(shop: Lab) -> None:
    (sheet,) = [s for s in sheets(shop.look) if s.category == "textiles"]
    assert all(o.style and o.colour and o.size for o in sheet.offers) and not any(o.style for s in sheets(shop.look) if s is not sheet for o in s.offers)
    kinds = {(o.style, o.colour, o.size) for o in sheet.offers}
    assert len(kinds) == len(sheet.offers) == len({o.product[:12] for o in sheet.offers}) == len({o.name for o in sheet.offers})
    number = shop.shop.receive_sheet(sheet.supplier.uscc)
    assert {(r.style, r.colour, r.size) for r in shop.shop.view_sheet(number)} == kinds
    head = (shop.world.folder / "shop" / number / "sheet.csv").read_text("utf-8-sig").splitlines()[0]
    assert head.endswith("style,colour,size")


def test_an_article_is_one_colour_and_size_for_good(shop: Lab) -> None:
    first, second = (o.product for o in sheets(shop.look)[0].offers[:2])
    with worlds.at_work(shop.world.state) as do:
        for product in (first, second):
            stock.add_product(do, product, f"衬衫 Shirt {product}", "textiles", 300, D(40))
        assert variants.describe(do, first, "K1", "Navy", "M") == variants.describe(do, first, "K1", "Navy", "M") == first
        assert worlds.refused(variants.describe, do, second, "K1", "Navy", "M").code == "variant_taken"
        assert worlds.refused(variants.describe, do, first, "K1", "Navy", "L").code == "variant_otherwise"
        variants.describe(do, second, "K1", "Navy", "L")
        assert variants.siblings(do, first) == {second} and variants.siblings(do, second) == {first}


def test_a_row_can_be_judged_again_until_the_sheet_is_coded(shop: Lab) -> None:
    sheet, row_no = received(shop), row_with(shop, "below_cost").row_no
    rows = len(shop.shop.view_sheet(sheet))
    assert shop.shop.return_rows(sheet, [{"row_no": row_no, "fault": "wrong_unit"}]) == {"accepted": rows - 1, "sent_back": 1}
    assert shop.shop.return_rows(sheet, [{"row_no": row_no, "fault": "none"}]) == {"accepted": rows, "sent_back": 0}
    shop.shop.code_products(sheet, "by_row")
    assert code_of_refusal(shop, "shop.return_rows", sheet=sheet, rows=[{"row_no": row_no, "fault": "below_cost"}]) == ("coded_already", "sheet")


def test_what_is_no_row_of_the_sheet_is_refused_in_words(shop: Lab) -> None:
    sheet = received(shop)
    unpictured = next(o.row_no for o in job(shop.look).sheet.offers if not o.file)
    assert code_of_refusal(shop, "shop.return_rows", sheet=sheet, rows=[{"row_no": 99, "fault": "below_cost"}]) == ("no_row", "rows")
    twice = [{"row_no": 2, "fault": "below_cost"}, {"row_no": 2, "fault": "wrong_unit"}]
    assert code_of_refusal(shop, "shop.return_rows", sheet=sheet, rows=twice) == ("row_twice", "rows")
    assert code_of_refusal(shop, "shop.return_rows", sheet=sheet, rows=[{"row_no": unpictured, "fault": "missing_picture"}]) == ("picture_named", "rows")
    assert code_of_refusal(shop, "shop.receive_sheet", supplier=job(shop.look).sheet.supplier.uscc) == ("sheet_received", "supplier")


def test_a_code_that_repeats_is_refused_and_no_row_gets_one(shop: Lab) -> None:
    """The duplicate article was overlooked: by that rule two goods would have one code, by the row they have two."""
    sheet = received(shop)
    assert code_of_refusal(shop, "shop.code_products", sheet=sheet, rule="by_article") == ("code_repeats", "rule")
    assert all(r.code is None for r in shop.shop.view_sheet(sheet))
    codes = shop.shop.code_products(sheet, "by_row")
    assert len(set(codes)) == len(codes) == len(shop.shop.view_sheet(sheet))


def test_a_sheet_of_which_no_row_is_sound_goes_back_whole(shop: Lab) -> None:
    sheet = received(shop)
    shop.shop.return_rows(sheet, [{"row_no": r.row_no, "fault": "wrong_unit"} for r in shop.shop.view_sheet(sheet)])
    assert code_of_refusal(shop, "shop.code_products", sheet=sheet, rule="by_row") == ("none_accepted", "sheet")
    shop.shop.send_back_sheet(sheet)
    assert code_of_refusal(shop, "shop.code_products", sheet=sheet, rule="by_row") == ("wrong_state", "sheet")


# --- pictures ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("place", ["top", "bottom"])
def test_a_picture_tells_by_its_pixels_whose_it_is_and_where_it_is_marked(place: str) -> None:
    body = "952600000017"
    plain = drawing.photo("电热水壶 Electric kettle", gtin := body + ean.calc_check_digit(body))
    assert drawing.seen(plain) == (800, 800, "", gtin)
    marked = drawing.marked(plain, "MALL 0417", place)
    for size, edge in SIZES.items():
        seen = drawing.seen(drawing.sized(marked, size))
        assert (seen.width, seen.height, seen.band) == (edge, edge, place)
        assert seen.product == (gtin if size != "bre" else ""), "a bar code cannot be scanned with less than two pixels a module"


def test_a_picture_in_one_dark_colour_bears_no_code_and_a_band_is_more_than_a_dark_corner() -> None:
    image = drawing.photo("Kettle", "9526000000174")
    image.paste((0, 0, 0), (0, 0, 400, drawing.BAND))
    assert drawing.seen(image).band == ""
    image.paste((0, 0, 0), (0, 0, 800, 800))
    assert drawing.seen(image).product == ""


def test_only_goods_without_a_picture_wait_for_the_photographer(after: Callable[..., Lab]) -> None:
    shop = after("SHOP001", "SHOP002")
    sheet = shop.look.value("select number from shop_sheet")
    missing = [r.row_no for r in shop.shop.view_sheet(sheet) if r.fault is None and not r.picture_there]
    assert len(missing) == 3
    first = shop.shop.take_photos(sheet, [{"row_no": missing[0]}])
    assert first["without_picture"] == 2 and shop.look.value("select state from document where number = $n", n=sheet) == "coded"
    shop.shop.take_photos(sheet, [{"row_no": n} for n in missing[1:]])
    assert shop.look.value("select state from document where number = $n", n=sheet) == "photographed"
    faulty = row_with(shop, "wrong_unit").row_no
    assert code_of_refusal(shop, "shop.take_photos", sheet=sheet, rows=[{"row_no": faulty}]) == ("row_not_accepted", "rows")


def test_a_file_that_is_no_picture_is_refused_and_an_own_picture_taken(after: Callable[..., Lab]) -> None:
    shop = after("SHOP001", "SHOP002")
    sheet = shop.look.value("select number from shop_sheet")
    row = next(r.row_no for r in shop.shop.view_sheet(sheet) if r.fault is None and not r.picture_there)
    for nothing in (b"no picture", images.sample(20, 20, (1, 2, 3))[:60]):
        assert code_of_refusal(shop, "shop.add_picture", sheet=sheet, row_no=row, picture=nothing) == ("not_a_picture", "picture")
    large = base64.b64encode(images.sample(401, 10, (9, 9, 9))).decode()
    assert code_of_refusal(shop, "shop.add_picture", sheet=sheet, row_no=row, picture=large) == ("picture_large", "picture")
    assert shop.shop.add_picture(sheet, row, images.sample(120, 80, (200, 30, 30)))["without_picture"] == 2


@pytest.mark.parametrize("place", drawing.PLACES)
def test_a_logo_is_seen_in_every_size_and_never_where_there_is_none(place: str) -> None:
    logo, other = drawing.drawn_logo("晨光 Chen Guang"), drawing.drawn_logo("Zhu")
    for i in range(6):
        plain = drawing.marked(drawing.photo("白瓷碗 White porcelain bowl of the large kind", f"95260000{i}1230"), "x", place)
        marked = drawing.with_logo(plain, logo)
        assert drawing.seen(marked)[2:] == drawing.seen(plain)[2:], "band and bar code are read as before"
        for size in SIZES:
            seen = [drawing.bears(drawing.sized(p, size), mark) for p in (plain, marked) for mark in (logo, other)]
            assert seen == [False, False, True, False], size


def test_a_set_bears_the_shops_own_logo_as_it_was_when_it_was_marked(after: Callable[..., Lab]) -> None:
    shop = after(*ALL[:3])
    pictures = shop.look.value("select number from shop_picture_set")
    there = shop.shop.watermark(pictures, "x", "top", logo=True)
    assert there == len(shop.shop.logo_seen(pictures)) > 0
    assert code_of_refusal(shop, "shop.set_logo", logo=b"none") == ("not_a_picture", "logo")
    shop.shop.set_logo(images.sample(200, 100, (200, 10, 10)))
    assert all(r.logo_seen for r in shop.shop.logo_seen(pictures)), "the one that was laid, not the new one"
    assert shop.shop.watermark(pictures, "x", "bottom", logo=True) == there
    for size in SIZES:
        shop.shop.resize(pictures, size)
    assert [(r.picture_size, r.logo_seen) for r in shop.shop.logo_seen(pictures)] == [(size, True) for size in SIZES] * there
    assert worlds.findings_of(shop) == []


def test_three_sizes_lie_in_three_folders_under_names_that_tell_them_apart(after: Callable[..., Lab]) -> None:
    shop = after("SHOP001", "SHOP002", "SHOP003", "SHOP004")
    pictures = shop.look.value("select number from shop_picture_set")
    for size in SIZES:
        shop.shop.resize(pictures, size)
    shop.shop.file_pictures(pictures, "zoom", "zoom")
    assert code_of_refusal(shop, "shop.file_pictures", picture_set=pictures, size="exi", folder="zoom") == ("name_in_folder", "folder")
    for odd in ("*", "#", "*_#/", "**#", "商品*#"):
        assert code_of_refusal(shop, "shop.rename", picture_set=pictures, pattern=odd) == ("bad_pattern", "pattern")
    names = shop.shop.rename(pictures, "*_#")
    assert len(set(names)) == len(names)
    for size in SIZES:
        shop.shop.file_pictures(pictures, size, size)
        lying = sorted(p.name for p in (shop.world.path.parent / "shop" / size).iterdir())
        assert set(lying) >= {n for n in names if size in n}
    assert code_of_refusal(shop, "shop.watermark", picture_set=pictures, text="X", place="top") == ("wrong_state", "picture_set")


# --- the shop ----------------------------------------------------------------------------------------------------------------


PICTURED = ("SHOP001", "SHOP002", "SHOP003", "SHOP004", "SHOP005", "SHOP006")


def test_joint_operation_goods_lie_in_the_shop_without_a_value_of_its_own(shop: Lab) -> None:
    worth = shop.look.value("select sum(balance) from ledger_balance where account = '1405'")
    played(shop, *PICTURED, "SHOP007")
    rows = shop.look.all("select product, quantity from shop_row where entered_day is not null order by row_no")
    for r in rows:
        assert shop.look.value("select on_hand from stock_level where product = $p", p=r.product) == r.quantity
        assert shop.look.value("select on_sale from b2c_product where product = $p", p=r.product) is False
    assert shop.look.value("select sum(balance) from ledger_balance where account = '1405'") == worth
    assert worlds.findings_of(shop) == []


def test_nothing_is_entered_before_its_pictures_are_filed(after: Callable[..., Lab]) -> None:
    shop = after(*PICTURED[:5])
    sheet, row = shop.look.value("select number from shop_sheet"), next(o for o in job(shop.look).sheet.offers if not o.fault)
    given = [{"row_no": row.row_no, "price": row.price, "cost": row.cost}]
    assert code_of_refusal(shop, "shop.enter_products", sheet=sheet, rows=given) == ("pictures_first", "sheet")
    played(shop, "SHOP006")
    assert shop.shop.enter_products(sheet, given) == [row.product]
    assert code_of_refusal(shop, "shop.enter_products", sheet=sheet, rows=given) == ("entered_already", "rows")


def test_goods_with_the_picture_of_others_are_not_sold(shop: Lab) -> None:
    """The wrong picture was overlooked, and its row accepted: it is stopped where it would reach the customer."""
    sheet, wrong = received(shop), row_with(shop, "wrong_picture")
    rows = [{"row_no": o.row_no, "fault": o.fault} for o in job(shop.look).sheet.offers if o.fault and o.fault != "wrong_picture"]
    shop.shop.return_rows(sheet, rows)
    played(shop, *PICTURED[1:])
    given = [{"row_no": wrong.row_no, "price": wrong.price, "cost": wrong.cost}]
    assert code_of_refusal(shop, "shop.enter_products", sheet=sheet, rows=given) == ("picture_of_other_goods", "rows")


def test_an_order_keeps_the_price_at_which_it_was_placed(shop: Lab) -> None:
    asked = shop.brief("SHOP010")
    before = shop.look.all("select number, unit_price from b2c_order_line where product = $p order by 1", p=asked["gtin"])
    shop.shop.maintain(asked["gtin"], "price", "99.90")
    assert shop.look.all("select number, unit_price from b2c_order_line where product = $p order by 1", p=asked["gtin"]) == before
    for odd in ("-3", "free", "0", "1.234"):
        assert code_of_refusal(shop, "shop.maintain", product=asked["gtin"], field="price", value=odd) == ("not_a_price", "value")


def test_the_shelf_is_reviewed_after_fourteen_days_and_forgets_no_reason(shop: Lab) -> None:
    asked = shop.brief("SHOP009")
    shop.shop.take_off(asked["gone_gtin"], "sold_out")
    row = next(r for r in shop.shop.shelf_life() if r.product == asked["gone_gtin"])
    assert (row.state, row.reason, row.review_day, row.free_stock) == ("off", "sold_out", None, 0)
    assert code_of_refusal(shop, "shop.take_off", product=asked["gone_gtin"], reason="sold_out") == ("wrong_state", "product")
    on = shop.look.day
    assert (shop.shop.put_on_shelf(asked["gone_gtin"]) - on).days == 14
    shop.advance(days=3)
    assert (shop.shop.put_on_shelf(asked["gone_gtin"]) - on).days == 17, "reviewed before its time"
    assert next(r for r in shop.shop.shelf_life() if r.product == asked["gone_gtin"]).days_on == 3


def test_a_channel_has_one_category_and_shows_what_is_on_the_shelf(after: Callable[..., Lab]) -> None:
    shop = after(*PICTURED, "SHOP007")
    products = [r.product for r in shop.look.all("select product from shop_row where entered_day is not null order by row_no")]
    category = job(shop.look).sheet.category
    channel = shop.shop.make_channel("New", category)
    assert code_of_refusal(shop, "shop.make_channel", channel_name="NEW", product_category="food") == ("channel_there", "channel_name")
    assert code_of_refusal(shop, "shop.open_channel", channel=channel) == ("empty_channel", "channel")
    shop.shop.place_in_channel(channel, [{"product": p} for p in products])
    shop.shop.open_channel(channel)
    assert list(shop.shop.channel_page(channel)) == []
    shop.shop.put_on_shelf(products[1])
    assert [r.product for r in shop.shop.channel_page(channel)] == [products[1]]
    other = shop.shop.make_channel("Other", next(c for c in ("food", "textiles") if c != category))
    assert code_of_refusal(shop, "shop.place_in_channel", channel=other, products=[{"product": products[0]}]) == ("other_category", "products")


# --- money -------------------------------------------------------------------------------------------------------------------

ALL = tuple(f"SHOP{n:03d}" for n in range(1, 17))


def balance(lab: Lab, account: str, sub: str | None = None) -> Decimal:
    """What an account of the student's company holds, debit positive."""
    return lab.look.value(
        """select coalesce(sum(balance), 0)::decimal(18,2) from ledger_balance where account = $a and ($sub is null or sub = $sub)
           and owner = (select member from b2c_merchant where merchant = (select min(merchant) from shop_till))""",
        a=account, sub=sub,
    )  # fmt: skip


def till_of(lab: Lab) -> str:
    return str(lab.look.value("select max(number) from shop_till"))


def in_drawer(lab: Lab, means: str) -> Decimal:
    return sum((r.amount for r in lab.shop.drawer(till_of(lab)) if r.means == means), D("0.00"))


def test_cards_and_cheques_are_no_bank_money_before_the_bank_has_credited_them(after: Callable[..., Lab]) -> None:
    shop = after(*ALL[:11])
    cards, cheques = in_drawer(shop, "card"), in_drawer(shop, "cheque")
    assert cards > 0 < cheques
    assert (balance(shop, "1012", "card"), balance(shop, "1012", "cheque")) == (cards, cheques)
    bank = balance(shop, "1002")
    played(shop, "SHOP012")
    shop.advance(days=1)
    assert balance(shop, "1012") == 0
    fee = (cards * D("0.006")).quantize(D("0.01"))
    assert balance(shop, "1002") - bank == cards + cheques - fee
    assert worlds.findings_of(shop) == []


def card_asked_for(shop: Lab) -> Any:
    """The till of the first day on which somebody wants a store card is open; gives what is asked for."""
    for _ in range(5):
        shop.advance(days=1)
        till = shop.shop.open_till()["till"]
        if asked := shop.shop.card_customers():
            return asked[0]
        shop.shop.count_till(till, 0, 0, 0)
        shop.shop.close_till(till)
    raise AssertionError("nobody wants a store card")


def test_money_on_a_store_card_is_owed_until_goods_are_bought_with_it_and_comes_back_to_the_card(shop: Lab) -> None:
    asked = card_asked_for(shop)
    tax = balance(shop, "22210102")
    given = {"customer": asked.shopper, "amount": asked.amount, "means": asked.means, "reference": asked.paper, "invoice_title": "杭州青禾"}
    assert code_of_refusal(shop, "shop.sell_card", **{**given, "amount": asked.amount + 1}) == ("card_not_asked_for", "amount")
    assert code_of_refusal(shop, "shop.sell_card", **{**given, "amount": "5000.01"}) == ("card_full", "amount")
    assert code_of_refusal(shop, "shop.sell_card", **{**given, "customer": "nobody"}) == ("no_shopper", "customer")
    sold = shop.shop.sell_card(**given)
    card = sold["store_card"]
    assert code_of_refusal(shop, "shop.sell_card", **given) == ("has_a_card", "customer")
    assert code_of_refusal(shop, "shop.top_up_card", store_card=card, amount=asked.amount, means=asked.means, reference="1") == ("card_not_asked_for", "amount")
    assert not shop.shop.card_customers(), "it is done"
    assert (balance(shop, "2203", card), balance(shop, "22210102")) == (-asked.amount, tax), "an advance without tax, and no revenue"
    invoice = shop.look.one("select net, tax, title, invoice_kind from invoice where sale = $n", n=sold["receipt"])
    assert tuple(invoice) == (asked.amount, 0, "杭州青禾", "ordinary")
    assert in_drawer(shop, "cash" if asked.means == "cash" else "card") > 0
    row = shop.shop.receipts_by_way()[-1]
    assert row.store_cards == asked.amount == row.amount - row.at_shop - row.cash_on_delivery - row.bank_transfer - row.payment_platform - row.cheque
    shop.autoplay("cashier")

    shop.advance(days=1)
    shop.shop.open_till()
    visit = next(v for v in shop.shop.counter() if v.means == "store_card")
    assert visit.paper == card
    paying = {"order": visit.web_order, "way": "at_shop", "amount": visit.amount, "means": "store_card", "reference": card}
    assert code_of_refusal(shop, "shop.take_payment", **{**paying, "reference": "SC-1"}) == ("no_store_card", "reference")
    cash, came = balance(shop, "1001"), list(shop.shop.receipts_by_way())
    receipt = shop.shop.take_payment(**paying)
    assert list(shop.shop.receipts_by_way()) == came, "no money has come"
    assert code_of_refusal(shop, "shop.correct_reference", receipt=receipt, reference="SC-2") == ("no_receipt", "receipt")
    left = shop.shop.store_cards()[0].balance
    assert left == -balance(shop, "2203", card) == asked.amount - visit.amount
    who = shop.look.value("select shopper from b2c_order where number = $n", n=visit.web_order)
    with worlds.at_work(shop.world.state, 10_000) as do, acting(do, SHOPPER.name, who):
        assert refused(billing.ask_invoice, do, visit.web_order, "杭州青禾").code == "card_invoiced"
    fulfil(shop.player(), visit.web_order)
    assert balance(shop, "2203", card) == -left
    with worlds.at_work(shop.world.state, 10_001) as do:
        goods = do.one("select product from b2c_order_line where number = $n", n=visit.web_order).product
        with acting(do, SHOPPER.name, who):
            back = returns.request_return(do, visit.web_order, [{"product": goods, "quantity": 1}], "不合适")
        with acting(do, SHOPKEEPER.name, do.value("select merchant from b2c_order where number = $n", n=visit.web_order)):
            returns.accept_return(do, back, "restocked")
        found = (balance(shop, "2203", card), balance(shop, "1001"))
        assert INVARIANTS["shop_store_cards"].check(do) == INVARIANTS["b2c_owed"].check(do) == INVARIANTS["shop_sales_by_receipt"].check(do) == []
    assert found == (-asked.amount, cash), "refunds go back onto the card, not out of the drawer"
    assert worlds.findings_of(shop) == []


def test_money_is_taken_in_the_customers_own_way_and_amount(shop: Lab) -> None:
    shop.advance(days=1)
    assert code_of_refusal(shop, "shop.take_payment", order="WO-1", way="at_shop", amount="1") == ("no_till", None)
    shop.shop.open_till()
    assert code_of_refusal(shop, "shop.open_till") == ("till_open", None)
    visits = {(v.way, v.means): v for v in shop.shop.counter()}
    cash, cheque, platform = visits["at_shop", "cash"], visits["cheque", "cheque"], visits["payment_platform", "bank"]
    given = {"order": cash.web_order, "way": "at_shop", "amount": cash.amount, "reference": cash.paper}
    assert code_of_refusal(shop, "shop.take_payment", **{**given, "amount": cash.amount - 1}) == ("amount_differs", "amount")
    assert code_of_refusal(shop, "shop.take_payment", **{**given, "way": "cheque"}) == ("other_way", "way")
    assert code_of_refusal(shop, "shop.take_payment", **{**given, "means": "card"}) == ("other_means", "means")
    assert code_of_refusal(shop, "shop.take_payment", order=cheque.web_order, way="cheque", amount=cheque.amount) == ("no_reference", "reference")
    wrong = {"order": platform.web_order, "way": "payment_platform", "amount": platform.amount, "reference": "TX-0000-0001"}
    assert code_of_refusal(shop, "shop.take_payment", **wrong) == ("not_held", "reference")
    courier = visits["cash_on_delivery", "cash"]
    brought = {"order": courier.web_order, "way": "cash_on_delivery", "amount": courier.amount}
    assert code_of_refusal(shop, "shop.take_payment", **brought) == ("not_delivered", "order")
    sent = visits["bank_transfer", "bank"]
    nowhere = {"order": sent.web_order, "way": "bank_transfer", "amount": sent.amount, "reference": "TX-0000-0001"}
    assert code_of_refusal(shop, "shop.take_payment", **nowhere) == ("not_a_transfer", "reference")
    receipt = shop.shop.take_payment(**{**given, "reference": "0"})
    assert code_of_refusal(shop, "shop.take_payment", **given) == ("taken_before", "order")
    shop.shop.correct_reference(receipt, cash.paper)
    assert shop.look.value("select reference from shop_receipt where number = $n", n=receipt) == cash.paper
    assert code_of_refusal(shop, "shop.correct_reference", receipt="RC-1", reference="1") == ("no_receipt", "receipt")


def test_the_laboratory_as_cashier_takes_what_is_there_and_leaves_a_closed_till_that_adds_up(shop: Lab) -> None:
    shop.advance(days=1)
    shop.autoplay("cashier")
    till = shop.look.one("select t.number, t.day, d.state from shop_till t join document d using (number)")
    assert (till.day, till.state) == (shop.look.day, "handed_to_finance")
    ways = {r.way for r in shop.look.all("select way from shop_receipt where till = $t", t=till.number)}
    assert ways >= {"at_shop", "cheque", "payment_platform"}
    assert "cash_on_delivery" not in ways, "what is not shipped is not paid at the door"
    assert worlds.findings_of(shop) == []


def test_who_orders_at_the_counter_and_never_pays_keeps_no_goods_for_long(shop: Lab) -> None:
    shop.shop.open_till()
    waiting = {v.web_order for v in shop.shop.counter() if v.way in ("at_shop", "cheque")}
    assert len(waiting) == 3
    shop.advance(days=4)
    assert {shop.look.value("select state from document where number = $n", n=n) for n in waiting} == {"lapsed"}
    assert not waiting & {v.web_order for v in shop.shop.counter()}


def test_what_the_drawer_lacks_stands_apart_until_the_accountant_decides(after: Callable[..., Lab]) -> None:
    shop = after(*ALL[:11])
    till, cash = till_of(shop), in_drawer(shop, "cash")
    rest = {"cards": in_drawer(shop, "card"), "cheques": in_drawer(shop, "cheque")}
    assert code_of_refusal(shop, "shop.count_till", till=till, cash=cash, **{**rest, "cards": rest["cards"] + 1}) == ("slips_differ", "cards")
    shop.shop.count_till(till, cash + 1, **rest)
    shop.shop.count_till(till, cash, **rest)
    before = balance(shop, "1001")
    closed = shop.shop.close_till(till)
    short = -closed["difference"]
    assert short > 0 and closed["counted"] == cash
    assert (balance(shop, "1901"), balance(shop, "1001")) == (short, before - short)
    asked = shop.shop.ask_decision(till, "cashier")
    assert code_of_refusal(shop, "shop.ask_decision", till=till, borne_by="company") == ("asked_already", "till")
    shop.shop.sign_in_accountant(shop.look.sessions("cashier")[0], shop.player().password("shopkeeper"))
    shop.shop.decide_difference(asked, "yes")
    assert (balance(shop, "1901"), balance(shop, "1221", "cashier")) == (0, short)
    assert code_of_refusal(shop, "shop.ask_decision", till=till, borne_by="company") == ("nothing_to_decide", "till")
    assert worlds.findings_of(shop) == []


def test_postage_in_a_transfer_is_kept_until_the_goods_leave_and_is_no_part_of_the_price(shop: Lab) -> None:
    shop.advance(days=1)
    shop.shop.open_till()
    asked = shop.brief("SHOP013")
    assert shop.shop.enquire_transfer(asked["amount"] + 1, asked["day"])["transaction"] == ""
    found = shop.shop.enquire_transfer(asked["amount"], asked["day"])
    assert found["transaction"] and shop.shop.enquire_transfer(asked["amount"], asked["day"])["transaction"] == "", "a transfer is found once"
    order = next(r for r in shop.shop.orders_by_transfer() if r.full_name == asked["customer"])
    wrong = {"enquiry": found["enquiry"], "order": order.web_order, "postage": "0"}
    assert code_of_refusal(shop, "shop.apply_transfer", **wrong) == ("amount_differs", "postage")
    other = next(r for r in shop.shop.orders_by_transfer() if r.full_name != asked["customer"])
    theirs = {"enquiry": found["enquiry"], "order": other.web_order, "postage": asked["amount"] - other.amount}
    assert code_of_refusal(shop, "shop.apply_transfer", **theirs) == ("not_a_transfer", "order")
    shop.shop.apply_transfer(found["enquiry"], order.web_order, asked["postage"])
    assert balance(shop, "2241", "POSTAGE") == -asked["postage"]
    assert sum(r.postage for r in shop.shop.receipts_by_way()) == asked["postage"]
    taken = balance(shop, "6001") + balance(shop, "22210102")
    fulfil(shop.player(), order.web_order)
    assert balance(shop, "2241", "POSTAGE") == 0
    assert balance(shop, "6001") + balance(shop, "22210102") == taken - asked["amount"], "price and postage are what the shop has charged"
    assert sum(r.postage for r in shop.shop.receipts_by_way()) == asked["postage"], "what came in has come in"
    assert worlds.findings_of(shop) == []


def test_postage_that_was_kept_goes_back_with_an_order_that_is_called_off(shop: Lab) -> None:
    shop.advance(days=1)
    shop.shop.open_till()
    asked = shop.brief("SHOP013")
    found = shop.shop.enquire_transfer(asked["amount"], asked["day"])
    order = next(r.web_order for r in shop.shop.orders_by_transfer() if r.full_name == asked["customer"])
    shop.shop.apply_transfer(found["enquiry"], order, asked["postage"])
    cash = balance(shop, "1001")
    shop.b2c.cancel_sale(order, "x")
    assert balance(shop, "2241", "POSTAGE") == 0 and balance(shop, "1001") == cash - asked["amount"]
    assert worlds.findings_of(shop) == []


def test_the_price_of_joint_operation_goods_is_the_suppliers_and_the_shop_earns_a_commission(after: Callable[..., Lab]) -> None:
    shop = after(*ALL[:11])
    order = shop.look.value("select web_order from shop_visit where way = 'online'")
    fulfil(shop.player(), order)
    amount = shop.look.value("select amount from b2c_order where number = $n", n=order)
    revenue, tax = balance(shop, "6001"), balance(shop, "22210102")
    assert code_of_refusal(shop, "shop.issue_voucher", order=other_order(shop, order)) == ("no_joint_goods", "order")
    shop.shop.issue_voucher(order)
    supplier = shop.look.value("select supplier from shop_voucher")
    assert balance(shop, "2241", supplier) == -amount
    assert balance(shop, "6001") - revenue + balance(shop, "22210102") - tax == amount, "neither revenue nor tax of the shop's"
    assert code_of_refusal(shop, "shop.issue_voucher", order=order) == ("voucher_there", "order")
    assert code_of_refusal(shop, "shop.draw_statement", supplier=supplier, month="2026-08") == ("no_vouchers", "month")
    assert code_of_refusal(shop, "shop.draw_statement", supplier=supplier, month="2027-01") == ("month_to_come", "month")
    assert code_of_refusal(shop, "shop.draw_statement", supplier=supplier, month="2026-13") == ("not_a_month", "month")
    drawn = shop.shop.draw_statement(supplier, "2026-09")
    assert drawn["sales"] == amount == drawn["commission"] + drawn["payable"]
    assert code_of_refusal(shop, "shop.draw_statement", supplier=supplier, month="2026-09") == ("no_vouchers", "month")
    shop.advance(days=1)
    assert balance(shop, "2241", supplier) == 0 and balance(shop, "2202", supplier) == -drawn["payable"]
    assert drawn["commission"] * D("0.94") < -balance(shop, "6051") < drawn["commission"], "less the tax on the service"
    assert worlds.findings_of(shop) == []


def test_a_statement_binds_the_shop_once_its_supplier_has_confirmed_it(after: Callable[..., Lab]) -> None:
    shop = after(*ALL[:15])
    supplier = shop.look.value("select supplier from shop_voucher")
    first = shop.shop.draw_statement(supplier, f"{shop.look.day:%Y-%m}")["statement"]
    shop.shop.void_statement(first)
    drawn = shop.shop.draw_statement(supplier, f"{shop.look.day:%Y-%m}")
    assert code_of_refusal(shop, "shop.call_supplier", supplier=shop.look.value("select member from b2c_merchant")) == ("no_joint_supplier", "supplier")
    shop.shop.call_supplier(supplier)
    assert sum(r.amount for r in shop.shop.statement_for_supplier(drawn["statement"])) == drawn["sales"]
    assert shop.shop.confirm_statement(drawn["statement"]) == {"commission": drawn["commission"], "payable": drawn["payable"]}
    assert balance(shop, "2241", supplier) == 0 and balance(shop, "2202", supplier) == -drawn["payable"]
    assert code_of_refusal(shop, "shop.confirm_statement", statement=drawn["statement"]) == ("wrong_state", "statement"), "once"
    assert code_of_refusal(shop, "shop.confirm_statement", statement=first) == ("wrong_state", "statement"), "it is void"
    assert code_of_refusal(shop, "shop.void_statement", statement=drawn["statement"]) == ("wrong_state", "statement")
    shop.advance(days=1)
    assert balance(shop, "2202", supplier) == -drawn["payable"], "the night confirms nothing twice"
    assert worlds.findings_of(shop) == []


def test_a_voucher_that_was_a_mistake_is_void_and_another_can_be_issued(after: Callable[..., Lab]) -> None:
    shop = after(*ALL[:15])
    (row,) = shop.shop.vouchers()
    owed = "select coalesce(sum(balance), 0) from ledger_balance where account = '2241' and sub = $s"
    assert shop.shop.void_voucher(row.number) == [row.number]
    assert shop.look.value(owed, s=row.supplier) == 0 and [r.state for r in shop.shop.vouchers()] == ["void"]
    assert refused(shop.shop.void_voucher, row.number).code == "wrong_state"
    assert worlds.findings_of(shop) == [], "the price is the shop's revenue again, with its tax"
    (again,) = shop.shop.issue_voucher(row.source)
    assert shop.look.value(owed, s=row.supplier) == -row.amount
    drawn = shop.shop.draw_statement(row.supplier, f"{shop.day:%Y-%m}")
    no = refused(shop.shop.void_voucher, again)
    assert (no.code, no.field, drawn["sales"]) == ("voucher_on_statement", "voucher", row.amount)
    assert worlds.findings_of(shop) == []


def other_order(lab: Lab, joint: str) -> str:
    """A shipped order of the shop's own goods."""
    sql = "select o.number from b2c_order o join shop_till t using (merchant) where o.shipped_day is not null and o.number <> $n order by 1 limit 1"
    return str(lab.look.value(sql, n=joint))


def test_joint_operation_goods_that_come_back_are_owed_to_the_supplier_no_longer(after: Callable[..., Lab]) -> None:
    state = after(*ALL[:15]).world.state
    with worlds.at_work(state, 10_000) as do:
        voucher = do.one("select * from shop_voucher")
        row = do.one("select l.product, l.quantity, o.shopper from b2c_order o join b2c_order_line l using (number) where o.number = $n", n=voucher.web_order)
        with acting(do, SHOPPER.name, row.shopper):
            back = returns.request_return(do, voucher.web_order, [{"product": row.product, "quantity": row.quantity}], "x")
        with acting(do, SHOPKEEPER.name, voucher.merchant):
            returns.accept_return(do, back, "restocked")
        amounts = [r.amount for r in do.all("select amount from shop_voucher order by number")]
        assert amounts == [voucher.amount, -voucher.amount]
        assert do.value("select sum(balance) from ledger_balance where account = '2241' and sub = $s", s=voucher.supplier) == 0
        assert [f for i in INVARIANTS.values() if state.scenario.includes(i.check) for f in i.check(do)] == []


def test_sales_by_receipt_and_by_shipment_differ_by_what_is_paid_in_advance_and_what_is_still_to_come(after: Callable[..., Lab]) -> None:
    shop = after(*ALL[:15])
    rows = shop.shop.sales_by_receipt()
    last = rows[-1].day
    assert sum(r.difference for r in rows) == -balance(shop, "2203") - balance(shop, "1122")
    assert [r.day for r in shop.shop.sales_by_receipt(from_day=last)] == [last]
    paid = "select sum(p.amount) from b2c_payment p join b2c_order o on o.number = p.web_order where o.merchant in (select merchant from shop_till)"
    assert sum(r.amount for r in shop.shop.receipts_by_way()) == shop.look.value(paid)


@pytest.mark.parametrize("kind", ["payment_platform", "cash_on_delivery", "online"])
@pytest.mark.parametrize("early", [True, False])
def test_the_two_figures_stay_tied_whenever_goods_come_back(after: Callable[..., Lab], kind: str, early: bool) -> None:
    """Before the money has come, or after."""
    state = after(*ALL[:11]).world.state
    with worlds.at_work(state, 10_000) as do:
        merchant, position = do.value("select merchant from shop_till"), 2
        name, product = scripted.user_name(scripted.scripted_shoppers(do)[position]), spare(do).product
        account = scripted.ready(do, shopper_of(do, name).member, D(5000), scripted.pin_of(position), "online")
        with acting(do, SHOPPER.name, name):
            order = checkout.draft(do, merchant, [(product, 3)])
            checkout.choose_delivery(do, order, "express", kind)
            checkout.set_recipient(do, order, "x", "x", "13800138000")
            checkout.confirm_order(do, order)
            if kind != "cash_on_delivery":
                payments.pay_online(do, order, account, scripted.pin_of(position).stored())
        with acting(do, SHOPKEEPER.name, merchant):
            sold = selling.accept_order(do, order)
            selling.settle_sale(do, sold)
            selling.confirm_sale(do, sold)
            selling.ship(do, sold)
        do.n += 1

        def come_back() -> None:
            with acting(do, SHOPPER.name, name):
                back = returns.request_return(do, order, [{"product": product, "quantity": 1}], "x")
            do.n += 1
            with acting(do, SHOPKEEPER.name, merchant):
                returns.accept_return(do, back, "restocked")
            do.n += 1

        if early:
            come_back()
        if kind == "cash_on_delivery":
            with acting(do, SHOPKEEPER.name, merchant):
                payments.collect_cash(do, order)
            do.n += 1
        if not early:
            come_back()
        assert INVARIANTS["shop_sales_by_receipt"].check(do) == []
        clock.advance(do, 12)
        assert INVARIANTS["shop_sales_by_receipt"].check(do) == [], "the platform has handed on what is left"


def test_an_order_that_was_paid_before_the_student_came_is_tied_too(shop: Lab) -> None:
    state = shop.world.state
    with worlds.at_work(state, 10_000) as do:
        order = do.one("select o.* from b2c_order o join document d using (number) where d.state = 'paid' and o.payment_kind = 'online' order by o.number")
        with acting(do, SHOPKEEPER.name, order.merchant):
            returns.cancel_sale(do, order.number, "x")
        rows = do.all(SALES_BY_RECEIPT, m=order.merchant, from_day=None, to_day=None)
        assert [(r.money_in, r.money_back, r.difference) for r in rows] == [(order.amount, order.amount, 0)]


# --- parcels, and the other side's list --------------------------------------------------------------------------------------


def test_a_parcel_goes_on_one_list_of_its_own_courier_and_is_owed_from_the_drivers_signature(after: Callable[..., Lab]) -> None:
    shop = after(*ALL[:11])
    asked = shop.brief("SHOP017")["courier"]
    (parcel,) = [r for r in shop.shop.parcels() if not r.waybill]
    collected = shop.look.value("select number from b2c_order where delivery_kind = 'pick_up' order by 1 limit 1")
    assert code_of_refusal(shop, "shop.print_waybill", order=collected, courier=asked) == ("no_parcel", "order")
    assert code_of_refusal(shop, "shop.print_waybill", order=parcel.web_order, courier="nobody") == ("no_courier", "courier")
    waybill = shop.shop.print_waybill(parcel.web_order, asked)
    price = shop.look.value("select price from waybill where number = $n", n=waybill)
    other = next(c for c in couriers(shop.look) if c != asked)
    assert code_of_refusal(shop, "shop.hand_to_courier", courier=other, parcels=[{"waybill": waybill}]) == ("other_couriers_parcel", "parcels")
    wrong = waybill[:-1] + str((int(waybill[-1]) + 1) % 10) if waybill[-1].isdigit() else "123"
    assert code_of_refusal(shop, "shop.hand_to_courier", courier=asked, parcels=[{"waybill": wrong}]) == ("bad_waybill", "parcels")
    drawn = shop.shop.hand_to_courier(asked, [{"waybill": waybill}])
    assert (drawn["parcels"], drawn["left"]) == (1, 0)
    assert code_of_refusal(shop, "shop.hand_to_courier", courier=asked, parcels=[{"waybill": waybill}]) == ("on_a_list", "parcels")
    owed = balance(shop, "2202")
    shop.shop.call_courier(asked)
    shop.autoplay("courier_driver")
    assert owed - balance(shop, "2202") == price
    assert shop.check("SHOP017").points == 2, "whoever plays the driver"
    shop.advance(days=4)
    days = shop.look.one("select received_day, signed_day from b2c_order o join waybill w on w.parcel = o.number")
    assert days.received_day == days.signed_day, "the days within which goods may come back count from the signature"
    assert worlds.findings_of(shop) == []


def test_a_driver_owns_to_a_loss_of_its_own_courier_and_the_parcel_can_go_again(after: Callable[..., Lab]) -> None:
    shop = after(*ALL[:11])
    asked, parcel = shop.brief("SHOP017")["courier"], next(r.web_order for r in shop.shop.parcels() if not r.waybill)
    drawn = shop.shop.hand_to_courier(asked, [{"waybill": shop.shop.print_waybill(parcel, asked)}])["handover"]
    shop.shop.call_courier(asked)
    shop.shop.sign_handover(drawn)
    waybill = shop.look.one("select * from waybill where parcel = $p", p=parcel)
    other = next(c for c in couriers(shop.look) if c != waybill.courier)
    shop.shop.call_courier(other)
    assert code_of_refusal(shop, "shop.report_lost", waybill=waybill.number) == ("other_couriers_parcel", "waybill")
    shop.shop.call_courier(waybill.courier)
    shop.shop.report_lost(waybill.number)
    assert code_of_refusal(shop, "shop.report_lost", waybill=waybill.number) == ("wrong_state", "waybill")
    assert waybill.parcel not in {r.web_order for r in shop.shop.parcels()}, "it waits for the shopkeeper"
    shop.b2c.make_good(waybill.parcel, "send_again")
    assert waybill.parcel in {r.web_order for r in shop.shop.parcels() if not r.waybill}
    assert shop.shop.print_waybill(waybill.parcel, other) != waybill.number
    assert worlds.findings_of(shop) == []


def test_finance_lacks_one_receipt_and_has_one_of_another_department(after: Callable[..., Lab]) -> None:
    shop = after(*ALL[:11])
    number = shop.shop.draw_reconciliation()
    lines = shop.shop.reconciliation(number)
    ours, theirs = ({(r.way, r.reference, r.amount): r.line_no for r in lines if r.side == side} for side in ("shop", "finance"))
    assert len(ours) == len(theirs) and len(ours.keys() & theirs.keys()) == len(ours) - 1
    assert code_of_refusal(shop, "shop.finish_reconciliation", reconciliation=number) == ("lines_left", "reconciliation")
    missing, strange = next(n for k, n in ours.items() if k not in theirs), next(n for k, n in theirs.items() if k not in ours)
    wrong = [{"shop_line": missing, "finance_line": strange}]
    assert code_of_refusal(shop, "shop.tick_lines", reconciliation=number, pairs=wrong) == ("lines_differ", "pairs")
    assert code_of_refusal(shop, "shop.tick_lines", reconciliation=number, pairs=[{"shop_line": 99, "finance_line": 1}]) == ("no_line", "pairs")
    pairs = [{"shop_line": n, "finance_line": theirs[k]} for k, n in ours.items() if k in theirs]
    assert shop.shop.tick_lines(number, pairs) == 2
    assert shop.shop.name_open_item(number, "shop", missing, "not_yet_in_finance") == 1
    assert shop.shop.name_open_item(number, "finance", strange, "of_another_department") == 0
    shop.shop.finish_reconciliation(number)
    assert code_of_refusal(shop, "shop.tick_lines", reconciliation=number, pairs=pairs) == ("reconciled_already", "reconciliation")


def test_the_accountant_lets_the_company_bear_what_is_small(after: Callable[..., Lab]) -> None:
    shop = after(*ALL[:12])
    short, till = balance(shop, "1901"), till_of(shop)
    assert short > 0
    shop.shop.sign_in_accountant(shop.look.sessions("cashier")[0], shop.player().password("shopkeeper"))
    shop.autoplay("shop_accountant")
    decision = shop.look.value("select decision from shop_till where number = $n", n=till)
    assert (decision, balance(shop, "1901")) == (("company", 0) if short <= 10 else (None, short))
