"""What each student is asked: values that follow from the seed of the world."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from ...books.cast import Company, carriers, companies, own_company
from ...books.stock import Goods
from ...kernel.doing import Looking
from ...kernel.evidence import asks
from ...kernel.terms import term
from ...kernel.texts import Text
from .. import lgs

#: What transfer orders are asked for by, and the fields of the query that say it.
CONDITIONS = {"state": Text("状态", "state"), "product": Text("商品", "product"), "from_day": Text("日期", "date")}
FIELDS = {"state": {"state"}, "product": {"product"}, "from_day": {"from_day", "to_day"}}
QUALITY = (
    "国家标准一等品 First grade by the national standard",
    "不良率低于 0.5% Defects below 0.5 percent",
    "原厂包装，生产日期三个月内 Original packing, made within three months",
)
INSPECTION = (
    "到货后 3 日内按 GB/T 2828.1 抽样检验 Sampling by GB/T 2828.1 within 3 days of arrival",
    "交货前由第三方检验 Inspection by a third party before delivery",
    "到货当日逐箱开检 Every carton opened on the day of arrival",
)


def supplier_of(look: Looking) -> Company:
    """The company that sells, in whose name the student acts as the supplier."""
    return companies(look)[1]


def short_of_money(look: Looking) -> Company:
    """The company that orders without the money for it."""
    return companies(look)[2]


def wares(look: Looking) -> list[tuple[str, str, int, Decimal]]:
    """What the supplier has and offers: product, its name, pieces, list price."""
    names = {r["gtin"]: r["name"] for r in look.scenario.rows("products")}

    def listed(g: Goods) -> Decimal:
        return (g.value / g.quantity * Decimal("1.35")).quantize(Decimal("0.10")).quantize(Decimal("0.01"))

    return [(g.product, names[g.product], g.quantity, listed(g)) for g in lgs.assortment(look, supplier_of(look).uscc)]


def deal(look: Looking) -> dict[str, Any]:
    """The business that this student is to do, from registration to settlement."""
    chance, own, goods = look.stream("b2b.deal"), own_company(look), wares(look)
    payments = ("on_delivery", "days_30", "days_60")
    asked = {
        "company": own.name, "uscc": own.uscc, "city": own.city, "supplier": supplier_of(look).name, "debtor": short_of_money(look).name,
        "carrier": carriers(look)[2].name, "main": MAIN, "other": OTHER,
        "ordered": goods[0][1], "ordered_gtin": goods[0][0], "pieces": chance.randint(6, 12), "days": chance.randint(12, 25),
        "sent": goods[1][1], "sent_gtin": goods[1][0], "sent_pieces": chance.randint(8, 15),
        "inquired": goods[2][1], "inquired_gtin": goods[2][0], "inquired_pieces": chance.randint(15, 25),
        "moved": goods[3][1], "moved_gtin": goods[3][0], "moved_pieces": chance.randint(5, 12),
        "quote": (goods[2][3] * chance.randint(94, 97) / 100).quantize(Decimal("0.01")), "quality": chance.choice(QUALITY),
        "inspection": chance.choice(INSPECTION), "incoterm": chance.choice(("CPT", "CIP", "DAP", "DPU", "DDP")), "place": own.city,
        "payment": chance.choice(payments), "contract_payment": chance.choice(payments[1:]), "contract_days": chance.randint(20, 40),
    }  # fmt: skip
    field = look.stream("b2b.condition").choice(list(CONDITIONS))
    said = {f"{k}_said": term(asked[k]) for k in ("payment", "contract_payment")}  # type: ignore[arg-type]
    return {**asked, **said, "field": field, "condition": CONDITIONS[field]}


MAIN, OTHER = "华东总仓 East China main warehouse", "城北分仓 North city warehouse"

asks(*(f"B2B{n:03d}" for n in (1, *range(3, 12), 13, 14, 15, 17, *range(22, 33))))(deal)


def own_member(look: Looking) -> str | None:
    """The member number of the student's own company."""
    return look.value("select number from member where uscc = $uscc", uscc=own_company(look).uscc)  # type: ignore[no-any-return]


def supplier_member(look: Looking) -> str | None:
    return look.value("select number from member where uscc = $uscc", uscc=supplier_of(look).uscc)  # type: ignore[no-any-return]


def warehouses(look: Looking) -> tuple[str, str]:
    """The two warehouses, main and other, that the supplier's carrier had from the beginning, whatever they are called now."""
    rows = look.all(
        "select w.number from lgs_warehouse w join member m on m.number = w.carrier where m.uscc = $uscc order by 1 limit 2", uscc=carriers(look)[2].uscc
    )
    return rows[0].number, rows[1].number


def number_of_certificate(look: Looking, member: str | None) -> str:
    """The certificate that the marketplace issued to a member."""
    return str(look.value("select certificate from b2b_member where member = $member", member=member))
