"""The market of one student's assignment: how large it is, from which seed, and what is true in it."""

from __future__ import annotations

import functools
import hashlib
import json
import shutil
import tempfile
from importlib import util
from pathlib import Path
from typing import Any

from ...kernel.foreign import from_json
from ...kernel.refusals import refusal

#: What the seed of the market is withheld under, and the size for which the tolerances of the questions are frozen.
NAME, ORDERS = "market", 100_000
#: The questions of the assignment, by the code of their task. Each is told from the parameters without a library for estimating.
ASKED = {
    f"STUDY{n:03d}": name
    for n, name in enumerate(
        (
            "purchase_rate", "still_alive", "next_line", "price_elasticity", "usual_elasticity", "best_price", "coupon_lift", "wanted", "return_share",
            "days_for_most", "never_paid", "brought_by_search",
        ),
        1,
    )
}  # fmt: skip
#: Where the markets of a class lie: a variable of the environment that names the folder.
MARKETS = "ECOMLAB_MARKETS"
#: Beside the tables of a set: whose it is, and a mark by which whoever has the key knows that it is theirs.
WHOSE = "whose.json"

NO_FOLDER_NAME = refusal(
    "student_no_folder", "学号“{student}”不能用作文件夹名。请改用只含字母、数字、“-”和“_”的学号。",
    "The student id {student} cannot be the name of a folder. Use an id of letters, digits, “-” and “_”.",
)  # fmt: skip
NO_OWN_MARKET = refusal(
    "no_own_market", "“{path}”里还没有你的市场。请向老师索取，放到那里后重试；或者请老师设置 ECOMLAB_MARKETS。",
    "Your market is not in {path} yet. Ask your instructor for it and lay it there, or ask for ECOMLAB_MARKETS to be set; then try again.",
)  # fmt: skip
NEEDS_LAB = refusal(
    "judging_needs_lab", "评判市场问题的答案需要 {library}，但它没有安装。请运行 {install}，再评分。",
    "To judge answers about a market, {library} is needed, which is not installed. Run {install}, then grade again.",
)  # fmt: skip
OTHERS_MARKET = refusal(
    "others_market", "“{path}”里的市场不是为“{student}”在本课程生成的。请换成自己的，或删除后重新生成。",
    "The market in {path} was not made for {student} in this course. Take the one that is, or delete it and make it again.",
)  # fmt: skip


def place(folder: Path, student: str) -> Path:
    """Where a student's market lies below the folder of the class. Refuses 'student_no_folder'."""
    if not student or Path(student).name != student or student.startswith("."):
        raise NO_FOLDER_NAME("student", student=student[:40])
    return folder / student


def make(there: Path, student: str, seed: str) -> None:
    """Makes a student's market in that folder, of that seed (`keys.withheld`); finishes one that was begun, and leaves one that is there as it is.

    Its truth is written nowhere. Refuses 'others_market' for one of another key, and whatever else lies there.
    """
    from ...market.simulate import MANIFEST, simulate

    if (there / MANIFEST).exists():
        check(there, student, seed)
        return
    simulate(ORDERS, seed, there)
    (there / WHOSE).write_text(json.dumps({"student": student, "mark": _mark(seed)}, ensure_ascii=False) + "\n", "utf-8")


def check(there: Path, student: str, seed: str | None = None) -> Path:
    """The folder of a market that is this student's, and of this seed where that is known. Refuses 'no_own_market' and 'others_market'."""
    if not there.is_dir():
        raise NO_OWN_MARKET("folder", path=there)
    try:
        said = from_json((there / WHOSE).read_text("utf-8"))
        ours = said["student"] == student and (not seed or said["mark"] == _mark(seed))
    except (OSError, ValueError, KeyError, TypeError):
        ours = False
    if not ours:
        raise OTHERS_MARKET("folder", path=there, student=student)
    return there


def _mark(seed: str) -> str:
    """From a mark no seed follows."""
    return hashlib.sha256(f"whose market: {seed}".encode()).hexdigest()[:16]


@functools.lru_cache(maxsize=8)
def truths(seed: str) -> dict[str, float]:
    """What is true in the market of this seed, by question. It is made for this, in some seconds, and thrown away. Refuses 'judging_needs_lab'."""
    if lacking := [library for library in ("numpy", "pandas") if util.find_spec(library) is None]:
        raise NEEDS_LAB(library=lacking[0], install="pip install 'ecomlab[lab]'")
    from ...market.questions import QUESTIONS, read_truth
    from ...market.simulate import simulate

    folder = Path(tempfile.mkdtemp(prefix="ecomlab-market-"))
    try:
        simulate(ORDERS, seed, folder / "data", folder / "truth")
        data, known = _Bare(folder / "data"), read_truth(folder / "truth")
        found = {name: float(QUESTIONS[name].truth(known, data)) for name in ASKED.values()}
        data.look.close()
        return found
    finally:
        shutil.rmtree(folder, ignore_errors=True)


class _Bare:
    """A set as far as questions look at it: SQL, and its first day and its last."""

    def __init__(self, folder: Path):
        from ...books.dataset import DataSet
        from ...kernel import dictionary

        self.look = DataSet.of(folder, dictionary.of("market"))
        self.start, self.end = self.look.start, self.look.day

    @property
    def day(self) -> Any:
        return self.end

    def sql(self, query: str, **parameters: Any) -> Any:
        from ...kernel import sql

        return sql.ask(self.look, query, self.end, parameters)


def worth(question: str, answer: float, seed: str) -> str:
    """What an answer about the market of this seed is worth: "right", "near" or "off"."""
    from ...market.questions import QUESTIONS

    return QUESTIONS[question].judge(answer, truths(seed)[question])
