"""What each analytics question asks of a student, by the world's seed, and what an answer is worth."""

from __future__ import annotations

import datetime
from typing import Any

from ...kernel.doing import Looking
from ...kernel.evidence import asks, check
from ...reports.questions import goals_of
from ..b2c.scripted import scripted_shoppers
from .season import assortment

#: Periods that are over when the questions are asked; which of them a question is about follows from the seed. They are counted in days
#: from the scenario's first on.
PERIODS = ((0, 29), (10, 39), (15, 44))


def _asked(code: str) -> Any:
    @asks(code)
    def asked(look: Looking) -> dict[str, Any]:
        chance = look.stream(f"analytics.question:{code}")
        start, end = (look.scenario.start + datetime.timedelta(days=n) for n in chance.choice(PERIODS))
        shopper = scripted_shoppers(look)[chance.randrange(2)]  # the two who are there from the first day on
        return {"start": start, "end": end, "product": assortment(look)[0]["name"], "customer": shopper.name}

    return asked


BRIEF = {f"Q{n}": _asked(f"Q{n}") for n in range(1, 11)}

for _code in BRIEF:
    check(_code, **goals_of(_code))
