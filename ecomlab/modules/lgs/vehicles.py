"""A carrier's vehicles, on the road and on the water: adding, changing and retiring them."""

from __future__ import annotations

import re
import unicodedata
from typing import Annotated, Any

from ...books import documents
from ...kernel.command import choices, command, query
from ...kernel.doing import Doing, Looking
from ...kernel.refusals import refusal
from ...kernel.table import Table
from ...kernel.texts import Text
from ...kernel.values import Ask, Count, Line, Ref
from .members import CARRIER

#: A mainland plate (GA 36-2018): province, letter of the issuing office, then five letters or digits without I and O,
#: or six for vehicles with new energy.
PLATE = re.compile(r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-HJ-NP-Z][A-HJ-NP-Z0-9]{5,6}")

BAD_PLATE = refusal(
    "bad_plate",
    "车牌号格式不对。请填写省份简称、一个字母和 5 位（新能源车 6 位）字母或数字，不用 I 和 O，例如 浙X8K16D。",
    "The plate is not valid. Enter the short name of a province, one of A to Z, and 5 letters or digits (new energy: 6), without I and O, such as 浙X8K16D.",
)
PLATE_TAKEN = refusal("plate_taken", "车辆 {plate} 已登记。请核对车牌号。", "The vehicle {plate} is registered already. Check the plate.")
NO_VEHICLE = refusal("no_vehicle", "没有车辆 {plate}。请从列表中选择。", "There is no vehicle {plate}. Choose one from the list.")
VEHICLE_RETIRED = refusal("vehicle_retired", "车辆 {plate} 已停用。请选择在用的车辆。", "The vehicle {plate} is retired. Choose one in use.")
VEHICLE_BUSY = refusal(
    "vehicle_busy",
    "车辆 {plate} 正用于调度单 {trip}，送达后才能再用。请选择其他车辆。",
    "The vehicle {plate} is in use for the dispatch order {trip} until its delivery. Choose another vehicle, or wait.",
)
LOAD_BELOW = refusal(
    "load_below",
    "调度单 {trip} 分配给此车的货重 {weight} 公斤，载重不能小于此数。请填写更大的载重。",
    "The dispatch order {trip} puts {weight} kg on this vehicle, so its load cannot be less. Enter a higher load.",
)

Vehicle = Annotated[Ref, Ask("车辆", "Vehicle", choose="lgs.vehicles")]
Load = Annotated[Count, Ask(ge="100", le="60000", unit=Text("公斤", "kg"))]


@choices("lgs.vehicles", made_by="LGS012")
def _vehicles(look: Looking, actor: str) -> list[tuple[str, Text | str]]:
    rows = look.all("select plate, model, load_kg from lgs_vehicle where carrier = $actor and status = 'in_use' order by plate", actor=actor)
    return [(r.plate, f"{r.plate} · {r.model} · {r.load_kg} kg") for r in rows]


@command("LGS012", role=CARRIER, title=("新建车辆", "Create a vehicle"))
def add_vehicle(
    do: Doing,
    plate: Annotated[Line, Ask(max=12, example="浙X8K16D")],
    model: Annotated[Line, Ask(max=60)],
    load_kg: Load,
    driver: Annotated[Line, Ask(max=60)],
) -> str:
    """Registers a vehicle with its plate and the load it may carry; gives the plate as it is written."""
    written = re.sub(r"[\s·.-]", "", unicodedata.normalize("NFKC", plate)).upper()
    if not PLATE.fullmatch(written):
        raise BAD_PLATE("plate")
    _register(do, "plate", written, model, load_kg, driver, "road")
    return written


def _register(do: Doing, field: str, plate: str, model: str, load_kg: int, driver: str, transport: str) -> None:
    """Enters a vehicle; one that the carrier has retired comes back into use with what is said of it now. Refuses 'plate_taken'."""
    there = do.one("select carrier, status from lgs_vehicle where plate = $plate", plate=plate)
    if there is not None and (there.status == "in_use" or there.carrier != do.actor):
        raise PLATE_TAKEN(field, plate=plate)
    do.execute(
        """insert into lgs_vehicle values ($plate, $carrier, $model, $load_kg, $driver, 'in_use', $transport) on conflict do update set
           model = excluded.model, load_kg = excluded.load_kg, driver = excluded.driver, status = excluded.status, transport = excluded.transport""",
        plate=plate, carrier=do.actor, model=model, load_kg=load_kg, driver=driver, transport=transport,
    )  # fmt: skip


@command(role=CARRIER, title=("新建船舶", "Create a ship"))
def add_ship(
    do: Doing,
    ship_name: Annotated[Line, Ask("船名", "Name of the ship", max=20, example="浙杭货0218")],
    model: Annotated[Line, Ask("船型", "Type of ship", max=60)],
    load_kg: Annotated[Count, Ask(ge="1000", le="5000000", unit=Text("公斤", "kg"))],
    driver: Annotated[Line, Ask("船长", "Master", max=60)],
) -> str:
    """Registers a ship for inland waterways, by its name; it carries what is to travel by water and is assigned like a vehicle. Gives the name."""
    _register(do, "ship_name", ship_name, model, load_kg, driver, "water")
    return ship_name


@command("LGS013", role=CARRIER, title=("修改车辆信息", "Change a vehicle"))
def change_vehicle(do: Doing, vehicle: Vehicle, load_kg: Load, driver: Annotated[Line, Ask(max=60)]) -> str:
    """Changes a vehicle's load and driver. The load cannot fall below what it is carrying."""
    own_vehicle(do, vehicle, "vehicle")
    trip = open_trip(do, vehicle)
    if trip is not None and load_kg < trip.weight_kg:
        raise LOAD_BELOW("load_kg", trip=trip.number, weight=trip.weight_kg)
    do.execute("update lgs_vehicle set load_kg = $load_kg, driver = $driver where plate = $plate", load_kg=load_kg, driver=driver, plate=vehicle)
    return vehicle


@command(role=CARRIER, title=("停用车辆", "Retire a vehicle"))
def retire_vehicle(do: Doing, vehicle: Vehicle) -> str:
    """Takes a vehicle out of use. Refuses 'vehicle_busy' while a dispatch order needs it."""
    own_vehicle(do, vehicle, "vehicle")
    free_vehicle(do, vehicle, "vehicle")
    do.execute("update lgs_vehicle set status = 'retired' where plate = $plate", plate=vehicle)
    return vehicle


@query(role=CARRIER, title=("查看车辆", "View the vehicles"))
def vehicles(do: Doing) -> Table:
    """This carrier's vehicles and ships: plate, transport, model, load_kg, driver, status, dispatch_order (the one that needs it now)."""
    return do.table(
        """select v.plate, v.transport, v.model, v.load_kg, v.driver, v.status,
                  (select max(t.number) from lgs_trip t join document d using (number)
                   where t.vehicle = v.plate and d.state in ('assigned', 'dispatched')) as dispatch_order
           from lgs_vehicle v where v.carrier = $carrier order by v.plate""",
        carrier=do.actor,
    )


def sails(look: Looking, shipper: str) -> bool:
    """Whether one of a shipper's carriers has a ship."""
    return look.value(
        """select 1 from lgs_vehicle v join lgs_application a on a.carrier = v.carrier join document d on d.number = a.number
           where a.shipper = $shipper and d.state = 'approved' and v.transport = 'water' and v.status = 'in_use' limit 1""",
        shipper=shipper,
    ) is not None  # fmt: skip


def own_vehicle(do: Doing, plate: str, field: str) -> Any:
    """The row of a vehicle in use. Refuses 'no_vehicle', 'not_yours' and 'vehicle_retired'."""
    row = do.one("select * from lgs_vehicle where plate = $plate", plate=plate)
    if row is None:
        raise NO_VEHICLE(field, plate=plate[:20])
    if row.carrier != do.actor:
        raise documents.NOT_YOURS(field, kind=Text("车辆", "vehicle"), number=plate)
    if row.status != "in_use":
        raise VEHICLE_RETIRED(field, plate=plate)
    return row


def open_trip(look: Looking, plate: str) -> Any:
    """The dispatch order that needs a vehicle now (number, weight_kg), or None."""
    return look.one(
        """select t.number, s.weight_kg from lgs_trip t join document d using (number) join lgs_slip s on s.number = t.delivery_order
           where t.vehicle = $plate and d.state in ('assigned', 'dispatched') limit 1""",
        plate=plate,
    )


def free_vehicle(look: Looking, plate: str, field: str, unless: str = "") -> None:
    """Refuses 'vehicle_busy' if a dispatch order other than `unless` needs the vehicle."""
    trip = open_trip(look, plate)
    if trip is not None and trip.number != unless:
        raise VEHICLE_BUSY(field, plate=plate, trip=trip.number)
