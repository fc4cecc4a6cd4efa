"""Draws: 64-bit words that follow from a seed, a purpose and a place, and from nothing else.

There is no generator that is in some state: the word of customer 17's third visit is a function of these numbers. So blocks may be made in any
order, on any number of cores and machines. The mixing is SplitMix64's finalizer, "variant 13" of Stafford (Steele, Lea and Flood,
"Fast splittable pseudorandom number generators", OOPSLA 2014), on integers only.
"""

from __future__ import annotations

import hashlib
import hmac
from typing import Any

import numpy as np

Words = np.ndarray[Any, np.dtype[np.uint64]]
Floats = np.ndarray[Any, np.dtype[np.float64]]
Ints = np.ndarray[Any, np.dtype[np.int64]]

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_FIRST, _SECOND = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)


def _mixed(words: Words) -> Words:
    with np.errstate(over="ignore"):
        words = (words ^ (words >> np.uint64(30))) * _FIRST
        words = (words ^ (words >> np.uint64(27))) * _SECOND
    return words ^ (words >> np.uint64(31))


class Draws:
    """The draws of a seed. `words(purpose, a, b)` gives a word for each pair of the numbers a and b (arrays, or one number for all)."""

    def __init__(self, seed: str):
        self.seed = seed

    def words(self, purpose: str, *places: Any) -> Words:
        key = hmac.new(self.seed.encode(), purpose.encode(), hashlib.sha256).digest()[:8]
        word: Words = np.asarray(int.from_bytes(key, "little"), dtype=np.uint64)
        for place in places:
            with np.errstate(over="ignore"):
                word = _mixed(word + (np.asarray(place).astype(np.uint64) + np.uint64(1)) * _GOLDEN)
        return _mixed(word)

    def uniform(self, purpose: str, *places: Any) -> Floats:
        """Numbers in [0, 1), multiples of 2^-53."""
        return fraction(self.words(purpose, *places))

    def below(self, limit: Any, purpose: str, *places: Any) -> Ints:
        """Whole numbers from 0 to limit - 1; limit, at most 2^31, may differ from place to place. The bias is below limit / 2^32."""
        high = self.words(purpose, *places) >> np.uint64(32)
        return ((high * np.asarray(limit, dtype=np.uint64)) >> np.uint64(32)).astype(np.int64)


def fraction(words: Words) -> Floats:
    """Words as numbers in [0, 1): their first 53 bits."""
    return np.asarray((words >> np.uint64(11)).astype(np.float64) * 2.0**-53)
