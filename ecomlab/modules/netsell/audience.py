"""The audience: who sees and clicks advertisements, searches, and answers questionnaires, day by day.

Everything follows from the seed, the day and what is on the pages. The visitors of a position see its advertisements
in turn; how many click depends on the position and on how long the advertisement has been unchanged, since people
stop noticing what they have seen before (wear-out). All chances are whole parts of a million, so every machine counts alike.
"""

from __future__ import annotations

import random
import struct
from decimal import Decimal
from typing import Any

from ...books import clock
from ...kernel.doing import Doing
from . import conversions, questionnaires, search
from .advertising import CAMPAIGNS, SLOTS

MILLION = 1_000_000
#: The clicks of a result by its rank, of a million searches; further down nobody looks.
RANKS = (280_000, 150_000, 100_000, 70_000, 50_000)
#: How many words are searched for in a day, out of what this market asks for: the keywords in data/sites.csv.
SEARCHES = 8
#: How many days the audience answers a questionnaire after it was published.
ANSWERING = 14


def fresh(days: int) -> int:
    """How much of its pull an advertisement has left after so many unchanged days, in percent."""
    return max(40, 100 - 3 * days)


@clock.daily
def _visit(do: Doing) -> None:
    # one look at what there is, because most days of most worlds have nothing for an audience
    there = do.one(
        """select count(*) filter (kind in ('netsell_text_ad', 'netsell_button_ad', 'netsell_banner_ad') and state <> 'deleted') as ads,
                  count(*) filter (kind = 'netsell_listing' and state = 'active') as listings,
                  count(*) filter (kind = 'netsell_questionnaire' and state <> 'deleted' and day >= $day - $answering) as questionnaires
           from document""",
        day=do.day, answering=ANSWERING,
    )  # fmt: skip
    if there.ads:
        _look_at_advertisements(do)
    if there.listings:
        _search(do)
    if there.questionnaires:
        _answer(do)


def _look_at_advertisements(do: Doing) -> None:
    rows = do.all(
        f"""select a.number, a.slot, max(h.day) as since from ({CAMPAIGNS}) a
            join document d using (number) join document_history h on h.document = a.number
            where d.state <> 'deleted' group by all order by a.slot, a.number"""
    )
    counted: list[tuple[str, int, int, Any]] = []
    for slot in SLOTS.values():
        here = [r for r in rows if r.slot == slot.slot]
        if not here:
            continue
        chance = do.stream(f"netsell.visitors:{slot.slot}:{do.day}")
        visitors = slot.traffic * chance.randrange(80, 121) // 100
        for i, r in enumerate(here):
            views = visitors // len(here) + (i < visitors % len(here))
            pull = slot.clicks * fresh((do.day - r.since).days) // 100
            counted.append((r.number, views, _times(do.stream(f"netsell.clicks:{r.number}:{do.day}"), views, pull), slot))
    do.execute(
        """insert into netsell_ad_day
           select unnest($numbers::varchar[]), $day, unnest($views::integer[]), unnest($clicks::integer[]),
                  unnest($per::varchar[]), unnest($price::decimal(18,2)[])""",
        day=do.day, numbers=[c[0] for c in counted], views=[c[1] for c in counted], clicks=[c[2] for c in counted],
        per=[c[3].per for c in counted], price=[Decimal(c[3].price) for c in counted],
    )  # fmt: skip
    conversions.follow(do, [(number, clicks) for number, _, clicks, _ in counted if clicks])


def _search(do: Doing) -> None:
    index = search.Index(search.sites(do))
    words = [w for row in do.scenario.rows("sites") for w in row["keywords"].split(", ")]
    chance = do.stream(f"netsell.searches:{do.day}")
    for _ in range(SEARCHES):
        found = index.ranked(chance.choice(words))[:10]
        times = chance.randrange(20, 60)
        for rank, (site, _) in enumerate(found):
            if site.number:
                clicks = _times(chance, times, RANKS[rank] if rank < len(RANKS) else 20_000)
                do.execute(
                    "update netsell_listing set impressions = impressions + $times, clicks = clicks + $clicks where number = $number",
                    times=times, clicks=clicks, number=site.number,
                )  # fmt: skip


def _answer(do: Doing) -> None:
    for row in do.all(
        """select number, q.version, q.answer_type, d.day from netsell_questionnaire q join document d using (number)
           where d.state <> 'deleted' and d.day >= $day - $answering order by number""",
        day=do.day, answering=ANSWERING,
    ):  # fmt: skip
        chance = do.stream(f"netsell.answers:{row.number}:{do.day}")
        options = do.value(
            "select count(*) from netsell_question_option where questionnaire = $number and version = $version", number=row.number, version=row.version
        )
        leaning = do.stream(f"netsell.leaning:{row.number}").choices(range(1, 10), k=options)
        ballots = []
        for i in range(chance.randrange(3, 9)):
            first = _leaning(chance, leaning)
            chosen = {first, _leaning(chance, leaning)} if row.answer_type == "multiple" else {first}
            ballots.append((f"visitor-{do.day:%y%m%d}-{i + 1}", sorted(chosen)))
        questionnaires.cast_ballots(do, row.number, row.version, ballots)


def _leaning(chance: random.Random, weights: list[int]) -> int:
    """An option's number, from 1, drawn by whole weights."""
    at = chance.randrange(sum(weights))
    for i, weight in enumerate(weights, start=1):
        at -= weight
        if at < 0:
            return i
    raise AssertionError("the draw lies below the sum")


def _times(chance: random.Random, tries: int, parts: int) -> int:
    """How many of so many tries succeed, each with `parts` in a million: 32 random bits against that share of 2**32."""
    limit = (parts << 32) // MILLION
    return sum(v < limit for v in struct.unpack(f"<{tries}I", chance.randbytes(4 * tries)))
