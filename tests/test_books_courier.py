"""Couriers: the price follows zone and weight, a parcel has one waybill, its number proves itself, and who signed is known."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from decimal import Decimal

import pytest

from ecomlab.books import documents, ledger, members, tax
from ecomlab.books.courier import billing, numbers, tariff, waybills
from ecomlab.books.documents import KINDS, Kind
from ecomlab.kernel import packages
from ecomlab.kernel.audit import INVARIANTS
from ecomlab.kernel.doing import Doing
from ecomlab.kernel.scenario import scenario
from ecomlab.kernel.texts import Text
from tests import worlds
from tests.worlds import refused

pytestmark = pytest.mark.usefixtures("understudied")

D = Decimal
HERE, WEIGHT = "杭州市文三路 18 号", 2300


@pytest.fixture
def do(monkeypatch: pytest.MonkeyPatch) -> Iterator[Doing]:
    monkeypatch.setitem(KINDS, "box", Kind("box", "BX", Text("纸箱", "box"), {"open": ()}))
    state = worlds.fresh_state("b2c")
    with worlds.at_work(state) as at:
        yield at


def shop(do: Doing) -> str:
    return members.company(do, "店 Shop", "91000000ZZ00000010", None)


def parcel(do: Doing, address: str = "成都市人民路 1 号", courier: str = "yunque", weight: int = WEIGHT) -> documents.Document:
    box = documents.create(do, KINDS["box"], "shop")
    return waybills.print_for(do, courier, box.number, shop(do), HERE, "林晓", address, "13800138000", weight)


def test_the_price_is_the_first_kilogram_and_each_further_one_begun(do: Doing) -> None:
    line = tariff.rate(do, "feilu", "far")
    assert [line.price(g) for g in (1, 1000, 1001, 2000, 2001)] == [D("18.00"), D("18.00"), D("24.00"), D("24.00"), D("30.00")]
    assert refused(tariff.rate, do, "nobody", "far", "courier").code == "no_courier"


@pytest.mark.parametrize(
    ("address", "zone"),
    [
        ("杭州市人民路 1 号", "local"), ("People's Road 1, Hangzhou", "local"), ("苏州 Suzhou 人民路 2 号", "regional"), ("成都 Chengdu", "far"),
        ("拉萨市", "remote"), ("某县某镇", "remote"),
        ("上海市南京路 100 号", "regional"), ("杭州市成都路 3 号", "local"), ("1 Chengdu Road, Hangzhou", "local"),
    ],
)  # fmt: skip
def test_the_zone_follows_from_the_two_cities_and_a_street_is_no_city(do: Doing, address: str, zone: str) -> None:
    assert tariff.zone_of(do, HERE, address) == zone


def test_another_courier_is_the_cheapest_for_another_weight_or_way(do: Doing) -> None:
    cheapest = {
        tariff.quotes(do, HERE, address, weight)[0][0].courier for address in ("杭州", "苏州", "成都", "拉萨") for weight in (500, 2500, 9000)
    }
    assert len(cheapest) >= 2, "else there is nothing to choose"
    for address in ("杭州", "成都"):
        prices = [price for _, price in tariff.quotes(do, HERE, address, WEIGHT)]
        assert prices == sorted(prices) and len(prices) == 3
    assert refused(tariff.quotes, do, HERE, "杭州", 50_001).code == "parcel_too_heavy"


def test_postage_is_charged_or_free_above_a_sum() -> None:
    assert tariff.postage(D("18.00"), D("98.99"), D("99.00")) == D("18.00")
    assert tariff.postage(D("18.00"), D("99.00"), D("99.00")) == 0
    assert tariff.postage(D("18.00"), D("5000.00"), None) == D("18.00")


def test_a_waybill_number_proves_itself_and_any_digit_that_is_wrong_is_noticed() -> None:
    assert numbers.number("s10", 47312482) == "YP473124829CN", "the example of the UPU's standard S10"
    for rule in numbers.RULES:
        good = numbers.number(rule, 4170012)
        assert numbers.rule_of(good) == rule
        wrong = 0
        for i, c in enumerate(good):
            for other in "0123456789":
                if c.isdigit() and other != c:
                    wrong += numbers.rule_of(f"{good[:i]}{other}{good[i + 1 :]}") is not None
        assert wrong <= (12 if rule == "mod7" else 0), "the rest by seven does not tell 0 from 7, 1 from 8, 2 from 9"


def test_a_parcel_has_one_waybill_until_it_is_void(do: Doing) -> None:
    made = parcel(do)
    box = waybills.row_of(do, made.number).parcel
    again = refused(waybills.print_for, do, "feilu", box, shop(do), HERE, "林晓", "杭州", "13800138000", 500)
    assert (again.code, again.field) == ("waybill_taken", "parcel")
    waybills.void(do, made.number)
    assert waybills.print_for(do, "feilu", box, shop(do), HERE, "林晓", "杭州", "13800138000", 500).number != made.number
    assert refused(waybills.collect, do, made.number).code == "wrong_state"
    assert refused(waybills.collect, do, "400000000001").code == "bad_waybill"


def test_from_the_collection_the_sender_owes_the_price_with_its_tax_and_the_courier_has_earned_it(do: Doing) -> None:
    made, firm = parcel(do), billing.member(do, "yunque")
    price = waybills.row_of(do, made.number).price
    assert price == D("27.00") and billing.owed(do, shop(do), firm) == 0, "a waybill that is printed costs nothing"
    waybills.collect(do, made.number)
    assert billing.owed(do, shop(do), firm) == price
    borne = tax.within(price, D(6))
    assert ledger.balance(do, shop(do), "6601") == price - borne and ledger.balance(do, shop(do), tax.PENDING) == borne
    assert INVARIANTS["postage_charged"].check(do) == [] and INVARIANTS["waybills_of_parcels"].check(do) == []
    assert refused(waybills.collect, do, made.number).code == "wrong_state", "it is charged once"


def test_the_courier_delivers_when_its_day_has_come_and_the_way_is_there_to_track(do: Doing) -> None:
    made = parcel(do)
    waybills.collect(do, made.number)
    for _ in range(3):
        assert waybills.row_of(do, made.number).signed_by is None
        do.turn(do.day + datetime.timedelta(days=1))
        waybills.deliver(do)
    row = waybills.row_of(do, made.number)
    assert (row.signed_by, row.signed_day) == ("林晓", do.day)
    assert [r.event for r in waybills.track(do, made.number)] == ["picked_up", "on_the_way", "on_the_way", "signed_for"]


def test_worlds_without_parcels_have_no_tables_of_them() -> None:
    assert "courier" not in packages.together(scenario("c2c").modules)
