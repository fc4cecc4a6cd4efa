"""How the library plays a carrier: `lab.autoplay("carrier")`. The policy is fixed and uses public commands only."""

from __future__ import annotations

from typing import Any

from ...kernel.plays import Player, autoplays


@autoplays(
    "carrier",
    "批准每份服务申请。按收货区清点的数量入库，并登记残损。发出并完成调拨。受理有车能载的配送单，退回都载不下的，然后出库。"
    "按单号先后，给每张调度单分配载得下的空闲车辆中载重最小的一辆并发车。车辆已到的确认送达，晚到的注明途中受阻。"
    "不推进业务日期：在路上的要等 lab.advance()。",
    "Approves every application. Receives the goods as counted in the receiving area, and reports damage. Sends and completes transfers. "
    "Accepts delivery orders that one of its vehicles can carry, rejects the others, and issues the goods. By number, gives each dispatch order "
    "the free vehicle with the smallest load that carries it, and dispatches it. Confirms deliveries whose vehicle has arrived; a late one gets "
    "the remark that it was held up on the road. Does not advance the business day: what is on the road waits for lab.advance().",
)
def _carrier(play: Player) -> None:
    me = play.look.sessions("carrier")[0]
    applied = "select number from lgs_application join document using (number) where carrier = $me and state = 'applied' order by 1"
    for row in play.look.all(applied, me=me):
        play.lgs.review(row.number, "approved")
    for slip in _slips(play, "inbound_slip", me, "announced"):
        _receive(play, slip)
    for order in _slips(play, "transfer_order", me, "waiting"):
        play.lgs.send_transfer(order)
    for order in _slips(play, "transfer_order", me, "in_transit"):
        play.lgs.complete_transfer(order)
    for order in _slips(play, "delivery_order", me, "waiting"):
        carried = play.look.value(
            """select 1 from lgs_slip s join lgs_vehicle v on v.carrier = s.carrier and v.transport = s.transport and v.load_kg >= s.weight_kg
               where s.number = $n and v.status = 'in_use' limit 1""",
            n=order,
        )
        (play.lgs.accept_delivery if carried else play.lgs.reject_delivery)(order)
    for slip in _slips(play, "outbound_slip", me, "to_pick"):
        play.lgs.pick(slip)
    _deliver(play, me)
    _send_off(play, me)


def _receive(play: Player, slip: str) -> None:
    arrived = play.lgs.count_arrival(slip)
    play.lgs.receive(slip, [{"product": r.product, "counted": r.at_gate} for r in arrived])
    damaged = [{"product": r.product, "quantity": r.damaged} for r in arrived if r.damaged]
    if damaged:
        head = play.look.one("select shipper, warehouse from lgs_slip where number = $n", n=slip)
        play.lgs.report_damage(head.shipper, head.warehouse, "清点时发现残损 Found damaged on counting", damaged)


def _deliver(play: Player, me: str) -> None:
    for trip in _trips(play, me, "dispatched"):
        if trip.arrives <= play.look.day:
            play.lgs.deliver(trip.delivery_order, "收货员 Receiving clerk", "道路受阻 Held up on the road" if play.look.day > trip.due else "")


def _send_off(play: Player, me: str) -> None:
    for trip in _trips(play, me, "unassigned"):
        vehicle = play.look.value(
            """select plate from lgs_vehicle v where carrier = $me and status = 'in_use' and load_kg >= $weight and transport = $transport and not exists (
                   select 1 from lgs_trip t join document d using (number) where t.vehicle = v.plate and d.state in ('assigned', 'dispatched'))
               order by load_kg, plate limit 1""",
            me=me, weight=trip.weight_kg, transport=trip.transport,
        )  # fmt: skip
        if vehicle is not None:
            play.lgs.assign_vehicle(trip.number, vehicle)
    for trip in _trips(play, me, "assigned"):
        play.lgs.dispatch(trip.number)


def _slips(play: Player, kind: str, me: str, state: str) -> list[str]:
    rows = play.look.all(
        "select number from lgs_slip s join document d using (number) where s.kind = $kind and s.carrier = $me and d.state = $state order by number",
        kind=kind, me=me, state=state,
    )  # fmt: skip
    return [r.number for r in rows]


def _trips(play: Player, me: str, state: str) -> list[Any]:
    return play.look.all(
        """select t.number, t.delivery_order, t.due, t.arrives, s.weight_kg, s.transport from lgs_trip t join document d using (number)
           join lgs_slip s on s.number = t.delivery_order where t.carrier = $me and d.state = $state order by t.number""",
        me=me, state=state,
    )  # fmt: skip
