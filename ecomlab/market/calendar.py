"""The calendar: how much is bought on a day, against an ordinary one; and operational time, in which buying is even."""

from __future__ import annotations

import datetime
import functools
import math

import numpy as np

from .draws import Floats, Ints
from .truth import Truth

#: Of a week's days, Monday first (assumed: evenings at home and weekends a little above).
WEEKDAYS = (98, 97, 98, 99, 101, 104, 103)
#: Lunar New Year's days (GB/T 33661, the official calendar).
NEW_YEAR = {2024: (2, 10), 2025: (1, 29), 2026: (2, 17), 2027: (2, 6), 2028: (1, 26)}


def weight(day: datetime.date, new_year: float) -> float:
    """What is bought on a day against an ordinary one.

    11 November 1.9 times: the State Post Bureau counted 1.87 times the parcels of ordinary days in 2023, 1.8 in 2022, 1.51 in 2024; 1.15 times from
    21 October on. 18 June 1.5, 12 December 1.3, the dip after 11 November, and the weeks before the lunar New Year are assumed; its fortnight has
    `new_year`.
    """
    month, date = day.month, day.day
    factor = 1.0
    if (month, date) == (11, 11):
        factor = 1.9
    elif (10, 21) <= (month, date) <= (11, 10):
        factor = 1.15
    elif (11, 12) <= (month, date) <= (11, 21):
        factor = 0.85
    elif (month, date) == (6, 18):
        factor = 1.5
    elif month == 6 and date <= 17:
        factor = 1.12
    elif (month, date) == (12, 12):
        factor = 1.3
    if day.year in NEW_YEAR:
        off = (day - datetime.date(day.year, *NEW_YEAR[day.year])).days
        factor *= new_year if -7 <= off <= 6 else 1.15 if -35 <= off < -7 else 1.0
    annual = 1 + 0.05 * math.cos(2 * math.pi * (day.timetuple().tm_yday - 330) / 365)
    return round(annual * factor * WEEKDAYS[day.weekday()] / 100, 4)


def days(truth: Truth) -> list[datetime.date]:
    return [truth.start + datetime.timedelta(days=d) for d in range(truth.days)]


@functools.lru_cache(maxsize=4)
def weights(truth: Truth) -> Floats:
    """The weight of every day; shape (days,)."""
    return np.array([weight(d, truth.new_year) for d in days(truth)])


@functools.lru_cache(maxsize=4)
def campaigns(truth: Truth) -> tuple[Ints, np.ndarray]:
    """The first day of each week of coupons, and whether these are aimed at some customers rather than given by lot: shape (campaigns,) each.

    Those by lot are spread evenly, away from the edges; one that is aimed lies halfway between the first and second of them, the third and fourth, ….
    """
    gap = truth.days // (truth.campaigns + 1)
    first = np.concatenate([gap * np.arange(1, truth.campaigns + 1), gap * np.arange(1, 2 * truth.aimed_campaigns, 2) + gap // 2])
    order = np.argsort(first)
    return first[order], (np.arange(len(first)) >= truth.campaigns)[order]


def great_sales(truth: Truth) -> np.ndarray:
    """Whether parcels are slow that day: the weeks after 11 November and 18 June; shape (days,)."""
    return np.array([(d.month, d.day) >= (11, 11) and (d.month, d.day) <= (11, 18) or d.month == 6 and 18 <= d.day <= 24 for d in days(truth)])
