"""The service desk: when customers write and how soon they are answered, what talks and bargains come to, what reviews say, and what is open."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

from ..kernel.doing import Looking
from ..kernel.names import both
from ..kernel.table import Table
from ..kernel.terms import term
from ..kernel.texts import Text
from ..modules.service import FOR_SALE, MEDIUM, latest, open_items
from .bars import Bar, Columns, Ranked, ranked_height
from .page import FROM, TO, Empty, KeyFigure, Page, Panel, Where, dashboard, headline, percent, share_note, told
from .plots import BLUE, GREEN, ORANGE, RED

NOTHING = Empty(
    Text("还没有顾客来信。", "No customer has written yet."),
    Text(
        "客服台开设后，顾客从第五天起每天来信。用工作台的“下一天”推进业务日期，或放宽上面的日期。",
        "From the fifth day after the desk is opened customers write every day. Move on with Next day in the desk's bar, or widen the period above.",
    ),
)
HOUR = datetime.timedelta(hours=1)
#: How soon a customer was answered, with its colour.
SOON = (
    (Text("一小时内回复", "Within the hour"), GREEN),
    (Text("超过一小时", "Later"), ORANGE),
    (Text("未回复", "Not answered"), RED),
)
#: What a talk about a purchase came to.
CAME_TO = (
    (Text("已下单", "Ordered"), GREEN),
    (Text("当天未下单", "No order that day"), ORANGE),
    (Text("未回复", "Not answered"), RED),
    (Text("进行中", "Going on"), BLUE),
)
#: What became of a bad or medium review.
PHONED = ((Text("已解决", "Settled"), GREEN), (Text("未解决", "Open"), ORANGE), (Text("未回访", "Not phoned"), RED))


@dashboard(
    "service",
    ("客服台", "Service desk"),
    ("顾客等了多久，谈成了多少，还有什么没有了结？", "How long do customers wait, what do talks come to, and what is open?"),
    FROM,
    TO,
    needs="service",
)
def service(look: Looking, where: Where) -> Page:
    talks = look.all(
        """select c.number, c.day, c.arrives, c.first_answer, c.intent, c.clerk, c.web_order, c.promised, d.state, s.full_name
           from service_conversation c join document d using (number) join b2c_shopper s on s.user_name = c.shopper
           where c.day between $first and $last and c.arrives <= $now order by c.arrives, c.number""",
        first=where.from_day, last=where.to_day, now=latest(look),
    )  # fmt: skip
    if not talks:
        return Page(empty=NOTHING)
    reviews = look.all(
        """select x.number, x.day, x.stars, x.reason, x.phoned, d.state, s.full_name from service_review x join document d using (number)
           join b2c_shopper s on s.user_name = x.shopper where x.day between $first and $last and x.stars <= $medium order by x.number""",
        first=where.from_day, last=where.to_day, medium=MEDIUM,
    )  # fmt: skip
    waiting = open_items(look)
    panels = [_hours(talks), _outcomes(talks), *_reviews(reviews), *_open(waiting)]
    return Page(_figures(talks, reviews, waiting), panels, _table(talks), Text("会话一览", "Conversations"))


def _soon(row: Any) -> int:
    """The place in SOON of a talk."""
    return 2 if row.first_answer is None else int(row.first_answer > row.arrives + HOUR)


def _outcome(row: Any) -> int:
    """The place in CAME_TO of a talk. The day over, who was answered has not ordered; only who was not is the desk's own fault."""
    if row.state == "lost":
        return 1 if row.first_answer else 2
    return 0 if row.state == "ordered" else 3


def _phoned(row: Any) -> int:
    return {"settled": 0, "open": 1}.get(row.state, 2)


def _figures(talks: list[Any], reviews: list[Any], waiting: Table) -> list[KeyFigure]:
    soon = sum(_soon(r) == 0 for r in talks)
    buying = [r for r in talks if r.intent in FOR_SALE]
    ordered = sum(r.state == "ordered" for r in buying)
    noon = sum(r.phoned is not None and r.phoned < datetime.datetime.combine(r.day, datetime.time(14)) for r in reviews)
    promised = sum(r.promised for r in talks)
    return [
        KeyFigure(
            Text("一小时内回复", "Within the hour"), percent(soon, len(talks)), told("会话 {n} 条", "conversations: {n}", n=len(talks)),
            "good" if soon == len(talks) else "bad",
        ),
        KeyFigure(
            Text("咨询转化率", "Conversion"), percent(ordered, len(buying)),
            told("答应降价 {n} 次", "prices promised: {n}", n=promised) if promised else told("下单 {n} 条", "orders: {n}", n=ordered),
            "bad" if promised else "",
        ),
        KeyFigure(
            Text("14:00 前回访差评", "Reviews phoned by 14:00"), percent(noon, len(reviews)), told("差评和中评 {n} 条", "bad or medium: {n}", n=len(reviews)),
            "good" if noon == len(reviews) else "bad",
        ),
        KeyFigure(
            Text("未结事项", "Open items"), f"{len(waiting)}", share_note("其中会话占 {share}", "{share} are conversations",
            sum(r.kind == "service_conversation" for r in waiting), len(waiting)), "good" if not waiting else "",
        ),
    ]  # fmt: skip


def _stacked(rows: Sequence[Any], key: Callable[[Any], str], part: Callable[[Any], int], label: Callable[[str], Text], parts: int, order: Any) -> list[Bar]:
    """A bar for each key, with how many rows each part has."""
    counts = Counter((key(r), part(r)) for r in rows)
    keys = sorted({key(r) for r in rows}, key=order)
    return [Bar(label(k), tuple(counts[k, i] for i in range(parts)), k) for k in keys]


def _behind(rows: Sequence[Any], key: Callable[[Any], str], part: Callable[[Any], int], table: Callable[[list[Any]], Table]) -> Callable[[str], Table]:
    def behind(mark: str) -> Table:
        name, _, place = mark.partition("|")
        return table([r for r in rows if key(r) == name and part(r) == int(place)])

    return behind


def _hours(talks: list[Any]) -> Panel:
    """When customers write, and how soon they are answered."""

    def hour(row: Any) -> str:
        return f"{row.arrives:%H}"

    bars = _stacked(talks, hour, _soon, lambda k: Text(f"{int(k)} 时", f"{int(k)}:00"), len(SOON), str)
    busiest = max(bars, key=lambda b: sum(v or 0 for v in b.values))
    count = int(sum(v or 0 for v in busiest.values))
    title = headline(
        "{when}最忙，占会话的 {share}", "Busiest at {when}: {share} of the conversations", count, len(talks),
        Text("会话都在 {when}", "All conversations come at {when}"), when=busiest.label,
    )  # fmt: skip
    plot = Columns(tuple(bars), tuple(name for name, _ in SOON), tuple(colour for _, colour in SOON))
    return Panel(
        "hours", title, Text("会话数，按来信的钟点", "Conversations by the hour in which they came"), plot, "wide", 2.9, _behind(talks, hour, _soon, _table)
    )


def _outcomes(talks: list[Any]) -> Panel:
    """What questions and bargains came to."""
    buying = [r for r in talks if r.intent in FOR_SALE]
    bars = _stacked(buying, lambda r: r.intent, _outcome, lambda k: term(k, "service"), len(CAME_TO), FOR_SALE.index)
    ordered = sum(_outcome(r) == 0 for r in buying)
    title = headline(
        "{share}的咨询下了单", "{share} of the talks became orders", ordered, len(buying),
        Text("咨询都下了单", "All talks became orders") if buying and ordered == len(buying) else Text("还没有咨询下单", "No talk has become an order yet"),
    )  # fmt: skip
    plot = Ranked(tuple(bars), tuple(name for name, _ in CAME_TO), tuple(colour for _, colour in CAME_TO))
    return Panel(
        "outcomes", title, Text("购买咨询和议价，条", "Questions and bargains, number of talks"), plot, "narrow", ranked_height(len(bars), len(CAME_TO)),
        _behind(buying, lambda r: r.intent, _outcome, _table),
    )  # fmt: skip


def _reviews(reviews: list[Any]) -> list[Panel]:
    """What bad and medium reviews are about, as far as somebody has phoned."""
    if not reviews:
        return []

    def cause(row: Any) -> str:
        return row.reason or "unknown"

    counts = Counter(cause(r) for r in reviews)
    bars = _stacked(reviews, cause, _phoned, lambda k: term(k, "service"), len(PHONED), lambda k: (-counts[k], k))
    known = [c for c in counts if c != "unknown"]
    title = Text("差评还没有回访", "Nobody has phoned about the bad reviews yet")
    if counts["unknown"] > max((counts[c] for c in known), default=0) and known:
        title = told("还有 {n} 条没有回访", "Not phoned about yet: {n}", n=counts["unknown"])
    elif known:
        first = max(known, key=lambda c: (counts[c], c))
        title = told("差评最多的原因是{cause}：{n} 条", "Most frequent reason of bad reviews: {cause} ({n})", cause=term(first, "service"), n=counts[first])

    def table(rows: list[Any]) -> Table:
        columns = ("document", "day", "stars", "reason", "phoned", "state", "full_name")
        made = Table(columns, [(r.number, r.day, r.stars, r.reason, r.phoned, r.state, both(r.full_name)) for r in rows])
        made.module = "service"
        return made

    plot = Ranked(tuple(bars), tuple(name for name, _ in PHONED), tuple(colour for _, colour in PHONED))
    subtitle = Text("三星及以下的评价，条，按回访记下的原因", "Reviews of three stars or fewer, by the reason noted on the phone")
    return [Panel("reviews", title, subtitle, plot, "half", ranked_height(len(bars), len(PHONED)), _behind(reviews, cause, _phoned, table))]


def _open(waiting: Table) -> list[Panel]:
    """What the next shift goes on with."""
    if not waiting:
        return []
    counts = Counter(r.kind for r in waiting)
    bars = tuple(Bar(term(k), (n,), k) for k, n in sorted(counts.items(), key=lambda item: (-item[1], item[0])))
    title = told("未结最多的是{kind}：{n} 项", "Most open: {kind} ({n})", kind=bars[0].label, n=int(bars[0].values[0] or 0))

    def behind(key: str) -> Table:
        made = Table(("document", "kind", "state", "day"), [tuple(r) for r in waiting if r.kind == key])
        made.module = "service"
        return made

    subtitle = Text("现在的未结事项，项", "Items that are open now")
    return [Panel("open", title, subtitle, Ranked(bars, colours=(ORANGE,)), "half", ranked_height(len(bars), 1), behind)]


def _table(talks: list[Any]) -> Table:
    columns = ("document", "day", "arrives", "full_name", "intent", "state", "first_answer", "clerk", "web_order")
    rows = [(r.number, r.day, r.arrives, both(r.full_name), r.intent, r.state, r.first_answer, r.clerk, r.web_order) for r in talks]
    made = Table(columns, rows)
    made.module = "service"
    return made
