"""What goes wrong in a department: each is refused in words at its field and leaves nothing behind, or is counted; never a traceback.

That nobody decides on what they asked for is in `test_books_paper`, for every kind of approval.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any, NamedTuple

import pytest

from ecomlab.lab import Lab
from ecomlab.modules.b2c.prologue import own_shop
from ecomlab.modules.finance.prologue import come
from ecomlab.modules.floor.prologue import at_post
from ecomlab.modules.shop.playbook import on_duty
from tests import worlds
from tests.worlds import refused

pytestmark = pytest.mark.slow  # a department takes seconds to begin; each refusal by itself is in the tests of its module


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    made = worlds.opened(tmp_path_factory.mktemp("bad"), worlds.model("department", codes=()))
    play = made.player()
    for who in ("clerk", "finance", "stock", "manager"):
        come(play, who)
    for post in ("picker", "packer", "floor_manager"):
        at_post(play, post)
    on_duty(play, "cashier")
    yield made
    assert worlds.findings_of(made) == [], "what was refused or counted has left the books whole"
    made.world.close()


def order(lab: Lab) -> Any:
    return lab.look.one(
        """select o.number, o.amount from b2c_order o join document d using (number) where o.merchant = $m and d.state = 'shipped'
           and o.payment_kind = 'online' and not exists (select 1 from b2c_return r where r.web_order = o.number) order by 1 limit 1""",
        m=own_shop(lab.player()).merchant,
    )


class Refused(NamedTuple):
    """What is refused: the call, the code of the refusal and the field at which it stands."""

    what: str
    call: Callable[[Lab], Any]
    code: str
    field: str


def _over(lab: Lab) -> Any:
    found = order(lab)
    return lab.finance.request_refund(found.number, "money_only", "x", amount=found.amount + Decimal("0.01"))


def _unscanned(lab: Lab) -> Any:
    lab.autoplay("picker")
    return lab.floor.pack(lab.look.value("select min(sales_order) from floor_tote"), "medium", "wang", "")


def _no_picture(lab: Lab) -> Any:
    new = lab.look.value("select min(gtin) from product where gtin not in (select product from b2c_product)")
    return lab.b2c.add_product(product=new, price="2.00", cost="1.00", picture=b"no picture")


def _filed_twice(lab: Lab) -> Any:
    slip = lab.finance.make_slip(order(lab).number)
    lab.finance.file_copy(slip, "white")
    return lab.finance.file_copy(slip, "white")


def _other_month(lab: Lab) -> Any:
    number = lab.finance.request_statement("payment_platform")["statement"]
    text = lab.finance.statement_file(number)[0].content
    return lab.finance.import_statement(number, text.replace("2026-09-", "2026-08-").encode())


REFUSED = (
    Refused("a refund above the payment", _over, "refund_too_much", "amount"),
    Refused("a parcel without a scan", _unscanned, "not_scanned", "sales_order"),
    Refused("a picture that is none", _no_picture, "not_a_picture", "picture"),
    Refused("a slip filed twice", _filed_twice, "filed_already", "colour"),
    Refused("a statement of another month", _other_month, "other_period", "file"),
)


@pytest.mark.parametrize("row", REFUSED, ids=lambda row: row.what)
def test_it_is_refused_at_its_field(lab: Lab, row: Refused) -> None:
    no = refused(row.call, lab)
    assert (no.code, no.field) == (row.code, row.field)


def test_a_till_that_does_not_add_up_is_counted(lab: Lab) -> None:
    till = str(lab.shop.open_till()["till"])
    there = sum((r.amount for r in lab.shop.drawer(till) if r.means == "cash"), Decimal("0.00"))
    lab.shop.count_till(till, there + 1, Decimal("0.00"), Decimal("0.00"))
    assert lab.shop.close_till(till)["difference"] == 1


def test_fifteen_hundred_orders_for_two_packers_stand_at_the_packers(lab: Lab) -> None:
    plan = lab.floor.plan_staff(orders=1500, information=10, picking=10, scanning=10, packing=2)
    day = lab.floor.run_day(plan)
    assert day["sent"] + day["left_behind"] == 1500 and day["left_behind"] > 0
    assert lab.look.value("select bottleneck from floor_plan where number = $n", n=plan) == "packing"
