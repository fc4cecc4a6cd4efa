"""Marketing: how many new customers the advertisements of a channel brought."""

from __future__ import annotations

from typing import Any

import numpy as np

from .libraries import needed

#: The channel asked about, and all of them in the order in which they are fitted.
CHANNEL, CHANNELS = "search", ("search", "feed", "live", "mail")


def days_and_provinces(data: Any) -> tuple[Any, Any]:
    """New customers, shape (days, provinces); what each channel spent there against its mean where it spends, shape (channels, days, provinces)."""
    new = data.sql("select (joined - $start)::integer as day, postal_address as province, count(*) as n from b2c_shopper group by all", start=data.start).df()
    spent = data.sql(
        "select (day - $start)::integer as day, province, channel, sum(amount)::double as amount from ad_spend group by all", start=data.start
    ).df()
    names = sorted(set(spent.province))
    size = ((data.day - data.start).days + 1, len(names))
    came, ads = np.zeros(size), np.zeros((len(CHANNELS), *size))
    new = new[new.province.isin(names)]
    came[new.day, np.searchsorted(names, new.province)] = new.n
    ads[[CHANNELS.index(c) for c in spent.channel], spent.day, np.searchsorted(names, spent.province)] = spent.amount
    return came, ads / np.array([a[a > 0].mean() for a in ads])[:, None, None]


def carried(spent: Any, stays: float) -> Any:
    """Geometric adstock: (1 - stays) of the day's spending, and `stays` of what there was the day before. Along the first axis."""
    signal = needed("scipy.signal")

    return signal.lfilter([1 - stays], [1, -stays], spent, axis=0)


def brought(data: Any) -> dict[str, float]:
    """The share of the new customers that each channel brought: expected customers are a day's times a province's times
    1 + sum of beta a / (a + K), a the adstock (a Hill curve of exponent 1); a day's level is conditioned on.
    """
    optimize = needed("scipy.optimize")

    came, ads = days_and_provinces(data)
    k = len(CHANNELS)

    def effects(at: Any) -> Any:
        beta, stays, half = np.exp(at[:k]), 1 / (1 + np.exp(-at[k : 2 * k])), np.exp(at[2 * k :])
        return np.stack([b * (s := carried(a, t)) / (s + h) for a, b, t, h in zip(ads, beta, stays, half, strict=True)])

    def level(gain: Any) -> tuple[Any, Any]:
        """The provinces' and the days' levels that fit best beside these effects, in turns."""
        province = came.sum(axis=0)
        for _ in range(4):
            day = came.sum(axis=1) / (gain * province).sum(axis=1)
            province = came.sum(axis=0) / (gain * day[:, None]).sum(axis=0)
        return day, province

    def surprise(at: Any) -> float:
        gain = 1 + effects(at).sum(axis=0)
        day, province = level(gain)
        mean = day[:, None] * province * gain
        # a weak prior keeps what the data hardly tell near usual figures: half-saturation about the usual spending, steadiness about a half
        prior = np.sum((at[2 * k :]) ** 2) / (2 * 0.5**2) + np.sum((at[k : 2 * k]) ** 2) / (2 * 1.0**2)
        return float(mean.sum() - (came * np.log(np.maximum(mean, 1e-300))).sum() + prior)

    at = optimize.minimize(surprise, np.concatenate([np.full(k, np.log(0.4)), np.zeros(k), np.zeros(k)]), method="L-BFGS-B").x
    found = effects(at)
    day, province = level(1 + found.sum(axis=0))
    base = day[:, None] * province
    return {c: float((base * e).sum() / came.sum()) for c, e in zip(CHANNELS, found, strict=True)}


def brought_by_search(data: Any) -> float:
    return brought(data)[CHANNEL]


def brought_by_search_naive(data: Any) -> float:
    """Every new customer of a day and province with advertisements is credited to the channels that spent there, in proportion."""
    came, ads = days_and_provinces(data)
    all_channels = ads.sum(axis=0)
    share = np.divide(ads[CHANNELS.index(CHANNEL)], all_channels, out=np.zeros_like(all_channels), where=all_channels > 0)
    return float((came * share).sum() / came.sum())
