"""A day on the floor: orders come, queue at four posts, and are sent or left behind; and what a parcel costs.

`run_day` is one entry, and one statement for all orders of the day. A post with k people is one that works k times as fast, and serves first come,
first served. Then an order leaves at  f_i = S_i + max over j <= i of (a_j - S_j-1),  where a is when it comes and S the running sum of the work: Lindley's
recursion unrolled, which SQL does by a running sum and a running maximum. When and how large orders are follows from MD5 of seed, order and purpose,
so that every DuckDB draws the same.
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import Annotated, Any, Literal

from ...books import documents
from ...books.courier import waybills
from ...kernel.command import command, query
from ...kernel.doing import Doing, Looking
from ...kernel.evidence import FIRST_THREE
from ...kernel.refusals import refusal
from ...kernel.table import Table
from ...kernel.terms import term
from ...kernel.texts import Text
from ...kernel.values import Ask, Count, Money, Ref
from .kinds import PARCEL, PLAN
from .packing import BOXES
from .staff import MANAGER, OWN_FLOOR, site

POSTS = ("information", "picking", "scanning", "packing")
#: Seconds that an average order of two pieces takes at each post, at least and at most; which of them, the world's seed says.
SECONDS = {"information": (40, 60), "picking": (85, 110), "scanning": (55, 80), "packing": (80, 110)}
#: The shift has eight hours, from 08:30; wages and all that goes with them cost this much an hour and person, CNY.
HOURS, WAGE = 8, Decimal("36.00")

NOT_RUN = refusal("not_run", "方案 {number} 还没有运行。请先运行一天。", "The plan {number} has not been run. Run a day by it first.")
NOTHING_LEFT_BEHIND = refusal(
    "nothing_left_behind",
    "方案 {number} 当天没有积压，没有瓶颈可言。请查看有积压的一天。",
    "The plan {number} has left nothing behind, so there is no bottleneck. Look at a day that did.",
)

People = Annotated[Count, Ask(ge="1", le="60", unit=Text("人", "people"))]
Plan = Annotated[Ref, Ask("方案", "Plan", choose="floor.plans")]
documents.offer("floor.plans", PLAN, of="floor_plan", where=OWN_FLOOR, shows="t.orders", stated=True)
documents.offer("floor.plans_draft", PLAN, "draft", of="floor_plan", where=OWN_FLOOR, shows="t.orders")
documents.offer("floor.plans_run", PLAN, "run", of="floor_plan", where=OWN_FLOOR, shows="t.orders, t.left_behind")
documents.offer("floor.parcels_to_cost", PARCEL, "handed_over", "delivered", "returned", of="floor_parcel", where=OWN_FLOOR, shows="t.waybill")

_ARRIVALS = """
with drawn as (
    select i, md5_number_lower($seed || '/' || i || '/when') as w, md5_number_lower($seed || '/' || i || '/then') as t,
           md5_number_lower($seed || '/' || i || '/pieces') as p, md5_number_lower($seed || '/' || i || '/pace') as c
    from range($orders) o(i)
), sized as (  -- a quarter has come in the night; the others come until one hour before the end, most of them around noon
    select i, if(w % 4 = 0, 0, ((w // 4) % 12600000 + t % 12600000)::bigint)::bigint as arrival,
           if(p % 10 < 3, 1, if(p % 10 < 7, 2, if(p % 10 < 9, 3, 4)))::bigint as pieces, (80 + c % 41)::bigint as pace from drawn
), q0 as (
    select row_number() over (order by arrival, i) as n, arrival as f0, pieces, (50 + 25 * pieces) * pace // 10 as effort from sized
)"""


def _stage(k: int, post: str) -> str:
    """A post: when each order leaves it (f), given when it came (the f before), in milliseconds from 08:30."""
    return f"""
, w{k} as (select *, greatest(1, effort * ${post}_seconds // ${post}) as w from q{k - 1}),
s{k} as (select *, sum(w) over (order by n)::bigint as s from w{k}),
q{k} as (select * exclude (w, s), (s + max(f{k - 1} - (s - w)) over (order by n))::bigint as f{k} from s{k})"""


_HOURS = (
    _ARRIVALS
    + "".join(_stage(k, post) for k, post in enumerate(POSTS, start=1))
    + """
, passes as (
    """
    + " union all ".join(
        f"select {k} as step, '{post}' as post, pieces, f{k - 1} as came, f{k} as went from q{len(POSTS)}" for k, post in enumerate(POSTS, start=1)
    )
    + """
)
select step, post, h::integer as hour,
       count(*) filter (came > (h - 1) * 3600000 and came <= h * 3600000 or (h = 1 and came = 0))::integer as came,
       count(*) filter (went > (h - 1) * 3600000 and went <= h * 3600000)::integer as done,
       count(*) filter (came <= h * 3600000 and went > h * 3600000)::integer as backlog,
       coalesce(sum(pieces) filter (went > (h - 1) * 3600000 and went <= h * 3600000), 0)::integer as pieces
from passes, range(1, $hours + 1) t(h) group by step, post, h order by step, h"""
)


def seconds_of(look: Looking) -> dict[str, int]:
    """Seconds that an average order takes at each post in this world."""
    chance = look.stream("floor.seconds")
    return {post: chance.randint(*SECONDS[post]) for post in POSTS}


def day_of(look: Looking, orders: int, people: dict[str, int]) -> list[Any]:
    """A day of so many orders: post, hour (1 to 8), and of each the orders that came, were done and stood there at its end, and the pieces done."""
    given = {f"{post}_seconds": seconds for post, seconds in seconds_of(look).items()}
    return look.all(_HOURS, seed=look.derive("floor.day", 8).hex(), orders=orders, hours=HOURS, **people, **given)


@query("FLOOR013", "FLOOR014", role=MANAGER, title=("查看各岗位用时", "View the pace of each post"))
def pace(do: Doing) -> Table:
    """What an average order takes: post, seconds, orders_per_hour (of one person)."""
    return Table(("post", "seconds", "orders_per_hour"), [(post, seconds, 3600 // seconds) for post, seconds in seconds_of(do).items()])


@command("FLOOR013", "FLOOR014", role=MANAGER, title=("编制人员方案", "Plan the staff"))
def plan_staff(
    do: Doing,
    orders: Annotated[Count, Ask("订单数", "Orders", ge="1", le="5000")],
    information: People,
    picking: People,
    scanning: People,
    packing: People,
) -> str:
    """Says how many people stand at each post on a day of so many orders; gives the number of the plan, which is run by `run_day`."""
    here = site(do)
    made = documents.create(do, PLAN, owner=here.merchant)
    do.execute(
        "insert into floor_plan values ($n, $m, $orders, $information, $picking, $scanning, $packing, null, null, null)",
        n=made.number, m=here.merchant, orders=orders, information=information, picking=picking, scanning=scanning, packing=packing,
    )  # fmt: skip
    return made.number


@command("FLOOR013", "FLOOR014", role=MANAGER, title=("运行一天", "Run a day"))
def run_day(do: Doing, plan: Annotated[Ref, Ask("方案", "Plan", choose="floor.plans_draft")]) -> dict[str, int]:
    """Plays the day of a plan: gives orders, sent, left_behind (by 16:30, wherever they stand), and the people needed for it.

    The day is a model of its own: it touches no order, no stock and no money.
    """
    document = documents.find(do, PLAN, plan, "plan", owner=site(do).merchant)
    document.must_allow("run", "plan")
    row = do.one("select * from floor_plan where number = $n", n=plan)
    people = {post: getattr(row, post) for post in POSTS}
    hours = day_of(do, row.orders, people)
    last = {r.post: r.backlog for r in hours if r.hour == HOURS}
    left = sum(last.values())
    worst = max(POSTS, key=lambda post: (last[post], -POSTS.index(post))) if left else None
    do.execute(
        """insert into floor_hour select $n, unnest($post), unnest($hour), unnest($came), unnest($done), unnest($backlog), unnest($pieces)""",
        n=plan, post=[r.post for r in hours], hour=[r.hour for r in hours], came=[r.came for r in hours], done=[r.done for r in hours],
        backlog=[r.backlog for r in hours], pieces=[r.pieces for r in hours],
    )  # fmt: skip
    do.execute("update floor_plan set left_behind = $left, bottleneck = $worst where number = $n", left=left, worst=worst, n=plan)
    document.move_to("run", "plan")
    return {"orders": row.orders, "sent": row.orders - left, "left_behind": left, "people": sum(people.values())}


@query("FLOOR013", "FLOOR014", role=MANAGER, title=("查看一天的积压", "View the backlog of a day"))
def backlog(do: Doing, plan: Annotated[Ref, Ask("方案", "Plan", choose="floor.plans_run")]) -> Table:
    """A day that was run, by post and hour: post, hour, came, done, backlog (orders that stand there at the end of the hour), pieces."""
    documents.find(do, PLAN, plan, "plan", owner=site(do).merchant)
    order = {post: i for i, post in enumerate(POSTS)}
    rows = do.all("select post, hour, came, done, backlog, pieces from floor_hour where plan = $n order by hour, post", n=plan)
    rows.sort(key=lambda r: (order[r.post], r.hour))
    return Table(("post", "hour", "came", "done", "backlog", "pieces"), [tuple(r) for r in rows])


@command("FLOOR014", role=MANAGER, title=("指出瓶颈岗位", "Name the bottleneck"), final=True)
def name_bottleneck(
    do: Doing,
    plan: Annotated[Ref, Ask("方案", "Plan", choose="floor.plans_run")],
    post: Annotated[Literal["information", "picking", "scanning", "packing"], Ask(labels={p: term(p, "floor") for p in POSTS}, help=FIRST_THREE)],
) -> str:
    """Says at which post the most orders stood at the end of a day that left some behind; gives the post. Said again, it is replaced.

    The first three answers count, and none is undone.
    """
    document = documents.find(do, PLAN, plan, "plan", owner=site(do).merchant)
    if document.state != "run":
        raise NOT_RUN("plan", number=plan)
    if not do.value("select left_behind from floor_plan where number = $n", n=plan):
        raise NOTHING_LEFT_BEHIND("plan", number=plan)
    do.execute("update floor_plan set named = $post where number = $n", post=post, n=plan)
    return post


# --- what a parcel costs -------------------------------------------------------------------------------------------------------


def costs_of(look: Looking, parcel: Any) -> dict[str, Decimal]:
    """What a parcel has cost, CNY: the courier's price with tax, box, tape and filling, and the work of the four posts at their average pace."""
    seconds = sum(seconds_of(look).values())
    work = (WAGE * seconds / 3600).quantize(Decimal("0.01"), ROUND_HALF_UP)
    return {"courier_cost": waybills.row_of(look, parcel.waybill).price, "packing_cost": BOXES[parcel.box].price, "work_cost": work}


@query("FLOOR016", role=MANAGER, title=("查看包裹成本依据", "View what a parcel's cost follows from"))
def cost_basis(do: Doing, parcel: Annotated[Ref, Ask(choose="floor.parcels_to_cost")]) -> Table:
    """One row: parcel, waybill, price (CNY with tax), box, box_price, seconds (of all posts), hourly_wage."""
    documents.find(do, PARCEL, parcel, "parcel", owner=site(do).merchant)
    row = do.one("select * from floor_parcel where number = $n", n=parcel)
    found = costs_of(do, row)
    values = (parcel, row.waybill, found["courier_cost"], row.box, BOXES[row.box].price, sum(seconds_of(do).values()), WAGE)
    return Table(("parcel", "waybill", "price", "box", "box_price", "seconds", "hourly_wage"), [values])


WORK_HELP = Text(
    "各岗位用时 × 小时工资，四舍五入到分；每个包裹的前三次登记计分，登记后不能撤销",
    "time at all posts × wage, rounded half up to the cent; of each parcel your first three entries count, and none can be undone",
)
Cost = Annotated[Money, Ask(ge="0", unit=Text("元", "CNY"))]


@command("FLOOR016", role=MANAGER, title=("登记包裹成本", "Record a parcel's cost"), final=True)
def record_cost(
    do: Doing,
    parcel: Annotated[Ref, Ask(choose="floor.parcels_to_cost")],
    courier_cost: Cost,
    packing_cost: Cost,
    work_cost: Annotated[Money, Ask(ge="0", unit=Text("元", "CNY"), help=WORK_HELP)],
) -> Decimal:
    """Records what a parcel that was handed over has cost; gives the sum. Recorded again, the figures are replaced.

    Of each parcel the first three figures that you give count, and none is undone.
    """
    documents.find(do, PARCEL, parcel, "parcel", owner=site(do).merchant)
    do.execute(
        """insert into floor_cost values ($n, $courier, $packing, $work, $day)
           on conflict do update set courier_cost = excluded.courier_cost, packing_cost = excluded.packing_cost, work_cost = excluded.work_cost""",
        n=parcel, courier=courier_cost, packing=packing_cost, work=work_cost, day=do.day,
    )  # fmt: skip
    return courier_cost + packing_cost + work_cost
