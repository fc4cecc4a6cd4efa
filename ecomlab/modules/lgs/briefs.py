"""What each student is asked: values that follow from the seed of the world."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from ...books.cast import carriers
from ...kernel.doing import Looking
from ...kernel.evidence import asks
from ...kernel.texts import Text

#: Provinces' plates with the letter X, which no office there issues: so no real vehicle has one of them.
_PLATE_HEADS = ("浙X", "苏X", "闽X", "皖X")
_PLATE_TAIL = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
_PEOPLE = ("孙兰 Sun Lan", "李强 Li Qiang", "吴芳 Wu Fang", "郑涛 Zheng Tao", "王磊 Wang Lei", "冯静 Feng Jing")

CONDITIONS = {
    "state": Text("状态", "state"),
    "party": Text("货主或收货方", "shipper or consignee"),
    "product": Text("商品", "product"),
    "from_day": Text("日期", "date"),
}


@asks("LGS001")
def _carrier(look: Looking) -> dict[str, Any]:
    firm, chance = carriers(look)[0], look.stream("lgs.tariff")
    return {
        "company": firm.name, "uscc": firm.uscc, "city": firm.city,
        "base_fee": Decimal(f"{chance.randrange(20, 45, 5)}.00"), "rate": Decimal(f"{chance.randrange(80, 160, 5) / 100:.2f}"),
    }  # fmt: skip


@asks("LGS007", "LGS008")
def _warehouse(look: Looking) -> dict[str, Any]:
    chance = look.stream("lgs.warehouse")
    name = chance.choice(("南岸仓库 South bank warehouse", "北站仓库 North station warehouse", "运河仓库 Canal warehouse", "高新仓库 Hi-tech warehouse"))
    capacity = chance.randrange(2000, 6000, 100)
    return {
        "name": f"{name} {look.mark}", "city": carriers(look)[0].city, "capacity": capacity, "new_capacity": capacity + chance.randrange(300, 1500, 100),
        "contact": chance.choice(_PEOPLE),
    }  # fmt: skip


@asks("LGS012", "LGS013")
def _vehicle(look: Looking) -> dict[str, Any]:
    chance = look.stream("lgs.vehicle")
    load = chance.randrange(2000, 8000, 500)
    return {
        "plate": chance.choice(_PLATE_HEADS) + "".join(chance.choice(_PLATE_TAIL) for _ in range(5)), "load": load,
        "new_load": load + chance.randrange(500, 2000, 100), "driver": chance.choice(_PEOPLE),
    }  # fmt: skip


def _condition(code: str) -> None:
    @asks(code)
    def condition(look: Looking) -> dict[str, Any]:
        field = look.stream(f"lgs.condition:{code}").choice(list(CONDITIONS))
        return {"field": field, "condition": CONDITIONS[field]}


for _code in ("LGS014", "LGS015", "LGS016", "LGS017"):
    _condition(_code)
