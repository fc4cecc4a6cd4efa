"""The knots of the market's distributions, made anew: `python -m tests.knots` (needs scipy) writes data/market/quantiles.npy."""

from __future__ import annotations

from typing import Any

import numpy as np

from ecomlab.kernel.scenario import share
from ecomlab.market.numbers import CELLS, DISTRIBUTIONS


def knots() -> Any:
    """Quantiles at the first 1024th of probabilities, at all, and at the last 1024th: shape (distributions, 3, CELLS + 1)."""
    from scipy import stats

    least = 2.0**-34
    grid = np.arange(CELLS + 1) / CELLS
    made = []
    for name, shape in DISTRIBUTIONS.values():
        law = getattr(stats, name)(*shape)
        low, whole = (law.ppf(np.clip(p, least, 1 - least)) for p in (grid / CELLS, grid))
        high = law.isf(np.clip((1 - grid) / CELLS, least, 1))
        made.append([low, whole, high])
    return np.array(made)


if __name__ == "__main__":
    np.save(share("data") / "market" / "quantiles.npy", knots())
