"""What each task of the lesson must show, and what each student is asked, by the seed."""

from __future__ import annotations

import datetime
from typing import Any

from ...books.documents import came_to, moved
from ...kernel.doing import Looking
from ...kernel.evidence import Done, Evidence, asks, check, counting, did, sought
from ...kernel.tasks import tasks
from ...kernel.texts import Text
from .planning import PHASES

#: What the opening questions are about, and the tasks that are practised: what a shopper does who has registered, each after the one before.
GOODS = (Text("运动鞋", "sports shoes"), Text("耳机", "headphones"), Text("绿茶", "green tea"), Text("书包", "school bags"), Text("台灯", "desk lamps"))
PRACTISED = ("B2C001", "B2C027", "B2C028")
#: A purchase as it is shown: these operations, in this order, whatever stands between.
SHOWN = ("b2c.search", "b2c.add_to_cart", "b2c.check_out", "b2c.confirm_order")

CODES = tuple(f"LES{n:03d}" for n in range(1, 11))


@asks(*CODES)
def _lesson(look: Looking) -> dict[str, Any]:
    chance = look.stream("teaching.lesson")
    return {
        "day": look.scenario.start + datetime.timedelta(days=chance.randint(7, 12)),
        "goods": chance.choice(GOODS),
        "minutes": chance.choice((15, 18, 20)),
        "task": chance.choice(("B2C027", "B2C028")),
    }


def _begun(seen: Evidence) -> list[str]:
    """The plans of a lesson on the day asked."""
    return [d.result for d in seen.did("teaching.begin", lesson_day=seen.brief["day"])]


def _letter(seen: Evidence) -> list[Done]:
    plans = _begun(seen)
    return seen.did("teaching.write_letter", where=lambda d: d.arguments["plan"] in plans)


check("LES001", begun=_begun, letter=_letter)


def _about(seen: Evidence) -> list[Done]:
    """Opening questions that both name the goods, in either language."""
    names = [name.casefold() for name in seen.brief["goods"]]
    return seen.did("teaching.ask", where=lambda d: all(any(n in d.arguments[q].casefold() for n in names) for q in ("first", "second")))


check("LES002", asked=did("teaching.ask"), about=_about)


def _measured(seen: Evidence) -> list[Done]:
    return counting(seen.did("teaching.measure"), "order", "documents_handled", "days")


def _ordered(seen: Evidence) -> list[Done]:
    return counting(seen.did("teaching.order_steps"), "steps")


check(
    "LES003",
    sides=lambda s: [d for d in counting(s.did("teaching.compare"), "rows") if d.result["right"] == d.result["of"]],
    documents=lambda s: [d for d in _measured(s) if d.result["documents"]],
    days=lambda s: [d for d in _measured(s) if d.result["days"]],
)
check(
    "LES004",
    half=lambda s: [d for d in _ordered(s) if d.result >= 4],
    all=lambda s: [d for d in _ordered(s) if d.result == 8],
)


def _shown(seen: Evidence) -> list[Done]:
    def in_order(done: Done) -> bool:
        rest = iter(done.result)
        return all(operation in rest for operation in SHOWN)

    return seen.did("teaching.script", where=in_order)


def _rehearsed(seen: Evidence) -> bool:
    """Whether both first steps were tried before the last lesson that was given, if one was."""
    lessons = [m.n for m in moved(seen, "lesson_plan", "taught")]
    return all(not lessons or min(d.n for d in tried) < max(lessons) if (tried := seen.did(f"b2c.{step}")) else False for step in ("search", "add_to_cart"))


check("LES005", shown=_shown, rehearsed=_rehearsed)
check(
    "LES006",
    set=lambda s: s.did("teaching.assign", where=lambda d: s.brief["task"] in d.result["tasks"]),
    minutes=lambda s: s.did("teaching.assign", where=lambda d: d.result["minutes"] == s.brief["minutes"] and s.brief["task"] in d.result["tasks"]),
)


def _phases(seen: Evidence) -> list[Done]:
    return seen.did("teaching.write_phases", where=lambda d: {row["phase"] for row in d.arguments["phases"]} == set(PHASES))


def _practice(seen: Evidence) -> list[Done]:
    """The checks of plans whose practice was then as long as asked."""

    def as_long(checked: Done) -> bool:
        written = seen.did("teaching.write_phases", where=lambda d: d.n < checked.n, plan=checked.arguments["plan"])
        practice = [row["minutes"] for row in written[-1].arguments["phases"] if row["phase"] == "practice"]
        return bool(sum(practice) == seen.brief["minutes"])

    return seen.did("teaching.check_plan", where=as_long)


check("LES007", phases=_phases, verbs=lambda s: [d for d in _phases(s) if len({row["verb"] for row in d.arguments["phases"]}) >= 3])
check("LES008", checked=came_to("lesson_plan", "checked"), practice=_practice)


def _levels(seen: Evidence) -> list[Done]:
    """Lists for slow and fast of which the first has the task asked."""
    return seen.did("teaching.differentiate", where=lambda d: seen.brief["task"] in d.result["slow"])


def _builds(done: Done) -> bool:
    return any(bool(set(tasks()[code].after) & set(done.result["slow"])) for code in done.result["fast"])


check(
    "LES009",
    slow=_levels,
    fast=lambda s: [d for d in _levels(s) if _builds(d)],
    minutes=lambda s: [d for d in _levels(s) if len(set(d.result["minutes"])) == 1],
)


def _reviewed(seen: Evidence) -> list[Done]:
    """Reviews that name the hardest task; of those with other figures the first ones."""
    return [d for d in counting(seen.did("teaching.review"), "hardest", "full") if d.result["hardest"]]


check(
    "LES010",
    taught=came_to("lesson_plan", "taught"),
    hardest=_reviewed,
    full=lambda s: [d for d in _reviewed(s) if d.result["full"]],
)


sought("LES003", {"teaching.compare.rows.side": "follows from the words of the statement", "teaching.measure.days": "follows from the books"})
sought("LES007", {"teaching.write_phases.phases.phase": "the four phases are those of every lesson"})
sought("LES009", {f"teaching.differentiate.{level}.minutes": "both take the same time" for level in ("slow", "fast")})
sought("LES010", {"teaching.review.full": "follows from the points of the class"})
