"""Functions whose results are the same to the last bit on every machine: sums, products and divisions of IEEE 754, and tables.

`numpy.exp`, `log` and the generators of `numpy.random` may differ in the last place from build to build. So exponentials and logarithms are
made here from tables of correctly rounded decimals and short polynomials (relative error below 1e-14), and quantiles of distributions from
committed knots. Sums are of whole numbers wherever order could matter.
"""

from __future__ import annotations

import functools
from decimal import Decimal, localcontext
from typing import Any

import numpy as np

from ..kernel.scenario import share
from .draws import Draws, Floats, Ints, Words, fraction

#: Distributions with committed knots, in the order of the file: name, and scipy's name and shape,
#: by which tests/knots.py makes the file anew.
DISTRIBUTIONS: dict[str, tuple[str, tuple[float, ...]]] = {
    "normal": ("norm", ()),
    "visits": ("gamma", (0.243,)),  # the rate of purchases, shape r of BG/NBD
    "leaving": ("beta", (0.793, 2.426)),  # the chance to leave after a purchase, shapes a and b
    "pieces": ("gamma", (1.5,)),  # the mean number of further pieces in a line
    "exponential": ("expon", ()),
}
#: Knots of a level: the whole range, and its first and last 1024th once more.
CELLS = 1024
_STEPS = 64


@functools.cache
def _knots() -> Floats:
    """Shape (distributions, 3, CELLS + 1): the first 1024th, the whole, the last 1024th."""
    return np.asarray(np.load(share("data") / "market" / "quantiles.npy"))


def quantile(distribution: str, words: Words) -> Floats:
    """The quantiles of a distribution (scale 1) at the probabilities that the words are, by linear interpolation between knots."""
    low, whole, high = _knots()[list(DISTRIBUTIONS).index(distribution)]
    place = fraction(words) * CELLS
    cell = place.astype(np.int64)
    inner = place - cell
    found = _between(whole, cell, inner)
    for tail, edge in ((low, 0), (high, CELLS - 1)):
        at = cell == edge
        finer = inner[at] * CELLS
        found[at] = _between(tail, finer.astype(np.int64), finer - finer.astype(np.int64))
    return found


def _between(knots: Floats, cell: Ints, inner: Floats) -> Floats:
    return np.asarray(knots[cell] + (knots[cell + 1] - knots[cell]) * inner)


@functools.cache
def _tables() -> tuple[Floats, Floats, float]:
    """exp(k / 64) for k = 0 … 63, ln(1 + k / 64), and ln 2, each the nearest float."""
    with localcontext() as context:
        context.prec = 40
        powers = [float((Decimal(k) / _STEPS).exp()) for k in range(_STEPS)]
        logarithms = [float((1 + Decimal(k) / _STEPS).ln()) for k in range(_STEPS + 1)]
        return np.array(powers), np.array(logarithms), float(Decimal(2).ln())


def exp(x: Any) -> Floats:
    """The exponential, for x between -700 and 700."""
    powers, _, ln2 = _tables()
    x = np.asarray(x, dtype=np.float64)
    twos = np.floor(x / ln2)
    rest = x - twos * ln2
    step = np.clip((rest * _STEPS).astype(np.int64), 0, _STEPS - 1)
    r = rest - step / _STEPS
    series = 1 + r * (1 + r / 2 * (1 + r / 3 * (1 + r / 4 * (1 + r / 5 * (1 + r / 6)))))
    return np.asarray(np.ldexp(powers[step] * series, twos.astype(np.int32)))


def ln(x: Any) -> Floats:
    """The natural logarithm of positive numbers."""
    _, logarithms, ln2 = _tables()
    mantissa, twos = np.frexp(np.asarray(x, dtype=np.float64))
    mantissa, twos = mantissa * 2, twos - 1  # in [1, 2)
    step = ((mantissa - 1) * _STEPS).astype(np.int64)
    base = 1 + step / _STEPS
    r = (mantissa - base) / (mantissa + base)  # ln(m / base) = 2 artanh r
    square = r * r
    return np.asarray(twos * ln2 + logarithms[step] + 2 * r * (1 + square / 3 * (1 + square * 3 / 5 * (1 + square * 5 / 7))))


def poisson(mean: Any, words: Words) -> Ints:
    """Numbers of events with those means, by inversion of the distribution function; of means above 700 by the normal one that is near it."""
    mean = np.broadcast_to(np.asarray(mean, dtype=np.float64), words.shape)
    if words.ndim > 1:
        return poisson(mean.ravel(), words.ravel()).reshape(words.shape)
    if (great := mean > 700).any():
        found = np.maximum(0, np.rint(mean + np.sqrt(mean) * quantile("normal", words))).astype(np.int64)
        found[~great] = poisson(mean[~great], words[~great])
        return np.asarray(found)
    u = fraction(words)
    found = np.zeros(u.shape, dtype=np.int64)
    term = exp(-mean)
    total = term.copy()
    waiting = np.flatnonzero(u >= total)
    for n in range(1, 2_000):
        if not waiting.size:
            break
        term[waiting] *= mean[waiting] / n
        total[waiting] += term[waiting]
        found[waiting] = n
        waiting = waiting[(u[waiting] >= total[waiting]) & (term[waiting] > 0)]
    return found


def gamma(shape: float, draws: Draws, purpose: str, *places: Any) -> Floats:
    """Gamma-distributed numbers (rate 1) whose shape is a multiple of a half: exponential ones added up, and for a half half the square of a normal one."""
    whole, half = divmod(round(2 * shape), 2)
    found: Floats = np.zeros(np.broadcast(*places).shape)
    for k in range(whole):
        found += quantile("exponential", draws.words(purpose, *places, k))
    if half:
        normal = quantile("normal", draws.words(purpose, *places, whole))
        found += normal * normal / 2
    return found


def cumulated(weights: Any, bits: int = 40) -> Ints:
    """Cumulative weights as whole numbers, beginning with 0 and ending with 2^bits, for `chosen`. The weights may be any positive numbers."""
    weights = np.asarray(weights, dtype=np.float64)
    scale = 2.0 ** (bits - 1) / weights.max()
    whole = np.concatenate([[0], np.cumsum((weights * scale / len(weights)).astype(np.int64) + 1)])
    return np.asarray(whole)


def chosen(cumulative: Ints, words: Words, first: Any = 0, last: Any = None) -> Ints:
    """For each word an index, with the chance that its weight has; among `first` … `last` - 1 where these are given, for each word its own."""
    start = cumulative[first]
    end = cumulative[len(cumulative) - 1 if last is None else last]
    point = start + (fraction(words) * (end - start)).astype(np.int64)
    return np.asarray(np.searchsorted(cumulative, point, side="right") - 1)
