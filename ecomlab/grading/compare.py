"""A batch is compared: what two logbooks have in common that work done apart has not, and what in one of them no hand could do.

Each remark tells its evidence, for a teacher to look at. None is a verdict, none costs a point, and none is told to students. What the comparison goes by:

- A typed secret is kept as a digest that the student's world salts (`kernel.secrets`), so two students' logbooks never hold the same one honestly.
- Gaps of time between entries are a person's own. A run of equal ones counts when chance would not give it once in a batch of a thousand times this size:
  its surprise in bits, by how often each gap occurs, against twice the bits that it takes to name a place in the batch.
- Texts that nobody asks for are a person's own too. One that many have, they have from the course.
- What is true in the data of one's own is true nowhere else: several figures that are another's to the last digit were not found there.

Whoever scripts the work through the public commands, which is allowed, shows as too fast for a hand.
"""

from __future__ import annotations

import math
import statistics
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from ..kernel.table import wide
from ..kernel.texts import Text
from .traits import Traits

#: Seconds within which nobody fills in a form: such gaps say who scripts, not who copies.
A_HAND = 2
#: Entries from which on a pace says something; entries from which on somebody without a refusal is remarkable.
A_PACE, WITHOUT_A_REFUSAL = 10, 30
#: Students from which on there is a class to be compared with.
A_CLASS = 5
#: Columns of equal texts that are remarkable: a long sentence, or three short ones.
COPIED_TEXT = 60
#: Equal figures that are remarkable.
COPIED_ANSWERS = 3
#: Gaps by whose equality a run is looked for; bits by which its surprise must exceed what chance gives.
RUN, MARGIN = 5, 20
#: So many others are named, those with most in common.
NAMED = 5


class Remark(NamedTuple):
    """Something to look at in a submission: what kind, the evidence in words, and the other students concerned."""

    code: str
    text: Text
    others: tuple[str, ...] = ()

    def record(self) -> dict[str, Any]:
        return {"code": self.code, "zh": self.text.zh, "en": self.text.en, "students": list(self.others)}


def compared(batch: Sequence[Traits | None]) -> list[tuple[Remark, ...]]:
    """What is to be looked at in each of these, in their order; of None, which is no logbook, nothing."""
    works = [t for t in batch if t]
    shared = [_same_secrets(works), _same_times(works), _same_texts(works), _same_answers(works), _without_refusal(works)]
    told = [tuple(r for found in shared for r in found[i]) + tuple(_alone(work)) for i, work in enumerate(works)]
    there = iter(told)
    return [next(there) if t else () for t in batch]


# --- one logbook by itself ---


def _alone(work: Traits) -> Iterator[Remark]:
    """What its own times tell."""
    if work.unread:
        yield _remark("no_time", "这些条目的时间无法识别：{entries}", "The time of these entries cannot be read: {entries}", entries=_listed(work.unread))
    if work.before:
        yield _remark(
            "times_before_creation", "这些条目的时间早于实验环境的建立：{entries}", "These entries are dated before their world was made: {entries}",
            entries=_listed(work.before),
        )  # fmt: skip
    if work.back:
        yield _remark(
            "times_back", "这些条目的时间早于上一条（电脑的时钟可能被调整过）：{entries}",
            "These entries are dated before the one above them (the computer's clock may have been set): {entries}", entries=_listed(work.back),
        )  # fmt: skip
    fast = sum(0 <= gap < A_HAND for gap in work.gaps)
    if len(work.gaps) >= A_PACE and 2 * fast > len(work.gaps):
        yield _remark(
            "too_fast", "{n} 个时间间隔中有 {fast} 个不到 {seconds} 秒，手工操作做不到",
            "Too fast for a hand: {fast} of {n} gaps between entries are shorter than {seconds:second}", n=len(work.gaps), fast=fast, seconds=A_HAND,
        )  # fmt: skip


def _listed(numbers: Sequence[int]) -> str:
    return ", ".join(map(str, numbers[:NAMED])) + (f" … (+{len(numbers) - NAMED})" if len(numbers) > NAMED else "")


def _remark(code: str, zh: str, en: str, /, *, others: Iterable[str] = (), **values: object) -> Remark:
    """A remark; its text may name the `{others}`."""
    named = tuple(others)
    return Remark(code, Text(zh, en).fill(others=", ".join(named), **values), named)


# --- against the class ---


def _without_refusal(works: Sequence[Traits]) -> list[list[Remark]]:
    """Who worked long and was never refused, where others were. Says nothing where lists of attempts were not handed in."""
    refused: dict[str, list[int]] = defaultdict(list)
    for w in works:
        if w.attempts is not None:
            refused[w.scenario].append(w.attempts)
    usual = {name: statistics.median_low(counts) for name, counts in refused.items() if len(counts) >= A_CLASS}
    return [
        [
            _remark(
                "no_refusal", "{n} 条操作没有一次被拒绝，同班的中位数是 {usual} 次", "None of {n} steps was ever refused; the median of the class is {usual}",
                n=w.entries, usual=usual[w.scenario],
            )
        ]
        if not w.attempts and w.entries >= WITHOUT_A_REFUSAL and usual.get(w.scenario, 0) > 1
        else []
        for w in works
    ]  # fmt: skip


# --- against each other ---


def _same_secrets(works: Sequence[Traits]) -> list[list[Remark]]:
    common = _in_common(works, [w.digests for w in works], most=len(works))
    return [
        [
            _remark(
                "copied_secret", "有 {n} 个密码摘要与 {others} 的日志相同：摘要由各人的实验环境加盐，各自完成时不会相同",
                "Digests of passwords that stand in the logbook of {others} too: {n}. Each world salts its own, so work done apart has none in common",
                others=found, n=len(set().union(*found.values())),
            )
        ]
        if found
        else []
        for found in map(_most, common)
    ]  # fmt: skip


def _same_texts(works: Sequence[Traits]) -> list[list[Remark]]:
    """Texts of one's own that few others have. In a handful of students there is no telling what the course gave to all."""
    many = len({w.student for w in works})
    if many < A_CLASS:
        return [[] for _ in works]
    told = []
    for found in _in_common(works, [w.texts for w in works], most=max(2, many // A_CLASS)):
        found = _most({s: texts for s, texts in found.items() if sum(map(wide, texts)) >= COPIED_TEXT})
        texts = sorted(set().union(*found.values()), key=lambda t: (-wide(t), t))
        told.append(
            [
                _remark(
                    "same_texts", "有 {n} 处自拟的文字与 {others} 的日志相同，例如：{text}",
                    "Texts of their own that stand in the logbook of {others} too: {n}, among them: {text}",
                    others=found, n=len(texts), text=texts[0][:80],
                )
            ]
            if found
            else []
        )  # fmt: skip
    return told


def _same_answers(works: Sequence[Traits]) -> list[list[Remark]]:
    """Figures about data that each student has for oneself, and that are another's."""
    told = []
    for found in _in_common(works, [w.answers for w in works], most=len(works)):
        found = _most({s: answers for s, answers in found.items() if len(answers) >= COPIED_ANSWERS})
        same = sorted(set().union(*found.values()))
        told.append(
            [
                _remark(
                    "same_answers", "有 {n} 个数值答案与 {others} 的完全相同，而各人的数据不同，例如：{answer}",
                    "Figures that are those of {others} to the last digit, though each has other data: {n}, among them: {answer}",
                    others=found, n=len(same), answer=same[0],
                )
            ]
            if found
            else []
        )  # fmt: skip
    return told


def _in_common(works: Sequence[Traits], held: Sequence[frozenset[str]], most: int) -> list[dict[str, set[str]]]:
    """For each work the other students with what their works hold too; nothing that more than `most` students hold."""
    holders: dict[str, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    for i, things in enumerate(held):
        for thing in things:
            holders[thing][works[i].student].append(i)
    common: list[dict[str, set[str]]] = [defaultdict(set) for _ in works]
    for thing, students in holders.items():
        if not 1 < len(students) <= most:
            continue
        for student, own in students.items():
            # of many holders a few are enough: who copied from whom is one for the teacher
            others = [s for s in students if s != student][: 4 * NAMED]
            for i in own:
                for other in others:
                    common[i][other].add(thing)
    return common


def _most(found: dict[str, set[str]]) -> dict[str, set[str]]:
    """Those with most in common."""
    return dict(sorted(found.items(), key=lambda it: (-len(it[1]), it[0]))[:NAMED])


class _Run(NamedTuple):
    """Equal gaps in a row: how surprising, how many, and the entry above the first of them."""

    bits: float
    length: int
    start: int


def _same_times(works: Sequence[Traits]) -> list[list[Remark]]:
    """Runs of equal gaps that chance would not give."""
    often = [Counter(w.gaps) for w in works]
    everywhere = sum(often, Counter())
    needed = 2 * math.log2(max(2, everywhere.total())) + MARGIN
    best: list[dict[str, _Run]] = [{} for _ in works]
    for i, j, at_i, at_j, length in _equal_runs([w.gaps for w in works]):
        if works[i].student == works[j].student:
            continue
        gaps = works[i].gaps[at_i : at_i + length]
        bits = sum(_bits(gap, (everywhere, often[i], often[j])) for gap in gaps)
        if bits < needed:
            continue
        for work, other, at in ((i, j, at_i), (j, i, at_j)):
            run, name = _Run(bits, length, at + 1), works[other].student
            best[work][name] = max(run, best[work].get(name, run))
    return [[_told(found)] if found else [] for found in best]


def _told(found: dict[str, _Run]) -> Remark:
    nearest = sorted(found, key=lambda s: (-found[s].bits, s))[:NAMED]
    run = found[nearest[0]]
    return _remark(
        "same_times", "从第 {start} 条起，连续 {length} 个时间间隔与 {others} 的日志相同",
        "From entry {start} on {length} gaps of time in a row are those in the logbook of {others}",
        others=nearest, start=run.start, length=run.length,
    )  # fmt: skip


def _bits(gap: int, often: Iterable[Counter[int]]) -> float:
    """How surprising a gap is: by how often it occurs in the batch, or in either of the two, wherever it is most usual."""
    return 0.0 if gap < A_HAND else min(math.log2(counts.total() / counts[gap]) for counts in often)


def _equal_runs(sequences: Sequence[tuple[int, ...]]) -> Iterator[tuple[int, int, int, int, int]]:
    """Runs of RUN or more equal values in two sequences: (one, other, place in the one, in the other, length).

    A value is looked up in the last few sequences that have the same run, and in each of them no more after a run until that ends. So a class of equal
    logbooks takes no longer than one of different ones.
    """
    seen: dict[tuple[int, ...], list[tuple[int, int]]] = defaultdict(list)
    for i, values in enumerate(sequences):
        ended: dict[int, int] = {}
        for at in range(len(values) - RUN + 1):
            run = values[at : at + RUN]
            if max(run) < A_HAND:
                continue
            places = seen[run]
            for j, there in places[-NAMED:]:
                if j == i or at < ended.get(j, 0):
                    continue
                before = _alike(values, at - 1, sequences[j], there - 1, -1)
                after = _alike(values, at, sequences[j], there, 1)
                ended[j] = at + after
                yield i, j, at - before, there - before, before + after
            if not places or places[-1][0] != i:
                places.append((i, at))


def _alike(a: Sequence[int], at: int, b: Sequence[int], there: int, step: int) -> int:
    """How many values are the same from these places on, in that direction."""
    n = 0
    while 0 <= at < len(a) and 0 <= there < len(b) and a[at] == b[there]:
        at, there, n = at + step, there + step, n + 1
    return n
