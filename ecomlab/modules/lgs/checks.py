"""What each student is asked, and what each task of the module must show."""

from __future__ import annotations

from typing import Any

from ...books.cast import carriers
from ...kernel.doing import Looking
from ...kernel.evidence import Evidence, asks, check, goal
from ...kernel.texts import Text

#: Provinces' plates with the letter X, which no office there issues: so no real vehicle has one of them.
_PLATE_HEADS = ("浙X", "苏X", "闽X", "皖X")
_PLATE_TAIL = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
_SURNAMES = ("孙 Sun", "李 Li", "吴 Wu", "郑 Zheng", "王 Wang", "冯 Feng")

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
        "base_fee": f"{chance.randrange(20, 45, 5)}.00", "rate": f"{chance.randrange(80, 160, 5) / 100:.2f}",
    }  # fmt: skip


@asks("LGS007", "LGS008")
def _warehouse(look: Looking) -> dict[str, Any]:
    chance = look.stream("lgs.warehouse")
    name = chance.choice(("南岸仓库 South bank warehouse", "北站仓库 North station warehouse", "运河仓库 Canal warehouse", "高新仓库 Hi-tech warehouse"))
    capacity = chance.randrange(2000, 6000, 100)
    return {
        "name": f"{name} {look.mark}", "city": carriers(look)[0].city, "capacity": capacity, "new_capacity": capacity + chance.randrange(300, 1500, 100),
        "contact": f"{chance.choice(_SURNAMES)} {look.mark}",
    }  # fmt: skip


@asks("LGS012", "LGS013")
def _vehicle(look: Looking) -> dict[str, Any]:
    chance = look.stream("lgs.vehicle")
    load = chance.randrange(2000, 8000, 500)
    return {
        "plate": chance.choice(_PLATE_HEADS) + "".join(chance.choice(_PLATE_TAIL) for _ in range(5)), "load": load,
        "new_load": load + chance.randrange(500, 2000, 100), "driver": f"{chance.choice(_SURNAMES)} {look.mark}",
    }  # fmt: skip


def _condition(code: str) -> None:
    @asks(code)
    def condition(look: Looking) -> dict[str, Any]:
        field = look.stream(f"lgs.condition:{code}").choice(list(CONDITIONS))
        return {"field": field, "condition": CONDITIONS[field]}


for _code in ("LGS014", "LGS015", "LGS016", "LGS017"):
    _condition(_code)


def _moved(seen: Evidence, kind: str, state: str) -> list[Any]:
    """Documents of a kind that the student's own entries brought into a state: number."""
    return seen.look.all(
        """select h.document as number from document_history h join document d on d.number = h.document
           where d.kind = $kind and h.state = $state and h.entry > 0 order by 1""",
        kind=kind, state=state,
    )  # fmt: skip


def _detail_of(seen: Evidence, kind: str, state: str) -> bool:
    """Whether one of them had been opened before."""
    when = {
        r.number: r.entry
        for r in seen.look.all(
            """select h.document as number, h.entry from document_history h join document d on d.number = h.document
               where d.kind = $kind and h.state = $state and h.entry > 0""",
            kind=kind, state=state,
        )
    }  # fmt: skip
    return any(d.n < when.get(d.arguments["slip"], 0) for d in seen.looked_up("lgs.slip_detail"))


def _discrepancy(seen: Evidence) -> Any:
    """A consignment that came short, received by the student exactly as it stood at the gate."""
    return seen.look.one(
        """select l.slip from lgs_line l join document_history h on h.document = l.slip and h.state = 'received' and h.entry > 0
           group by l.slip having bool_and(l.counted = l.at_gate) and bool_or(l.at_gate < l.quantity) limit 1"""
    )


#: Each damaged lot that the student received, beside each report of the student's on the same goods.
_DAMAGE = """
    with lot as (
        select s.shipper, s.warehouse, l.product, l.damaged from lgs_line l join lgs_slip s on s.number = l.slip
        join document_history h on h.document = l.slip and h.state = 'received' and h.entry > 0 where l.damaged > 0),
    report as (
        select s.shipper, s.warehouse, l.product, l.quantity from lgs_line l join lgs_slip s on s.number = l.slip
        join document_history h on h.document = l.slip and h.entry > 0 where s.kind = 'damage_report')
    select lot.damaged, report.quantity from lot join report using (shipper, warehouse, product)"""


def _asked(seen: Evidence, command: str, **fields: str) -> list[Any]:
    """The entries of a command whose fields hold what the brief asks for: field = name in the brief."""
    return seen.did(command, where=lambda d: all(str(d.arguments[k]) == str(seen.brief[v]) for k, v in fields.items()))


check(
    "LGS001",
    goal("registered", "1", "注册了一家物流商", "A carrier is registered", lambda s: s.did("lgs.register")),
    goal(
        "identity", "0.5", "是 {company}（{uscc}）", "It is {company} ({uscc})",
        lambda s: _asked(s, "lgs.register", uscc="uscc", company_name="company"),
    ),
    goal(
        "tariff", "0.5", "费率为每票 {base_fee} 元加每公斤 {rate} 元", "Its tariff is {base_fee} a consignment and {rate} a kilogram",
        lambda s: _asked(s, "lgs.register", uscc="uscc", base_fee="base_fee", rate_per_kg="rate"),
    ),
)  # fmt: skip
check(
    "LGS002",
    goal(
        "opened", "0.6", "受理前查看了配送单明细", "The delivery order was opened before it was accepted",
        lambda s: _detail_of(s, "delivery_order", "accepted"),
    ),
    goal("accepted", "0.7", "受理了一张配送单", "A delivery order is accepted", lambda s: _moved(s, "delivery_order", "accepted")),
    goal("slip", "0.7", "由此生成了出库单", "An outbound slip follows from it", lambda s: _moved(s, "outbound_slip", "to_pick")),
)  # fmt: skip
check(
    "LGS003",
    goal("counted", "0.5", "在门口清点了到货", "The arrival was counted at the gate", lambda s: s.looked_up("lgs.count_arrival")),
    goal("received", "0.7", "确认了一张入库单", "An inbound slip is received", lambda s: _moved(s, "inbound_slip", "received")),
    goal("discrepancy", "0.8", "对短少的一批货按实到数量入库", "A consignment that came short was received as it stood at the gate", _discrepancy),
)
check(
    "LGS004",
    goal("opened", "0.6", "出库前核对了出库单明细", "The outbound slip was opened before it was confirmed", lambda s: _detail_of(s, "outbound_slip", "picked")),
    goal(
        "picked",
        "1.4",
        "确认出库，货物已离开仓库",
        "The slip is confirmed and the goods have left the warehouse",
        lambda s: _moved(s, "outbound_slip", "picked"),
    ),
)
check(
    "LGS005",
    goal("sent", "0.8", "发出了一张调拨单的货物", "The goods of a transfer order are sent", lambda s: _moved(s, "transfer_order", "in_transit")),
    goal(
        "completed", "1.2", "货物到达调入仓库，调拨完成", "They have arrived and the transfer is completed", lambda s: _moved(s, "transfer_order", "completed")
    ),
)
check(
    "LGS006",
    goal("looked", "1", "查到了仓库里的库存", "Stock in a warehouse has been found", lambda s: s.looked_up("lgs.stock_list")),
    goal(
        "condition", "1", "按仓库、货主或商品缩小了范围", "It was narrowed down by warehouse, shipper or product",
        lambda s: s.looked_up("lgs.stock_list", where=lambda d: any(d.arguments[k] for k in ("warehouse", "shipper", "product"))),
    ),
)  # fmt: skip
check(
    "LGS007",
    goal("added", "0.8", "新增了一个仓库", "A warehouse is added", lambda s: s.did("lgs.add_warehouse")),
    goal(
        "name",
        "0.6",
        "名称为“{name}”，位于 {city}",
        "It is named “{name}” and stands in {city}",
        lambda s: _asked(s, "lgs.add_warehouse", name="name", city="city"),
    ),
    goal("capacity", "0.6", "其容量为 {capacity} 件", "It holds {capacity} pieces", lambda s: _asked(s, "lgs.add_warehouse", name="name", capacity="capacity")),
)
check(
    "LGS008",
    goal("changed", "0.8", "修改了一个仓库的信息", "A warehouse has been changed", lambda s: s.did("lgs.change_warehouse")),
    goal(
        "capacity", "0.6", "“{name}”的容量改为 {new_capacity} 件", "“{name}” now holds {new_capacity} pieces",
        lambda s: s.look.one("select 1 from lgs_warehouse where name = $name and capacity = $c", name=s.brief["name"], c=s.brief["new_capacity"]),
    ),
    goal(
        "contact", "0.6", "其联系人改为 {contact}", "Its contact is {contact} now",
        lambda s: s.look.one("select 1 from lgs_warehouse where name = $name and contact = $c", name=s.brief["name"], c=s.brief["contact"]),
    ),
)  # fmt: skip
check(
    "LGS009",
    goal("looked", "0.5", "分配前查看了车辆", "The vehicles were looked at", lambda s: s.looked_up("lgs.vehicles")),
    goal(
        "assigned",
        "1.5",
        "为调度单分配了载重足够的空闲车辆",
        "A free vehicle that carries enough is assigned to a dispatch order",
        lambda s: _moved(s, "dispatch_order", "assigned"),
    ),
)
check(
    "LGS010",
    goal("dispatched", "1.4", "已分配的车辆已发车", "The vehicle has left", lambda s: _moved(s, "dispatch_order", "dispatched")),
    goal("note", "0.6", "查看了送货单及其 SSCC", "The delivery note with its SSCC has been looked at", lambda s: s.looked_up("lgs.delivery_note")),
)
check(
    "LGS011",
    goal("looked", "1", "查到了运输记录", "Trips have been found", lambda s: s.looked_up("lgs.trips")),
    goal(
        "vehicle", "1", "按车辆查到了已发车的记录", "Those of one vehicle, which has been on the road",
        lambda s: s.looked_up("lgs.trips", where=lambda d: d.arguments["vehicle"] and any(r.departed for r in d.result)),
    ),
)  # fmt: skip
check(
    "LGS012",
    goal("added", "0.8", "登记了一辆车", "A vehicle is registered", lambda s: s.did("lgs.add_vehicle")),
    goal("plate", "0.6", "车牌号为 {plate}", "Its plate is {plate}", lambda s: s.did("lgs.add_vehicle", where=lambda d: d.result == s.brief["plate"])),
    goal(
        "load", "0.6", "其载重为 {load} 公斤", "It carries {load} kg",
        lambda s: s.did("lgs.add_vehicle", load_kg=s.brief["load"], where=lambda d: d.result == s.brief["plate"]),
    ),
)  # fmt: skip
check(
    "LGS013",
    goal("changed", "0.8", "修改了一辆车的信息", "A vehicle has been changed", lambda s: s.did("lgs.change_vehicle")),
    goal(
        "load", "0.6", "{plate} 的载重改为 {new_load} 公斤", "{plate} now carries {new_load} kg",
        lambda s: s.look.one("select 1 from lgs_vehicle where plate = $plate and load_kg = $load", plate=s.brief["plate"], load=s.brief["new_load"]),
    ),
    goal(
        "driver", "0.6", "其驾驶员改为 {driver}", "Its driver is {driver} now",
        lambda s: s.look.one("select 1 from lgs_vehicle where plate = $plate and driver = $driver", plate=s.brief["plate"], driver=s.brief["driver"]),
    ),
)  # fmt: skip


def _searched(code: str, command: str, zh: str, en: str) -> None:
    def by_condition(seen: Evidence) -> list[Any]:
        field = seen.brief["field"]
        return seen.looked_up(command, where=lambda d: d.arguments[field] or (field == "from_day" and d.arguments["to_day"]))

    check(
        code,
        goal("looked", "1", f"查到了{zh}", f"{en} have been found", lambda s: s.looked_up(command)),
        goal("condition", "1", "使用了查询条件：{condition}", "They were found by this condition: {condition}", by_condition),
    )


_searched("LGS014", "lgs.delivery_orders", "配送单", "Delivery orders")
_searched("LGS015", "lgs.inbound_slips", "入库单", "Inbound slips")
_searched("LGS016", "lgs.outbound_slips", "出库单", "Outbound slips")
_searched("LGS017", "lgs.transfer_orders", "调拨单", "Transfer orders")
check(
    "LGS018",
    goal("overview", "0.5", "先看了应收款一览", "The receivables of all shippers were looked at", lambda s: s.looked_up("lgs.receivables")),
    goal("detail", "0.8", "查到了一个货主的应收款明细", "Those of one shipper have been found in detail", lambda s: s.looked_up("lgs.receivable_detail")),
    goal(
        "period", "0.7", "限定了查询期间", "A period was given",
        lambda s: s.looked_up("lgs.receivable_detail", where=lambda d: d.arguments["from_day"] or d.arguments["to_day"]),
    ),
)  # fmt: skip
check(
    "LGS020",
    goal("delivered", "1.2", "一张配送单已确认送达", "A delivery order is delivered", lambda s: _moved(s, "delivery_order", "delivered")),
    goal(
        "late", "0.8", "一次车辆晚到的送货，签收时说明了原因", "A delivery whose vehicle came late was signed for with the reason",
        lambda s: s.look.one(
            """select 1 from lgs_trip t join document_history h on h.document = t.number and h.state = 'arrived' and h.entry > 0
               where t.arrives > t.due and t.remark <> ''"""
        ),
    ),
)  # fmt: skip
check(
    "LGS021",
    goal("browsed", "0.4", "浏览了物流商信息", "The carriers were looked at", lambda s: s.looked_up("lgs.carriers")),
    goal("agreement", "0.4", "阅读了服务许可协议", "The service agreement was read", lambda s: s.looked_up("lgs.agreement")),
    goal("applied", "1.2", "以企业证书提交了服务申请", "An application was made with a company's certificate", lambda s: s.did("lgs.apply")),
)
check(
    "LGS022",
    goal("looked", "0.5", "查看了待审批的客户", "The customers who wait were looked at", lambda s: s.looked_up("lgs.customers")),
    goal("approved", "1.5", "批准了一份服务申请", "An application is approved", lambda s: _moved(s, "service_application", "approved")),
)
check(
    "LGS023",
    goal("reported", "0.8", "登记了一张残损单", "A damage report is posted", lambda s: s.did("lgs.report_damage")),
    goal("right", "0.6", "登记的是清点时发现残损的商品", "It names goods that were found damaged on counting", lambda s: s.look.one(_DAMAGE)),
    goal(
        "quantity",
        "0.6",
        "登记的数量与清点的残损数量一致",
        "It names as many pieces as were found damaged",
        lambda s: any(r.damaged == r.quantity for r in s.look.all(_DAMAGE)),
    ),
)
