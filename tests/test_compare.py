"""A class is compared: honest work has nothing in common that needs explaining, copies are all found, and no remark costs a point."""

from __future__ import annotations

import datetime
import json
import random
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ecomlab.cli.main import main
from ecomlab.grading.batch import grade_all, submissions
from ecomlab.grading.compare import Remark, compared
from ecomlab.grading.graded import Graded
from ecomlab.grading.traits import Traits, traits
from ecomlab.kernel import logbook
from ecomlab.kernel.logbook import ATTEMPTS, Entry, survey
from tests import worlds

STUDENTS = [f"s{n:02d}" for n in range(40)]
BEGAN = datetime.datetime.fromisoformat("2026-09-07T09:00:00+08:00")
PHRASES = ["请尽快发货", "附上质检报告", "我方收货后", "七日内付款", "包装须防潮", "每箱贴标签", "如有破损", "立即通知", "数量不变", "价格照旧", "分两批"]


def a_sentence(chance: random.Random) -> str:
    return "".join(chance.sample(PHRASES, 6))


def worked(student: str, entries: int = 60) -> Traits:
    """How an honest student works: at a pace of their own, with slips, with a few sentences of their own and one that the course gave to all."""
    chance = random.Random(student)
    pace = chance.uniform(1.5, 3.2)
    return Traits(
        student, "b2b", entries,
        digests=frozenset(f"scrypt:{chance.randbytes(32).hex()}" for _ in range(5)),
        gaps=tuple(2 + round(chance.lognormvariate(pace, 0.7)) for _ in range(entries - 1)),
        texts=frozenset([*(a_sentence(chance) for _ in range(5)), "请按照双方商定的条件交货，付款方式不变，谢谢合作，盼复"]),
        answers=frozenset(f"question_{n} = {chance.uniform(0.2, 0.4):.3f}" for n in range(12)),
        attempts=chance.randrange(1, 25),
    )  # fmt: skip


def codes(remarks: tuple[Remark, ...]) -> set[str]:
    return {r.code for r in remarks}


def test_an_honest_class_gives_no_remark() -> None:
    assert not any(compared([worked(s) for s in STUDENTS]))
    assert not any(compared([worked(f"long{n}", 400) for n in range(40)]))


#: What a copyist may leave as it was in the friend's logbook, and what names it.
COPIED: dict[str, Callable[[Traits, Traits], Traits]] = {
    "copied_secret": lambda own, theirs: replace(own, digests=own.digests | {min(theirs.digests)}),
    "same_times": lambda own, theirs: replace(own, gaps=own.gaps[:20] + theirs.gaps[10:50]),
    "same_texts": lambda own, theirs: replace(own, texts=theirs.texts),
    "same_answers": lambda own, theirs: replace(own, answers=frozenset([*sorted(own.answers)[:8], *sorted(theirs.answers)[8:]])),
}


@pytest.mark.parametrize("code", COPIED)
def test_a_planted_copy_is_named_with_the_other_and_nobody_else_is(code: str) -> None:
    honest = [worked(s) for s in STUDENTS]
    told = compared([*honest[:-1], COPIED[code](honest[-1], honest[3])])
    assert {STUDENTS[i]: (r[0].code, r[0].others) for i, r in enumerate(told) if r} == {"s03": (code, ("s39",)), "s39": (code, ("s03",))}


def test_a_ring_of_copies_is_named_whole() -> None:
    """Eight of forty hand in the same, with new secrets: their times and texts say so, of each at least some of the others."""
    honest = [worked(s) for s in STUDENTS]
    ring = [replace(honest[0], student=w.student, digests=w.digests) for w in honest[:8]]
    told = compared([*ring, *honest[8:]])
    assert [codes(r) for r in told] == [{"same_times", "same_texts", "same_answers"}] * 8 + [set()] * 32
    assert all(set(remark.others) <= set(STUDENTS[:8]) for r in told for remark in r)


def test_one_students_two_hand_ins_are_no_copies_of_each_other() -> None:
    assert not any(compared([worked("ada"), worked("ada"), *(worked(s) for s in STUDENTS)]))


def test_who_is_never_refused_stands_out_only_where_others_are() -> None:
    honest = [worked(s) for s in STUDENTS]
    assert [codes(r) for r in compared([*honest, replace(worked("ada"), attempts=0)])][-1] == {"no_refusal"}
    assert not any(compared([replace(w, attempts=0) for w in honest])), "an easy assignment"
    assert not any(compared([replace(w, attempts=None) for w in honest])), "the lists were not handed in"
    assert not any(compared([*honest, replace(worked("ada", 12), attempts=0)])), "twelve steps may well all be right"


def test_a_class_that_hands_in_one_file_is_compared_in_a_moment() -> None:
    """The work grows with the class, not with its pairs."""
    same = worked("same", 2000)
    told = compared([replace(same, student=s) for s in STUDENTS])
    assert all(codes(r) == {"copied_secret", "same_times", "same_answers"} for r in told)
    assert all(len(remark.others) <= 5 for r in told for remark in r)


# --- from logbooks ---


def rewritten(source: Path, target: Path, change: Callable[[Entry], Entry]) -> Path:
    """A logbook with every entry changed and the chain made anew, as a careful cheat does it."""
    read = survey(source)
    out = [read.header.line()]
    for _, entry in read.entries:
        out.append(replace(change(entry), prev=logbook.hash_line(out[-1])).line())
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text("\n".join(out) + "\n", "utf-8")
    return target


def at(moment: Callable[[int], datetime.datetime | str]) -> Callable[[Entry], Entry]:
    def change(entry: Entry) -> Entry:
        when = moment(entry.n)
        return replace(entry, at=when if isinstance(when, str) else when.isoformat())

    return change


def by_hand(source: Path, target: Path, student: str) -> Path:
    """The same work at a pace of the student's own, with attempts that were refused."""
    chance = random.Random(student)
    now = datetime.datetime.fromisoformat(survey(source).header.created)

    def later(_: int) -> datetime.datetime:
        nonlocal now
        now += datetime.timedelta(seconds=2 + round(chance.lognormvariate(2.3, 0.8)))
        return now

    written = rewritten(source, target, at(later))
    refused = {"at": now.isoformat(), "n": 3, "do": "ebank.transfer", "refused": [{"code": "missing", "field": "amount"}]}
    written.with_name(ATTEMPTS).write_text(f"{json.dumps(refused)}\n" * chance.randrange(2, 9))
    return written


@pytest.fixture(scope="module")
def batch(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Six students of e-banking, two of whom have the password of a friend in their logbooks, as a transplant leaves it."""
    top = tmp_path_factory.mktemp("batch") / "submitted"
    for name in ("ann", "ben", "cai", "deng", "eva", "fei"):
        by_hand(worlds.model("ebank", name), top / name / "ebank" / "logbook.jsonl", name)
    return top


def graded(top: Path) -> dict[str, Graded]:
    return {g.report.student: g for g in grade_all(submissions([top]))}


def test_model_students_who_work_at_a_hands_pace_give_no_remark(batch: Path) -> None:
    found = graded(batch)
    assert {s: g.remarks for s, g in found.items()} == dict.fromkeys(found, ())
    assert all(g.traits and g.traits.attempts and g.traits.digests and len(g.traits.gaps) == g.traits.entries - 1 for g in found.values())


def test_a_friends_secrets_and_times_in_a_logbook_are_told_and_cost_nothing(batch: Path, tmp_path: Path) -> None:
    """ben's entries as long after each other as ann's, and ann's password in an entry of ben's that decides nothing."""
    ann, ben = (batch / s / "ebank" / "logbook.jsonl" for s in ("ann", "ben"))
    since = datetime.datetime.fromisoformat(survey(ben).header.created) - datetime.datetime.fromisoformat(survey(ann).header.created)
    times = [datetime.datetime.fromisoformat(e.at) + since for _, e in survey(ann).entries]
    top = tmp_path / "submitted"
    rewritten(ben, top / "ben" / "ebank" / "logbook.jsonl", at(lambda n: times[n - 1]))
    by_hand(ann, top / "ann" / "ebank" / "logbook.jsonl", "ann")
    before, after = graded(batch), graded(top)
    assert {s: codes(g.remarks) for s, g in after.items()} == {"ann": {"same_times"}, "ben": {"same_times"}}
    assert after["ben"].report == before["ben"].report and not after["ben"].report.findings


def alone(tmp_path: Path, change: Callable[[Entry], Entry]) -> set[str]:
    source = worlds.model("ebank", "ann")
    (it,) = grade_all(submissions([rewritten(source, tmp_path / "logbook.jsonl", change)]))
    assert it.report.points == it.report.out_of and not it.report.findings
    return codes(it.remarks)


def test_times_that_no_work_has_are_told(tmp_path: Path) -> None:
    created = datetime.datetime.fromisoformat(survey(worlds.model("ebank", "ann")).header.created)
    minute = datetime.timedelta(minutes=1)
    assert alone(tmp_path, at(lambda n: created + n * minute)) == set()
    assert alone(tmp_path, at(lambda n: created)) == {"too_fast"}
    assert alone(tmp_path, at(lambda n: created + (n % 20) * minute)) == {"times_back"}
    assert alone(tmp_path, at(lambda n: "gestern" if n == 4 else created + n * minute)) == {"no_time"}
    assert alone(tmp_path, at(lambda n: BEGAN.replace(year=2020) + n * minute)) == {"times_before_creation"}


def test_the_command_tells_what_to_look_at_and_its_exit_status_is_no_verdict(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    worlds_ = worlds.model("ebank", "ann")
    assert main(["grade", str(worlds_), "--language", "en"]) == 0
    assert "Too fast for a hand" in capsys.readouterr().out
    assert main(["grade", str(worlds_), "--format", "json"]) == 0
    (told,) = json.loads(capsys.readouterr().out)
    assert [r["code"] for r in told["remarks"]] == ["too_fast"] and told["findings"] == []


def test_hostile_arguments_have_traits_too(tmp_path: Path) -> None:
    """Whatever a changed logbook holds where a field should be, reading its traits raises nothing."""
    rows: list[Any] = [None, 7, [[["x"]]], {"a": {"b": "scrypt:1"}}, [{"item": "一二三四五六七八九"}, 3]]
    source = worlds.model("ebank", "ann")
    it = iter(rows * 20)
    made = rewritten(source, tmp_path / "logbook.jsonl", lambda e: replace(e, arguments={k: next(it) for k in e.arguments}))
    made.with_name(ATTEMPTS).write_bytes(b"\xff\xfe\n[1]\n{}\n" + b"[" * 5000)
    (found,) = grade_all(submissions([made]))
    read = traits(made, survey(made), found.report)
    assert read.digests == {"scrypt:1"} and read.attempts == 1
