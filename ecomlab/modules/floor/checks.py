"""What each task of the floor must show."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from ...books.courier import tariff
from ...books.documents import Move, came_to, moved
from ...kernel.evidence import Done, Evidence, Lives, check, counting, did, excuse, sought
from . import counts, day, receiving
from .prologue import RECIPIENTS

# --- what comes in -----------------------------------------------------------------------------------------------------------


def _purchases(seen: Evidence) -> list[str]:
    """The purchases from the asked supplier."""
    rows = seen.look.all("select p.number from b2c_purchase p join member m on m.number = p.supplier where m.uscc = $uscc order by 1", uscc=seen.brief["uscc"])
    return [r.number for r in rows]


def _counted(seen: Evidence, **asked: Any) -> list[Done]:
    """The entries that say of a delivery of the asked supplier how many boxes stand there and how many are damaged."""

    def right(done: Done) -> bool:
        number = done.arguments["purchase"]
        if number not in _purchases(seen):
            return False
        boxes = receiving.boxes_at_dock(seen.look, number)
        return bool((done.arguments["boxes"], done.arguments["damaged_boxes"]) == (len(boxes), sum(b["packing"] == "damaged" for b in boxes)))

    return seen.did("floor.check_arrival", where=right, **asked)


def _arrivals(seen: Evidence) -> dict[str, str]:
    """The receiving checks of the asked supplier's deliveries, each with its purchase."""
    rows = seen.look.all("select number, purchase from floor_arrival order by number")
    return {r.number: r.purchase for r in rows if r.purchase in _purchases(seen)}


def _disputed(seen: Evidence) -> list[Done]:
    """The entries that refused just the damaged boxes."""

    def right(done: Done) -> bool:
        purchase = _arrivals(seen).get(done.arguments["arrival"])
        damaged = {b["box_no"] for b in receiving.boxes_at_dock(seen.look, purchase) if b["packing"] == "damaged"} if purchase else set()
        return bool(damaged) and {r["box_no"] for r in done.arguments["refused"]} == damaged

    return seen.did("floor.dispute", where=right)


def _arrival_came(*states: str) -> Any:
    return lambda s: [m for m in moved(s, "receipt_check", *states) if m.number in _arrivals(s)]


def _batches(seen: Evidence) -> bool:
    """Whether at some moment all cartons of a delivery had the asked batch."""
    for arrival in _arrivals(seen):
        wanted = seen.look.value("select count(*) from floor_box where arrival = $n and not refused", n=arrival)
        said: dict[int, str] = {}
        for d in seen.did("floor.label_carton", arrival=arrival):
            said[d.arguments["box_no"]] = d.arguments["batch"]
            if sum(batch == seen.brief["batch"] for batch in said.values()) == wanted:
                return True
    return False


def _alone(seen: Evidence) -> bool:
    """Whether the cartons of a delivery were put into bins in which nothing else lay."""
    cartons = {
        r.carton: (r.arrival, r.scanned, r.capacity)
        for r in seen.look.all("select b.carton, b.arrival, b.scanned, x.capacity from floor_box b join floor_bin x on x.bin = b.bin order by 1")
    }
    alone = [cartons[d.arguments["carton"]][0] for d in seen.did("floor.shelve", where=lambda d: d.arguments["carton"] in cartons)
             if d.result["free"] == cartons[d.arguments["carton"]][2] - cartons[d.arguments["carton"]][1]]  # fmt: skip
    return any(alone.count(a) == sum(c[0] == a for c in cartons.values()) for a in set(alone) & _arrivals(seen).keys())


check("FLOOR001", counted=_counted, signed=lambda s: _counted(s, **s.asked(signed_by="receiver")), disputed=_disputed)
check("FLOOR002", scanned=_arrival_came("scanned"), labelled=_arrival_came("labelled"), batch=_batches)
check("FLOOR003", shelved=_arrival_came("shelved"), alone=_alone)


# --- what goes out -----------------------------------------------------------------------------------------------------------


def _waiting(seen: Evidence) -> set[str]:
    """The sales orders that waited for the asked region when the student came."""
    people = [name for name, address in RECIPIENTS if tariff.region_of(seen.look, address) == seen.brief["region"]]
    rows = seen.look.all("select sales_order from b2c_order where list_contains($people, recipient) and sales_order is not null", people=people)
    return {r.sales_order for r in rows}


def _waves(seen: Evidence) -> Iterator[set[str]]:
    """The orders of each wave that the student planned."""
    for d in seen.did("floor.plan_wave"):
        yield {r["sales_order"] for r in d.arguments["orders"]}


def _of_the_region(seen: Evidence) -> bool:
    where = {r.sales_order: r.region for r in seen.look.all("select sales_order, region from floor_order order by 1")}
    return any({where[o] for o in wave} == {seen.brief["region"]} for wave in _waves(seen))


def _exchanged(seen: Evidence) -> list[Done]:
    """The exchanges of a piece that a scan before had read."""
    scanned = {d.arguments["sales_order"]: d.n for d in reversed(seen.did("floor.scan_out"))}
    return [d for d in seen.did("floor.exchange_piece") if scanned.get(d.arguments["sales_order"], d.n) < d.n]


def _packed(seen: Evidence, **asked: Any) -> list[Done]:
    """The parcels packed for the asked recipient."""
    rows = seen.look.all("select sales_order from b2c_order where recipient = $who and sales_order is not null", who=seen.brief["recipient"])
    orders = {r.sales_order for r in rows}
    return seen.did("floor.pack", where=lambda d: d.arguments["sales_order"] in orders, **asked)


def _sealed(seen: Evidence) -> Lives:
    """Those of them that were sealed as asked, at once or again."""
    return seen.lives("floor.pack", "floor.seal_again").of(*(d.result for d in _packed(seen))).was(**seen.asked("seal"))


def _parcels(seen: Evidence) -> set[str]:
    """The parcels of the orders that waited for the asked region."""
    rows = seen.look.all("select number from floor_parcel where list_contains($orders, sales_order) order by 1", orders=sorted(_waiting(seen)))
    return {r.number for r in rows}


def _with_waybill(seen: Evidence, cheapest: bool = False) -> bool:
    """Whether each order of the region has had a parcel with a waybill, of the cheapest courier if that is asked."""
    served = set()
    for d in seen.did("floor.print_waybill", where=lambda d: d.arguments["parcel"] in _parcels(seen)):
        row = seen.look.one(
            """select p.sales_order, p.weight_g, o.deliver_to, s.city from floor_parcel p join b2c_order o using (sales_order)
               join floor_site s on s.merchant = p.merchant where p.number = $n""",
            n=d.arguments["parcel"],
        )
        least = tariff.quotes(seen.look, row.city, row.deliver_to, row.weight_g)[0][1]
        if not cheapest or d.result["price"] == least:
            served.add(str(row.sales_order))
    return len(served) == int(seen.brief["orders"])


def _handed(seen: Evidence, **asked: Any) -> bool:
    """Whether the courier has taken a parcel of each order of the region, on lists that were handed over as asked."""
    lists = {d.arguments["list"] for d in seen.did("floor.hand_over", "floor.sign_list_again", **asked)}
    rows = seen.look.all("select distinct sales_order from floor_parcel where list_contains($lists, list)", lists=sorted(lists))
    return not _waiting(seen) - {r.sales_order for r in rows}


check(
    "FLOOR004", planned=did("floor.plan_wave"), region=_of_the_region,
    whole=lambda s: any(wave >= _waiting(s) for wave in _waves(s)),
)  # fmt: skip
check("FLOOR005", picked=came_to("wave", "picked"), signed=did("floor.pick", "floor.sign_wave_again", signed_by="picker"))
check("FLOOR006", scanned=did("floor.scan_out"), exchanged=_exchanged, checked=came_to("wave", "checked"))
check(
    "FLOOR007", packed=_packed, invoice=lambda s: _packed(s, **s.asked("invoice_title")), seal=_sealed,
)  # fmt: skip
check("FLOOR008", printed=_with_waybill, cheapest=lambda s: _with_waybill(s, cheapest=True))
check("FLOOR009", handed=_handed, signed=lambda s: _handed(s, **s.asked(signed_by="driver")), filed=came_to("handover_list", "filed"))


def _recorded(seen: Evidence) -> set[str]:
    """The parcels of which was recorded what the customer had answered just before."""
    answers: dict[str, list[tuple[int, tuple[Any, ...]]]] = {}
    for d in seen.looked_up("floor.ask_customer"):
        answers.setdefault(d.arguments["parcel"], []).append((d.n, tuple(d.result.rows[0][2:])))
    found = set()
    for d in seen.did("floor.confirm_delivery"):
        before = [said for n, said in answers.get(d.arguments["parcel"], ()) if n < d.n]
        if before and before[-1] == (d.arguments["arrived"], d.arguments["complaint"]):
            found.add(d.arguments["parcel"])
    return found


def _asked_customers(seen: Evidence) -> set[str]:
    return {d.arguments["parcel"] for d in seen.looked_up("floor.ask_customer")}


check(
    "FLOOR010", asked=lambda s: len(_asked_customers(s)) >= s.brief["customers"], recorded=lambda s: len(_recorded(s)) >= s.brief["customers"],
)  # fmt: skip


# --- what comes back ---------------------------------------------------------------------------------------------------------


def _same_day(seen: Evidence) -> list[Move]:
    """The reports of faulty goods made on the day on which these came in."""
    came = {m.number: m.day for m in moved(seen, "return_check", "arrived")}
    return [m for m in moved(seen, "return_check", "faulty_reported") if came.get(m.number) == m.day]


check("FLOOR011", scanned=came_to("return_check", "scanned"), restocked=did("floor.restock"))
check("FLOOR012", reported=came_to("return_check", "faulty_reported"), same_day=_same_day, decided=did("floor.decide_faulty"))


# --- people, counts and costs ------------------------------------------------------------------------------------------------


def _runs(seen: Evidence) -> list[Any]:
    """The days of the asked number of orders that the student ran, in order: number, n, people, left_behind, named, bottleneck."""
    rows = {r.number: r for r in seen.look.all("select *, information + picking + scanning + packing as people from floor_plan order by number")}
    return [(d.n, rows[d.arguments["plan"]]) for d in seen.did("floor.run_day") if rows[d.arguments["plan"]].orders == seen.brief["orders"]]


def _enough(seen: Evidence, people: int | None = None) -> bool:
    """Whether a day left less than the asked share behind, with at most so many people if that is asked."""
    return any(r.left_behind * 100 < seen.brief["left"] * r.orders and (people is None or r.people <= people) for _, r in _runs(seen))


def _named(seen: Evidence) -> list[Done]:
    """The entries that named the bottleneck of a day of the asked number of orders."""
    worst = {r.number: r.bottleneck for _, r in _runs(seen)}
    return [d for d in counting(seen.did("floor.name_bottleneck"), "plan", "post") if worst.get(d.arguments["plan"]) == d.arguments["post"]]


def _better(seen: Evidence) -> bool:
    """Whether a day after another left fewer orders behind, both of the asked number, and after a bottleneck was named, if one was."""
    runs, named = _runs(seen), min((d.n for d in seen.did("floor.name_bottleneck")), default=0)
    return any(named < n and later.left_behind < earlier.left_behind for i, (_, earlier) in enumerate(runs) for n, later in runs[i + 1 :])


def _count(seen: Evidence, *states: str) -> list[Move]:
    """Counts of the asked zone that came into a state."""
    zones = {r.number: r.zone for r in seen.look.all("select number, zone from floor_count order by number")}
    return [m for m in moved(seen, "zone_count", *states) if zones[m.number] == seen.brief["zone"]]


def _counted_right(seen: Evidence) -> bool:
    """Whether at some moment what was entered of the asked zone was what lies in all its bins."""
    for number in {m.number for m in _count(seen, "tallied")}:
        row = seen.look.one("select * from floor_count where number = $n", n=number)
        lying = {(r.bin, r.product): r.there for r in counts.lying(seen.look, row)}
        said: dict[tuple[str, str], int] = {}
        for d in seen.did("floor.tally_zone", count=number):
            said |= {(r["bin"].strip().upper(), r["product"]): r["counted_quantity"] for r in d.arguments["counted"]}
            if said == lying:
                return True
    return False


def _costs(name: str) -> Any:
    """Whether an entry says this part of a parcel's cost rightly."""

    def right(seen: Evidence) -> list[Done]:
        def found(done: Done) -> bool:
            row = seen.look.one("select * from floor_parcel where number = $n", n=done.arguments["parcel"])
            return bool(Decimal(done.arguments[name]) == day.costs_of(seen.look, row)[name])

        recorded = seen.did("floor.record_cost")
        return [d for parcel in {d.arguments["parcel"] for d in recorded} for d in counting((r for r in recorded if r.arguments["parcel"] == parcel), name)
                if found(d)]  # fmt: skip

    return right


check(
    "FLOOR013", run=lambda s: _runs(s), enough=_enough, people=lambda s: _enough(s, s.brief["people"]),
)  # fmt: skip
check("FLOOR014", run=lambda s: _runs(s), named=_named, better=_better)
check(
    "FLOOR015", counted=_counted_right, reported=lambda s: _count(s, "reported"), decided=lambda s: _count(s, "decided"),
)  # fmt: skip
check("FLOOR016", courier=_costs("courier_cost"), packing=_costs("packing_cost"), work=_costs("work_cost"))

excuse("FLOOR004", {"F floor.plan_wave.orders": "the text asks for one wave"})
excuse("FLOOR007", {"A floor.packing_slip.sales_order": "the text names no look before"})
sought("FLOOR013", {f"floor.plan_staff.{post}": "how many are needed follows from the pace of the post" for post in day.POSTS})
sought("FLOOR016", {"floor.record_cost.work_cost": "follows from pace and wage"})
