"""Whatever a reader of foreign files or a command is given, it takes it or refuses it in words: a sample of what `python -m tests.attacks.fuzz` tries."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.attacks.fuzz.commands import Commands, commands
from tests.attacks.fuzz.harness import CORPUS, ROUND, Outcome, Reader, corpus, run, run_in_rounds, tried
from tests.attacks.fuzz.readers import READERS
from tests.worlds import ROOT

#: What takes milliseconds for one input has its turn in `make test-all`, with a few here.
COSTLY = ("grading", "opening", "class", "record", "parquet", "database", "market")
#: Of fewer inputs nothing can be said: a DuckDB file with a byte turned about is refused nine times out of nine.
FEW = 20


@pytest.mark.whole
def test_a_sample_is_taken_or_refused_in_words() -> None:
    outcome = run([t for t in READERS if t.name not in COSTLY], 700)
    few = run([t for t in READERS if t.name in ("grading", "opening", "class", "record")], 10)
    commanded = run([Commands("email", 1)], 250)
    found = {**outcome.found, **few.found, **commanded.found}
    assert not found, "\n".join(f"{f.key}\n{f.trace}" for f in found.values())


@pytest.mark.parametrize("target", [t for t in READERS if isinstance(t, Reader)], ids=lambda t: t.name)
def test_what_is_turned_about_was_sound(target: Reader) -> None:
    """A sample that the reader has come to refuse, such as a market of an older layout, would leave all behind its first look untried."""
    assert any(not tried(target, data).startswith("refused") for data in target.seeds[:12])


def test_what_goes_wrong_is_kept_as_it_comes_and_an_interrupted_run_goes_on(tmp_path: Path) -> None:
    def read(data: bytes) -> str:
        return str(1 // len(data))

    target = Reader("broken", 1, lambda: [b"a"], lambda chance, seeds: b"a" * chance.randrange(20), read)
    on, kept, told = tmp_path / "outcome.json", tmp_path / "kept", list[int]()

    def interrupted(outcome: Outcome) -> None:
        told.append(outcome.inputs.total())
        if outcome.rounds == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_in_rounds([target], 500, 100, on, kept, interrupted)
    assert [path.read_bytes() for path in (kept / "broken").iterdir()] == [b""]
    whole = run_in_rounds([target], 500, 100, on, kept, interrupted)
    assert told == [100, 200, 300, 400, 500]
    there = run([target], 500)
    assert (whole.inputs, whole.came, [(f.key, f.number, f.times) for f in whole.found.values()]) == (
        there.inputs, there.came, [(f.key, f.number, f.times) for f in there.found.values()])  # fmt: skip


def test_what_was_found_once_is_taken_or_refused_in_words() -> None:
    targets = {t.name: t for t in READERS} | {f"do {path.name.removeprefix('do ')}": None for path in CORPUS.glob("do *")}
    for name, target in targets.items():
        for path in corpus(name):
            tried(target or Commands(name.removeprefix("do "), 1), path.read_bytes())
    assert {p.name for p in CORPUS.iterdir()} <= set(targets)


def test_every_reader_of_foreign_files_is_among_the_targets() -> None:
    """A file that opens, parses or decodes something is named here with the target that tries it, or with why none does."""
    parses = r"(json|tomllib)\.loads?\(|from_(json|toml)\(|csv\.(reader|DictReader)\(|Image\.open\("
    files = r"(?<!def )(?<!_)read_(bytes|text|parquet|json|csv)\(|\.open\((\"r|encoding)"
    opens = re.compile(f"{parses}|{files}" + r"|(sqlite3|duckdb)\.connect\(|load_(pem|der)_|pickle\.loads")
    package = ROOT / "ecomlab"
    readers = {p.relative_to(package).as_posix() for p in package.rglob("*.py") if opens.search(p.read_text("utf-8"))}
    assert readers == set(TRIED) | set(OWN), "name the new reader, and give it a target in tests/attacks/fuzz/readers.py"
    assert set(TRIED.values()) <= {t.name for t in READERS}


#: By file: the target that tries it.
TRIED = {
    "kernel/logbook.py": "logbook", "grading/traits.py": "logbook", "kernel/shelf.py": "snapshot", "kernel/snapshot.py": "snapshot",
    "kernel/keys.py": "seeds", "desk.py": "preferences",
    "books/dataset.py": "parquet", "books/images.py": "picture", "modules/finance/channels.py": "statement", "grading/settings.py": "settings",
    "grading/roster.py": "roster",
    "grading/record.py": "record", "witness/receipts.py": "receipt", "witness/service.py": "witness", "witness/log.py": "witness",
    "classroom/gather.py": "class", "data.py": "market",
    "market/versions.py": "market", "modules/study/own.py": "whose",
    "kernel/mailed.py": "logbook", "cli/edi.py": "edifact", "cli/witness.py": "receipt", "grading/due.py": "timestamp",
}  # fmt: skip
#: By file: why it reads nothing foreign.
OWN = {
    "kernel/foreign.py": "what the others here read by",
    **dict.fromkeys(("course/notebooks.py", "course/studies.py", "edifact/directory.py", "edifact/structure.py", "glossary/__init__.py", "kernel/packages.py",
    "kernel/scenario.py", "market/simulate.py", "cli/new.py", "reports/frames.py", "reports/prepared.py", "widgets/face.py"), "the package's own data"),
    **dict.fromkeys(("bench/classes.py", "bench/market.py", "bench/reports.py", "course/build.py", "export.py", "kernel/database.py", "kernel/dialect.py",
    "kernel/replica.py", "kernel/sqlite_functions.py",
    "widgets/python.py", "market/cluster.py"), "what this process made"),
    "kernel/compiled.py": "beside the compiled modules, and as trusted as they are",
    "kernel/dictionary.py": "writes statements that name files, and opens none",
    "market/answers.py": "what was missed in a market, beside its parameters, which a teacher has",
    "market/questions.py": "the parameters of a market, which a teacher has; what they lack is refused",
    **dict.fromkeys(("modules/email/mime.py", "modules/shop/drawing.py", "modules/b2b/signing.py", "modules/ca/certificates.py"), "what a command has kept"),
    "grading/cluster.py": "what the teacher's own machines send to each other", "grading/workers.py": "what the kernel says of a process",
    "widgets/links.py": "the notebook beside, as plain text in which the code of a task is looked for",
    "grading/gradebook.py": "nbgrader's own gradebook, which nbgrader opens",
    "witness/courier.py": "the answer of the witness that the course names; tests/test_witness.py gives it others",
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.timeout(3_000)
@pytest.mark.parametrize("shard", range(1_000_000 // ROUND))
def test_a_million_inputs_are_taken_or_refused_in_words(shard: int, tmp_path: Path) -> None:
    """What goes wrong is kept in the folder of the test from the moment it is found, and named."""
    targets = [*READERS, *commands()]
    outcome = run(targets, ROUND, seed=0, first=shard * ROUND, keep=tmp_path)
    print("\n".join(outcome.lines()))
    assert not outcome.found, f"kept in {tmp_path}"
    assert outcome.inputs.total() > 0.95 * ROUND
    one = {name for name, came in outcome.came.items() if len(came) == 1 and outcome.inputs[name] >= FEW}
    assert not one, "what each is given is near enough to what it takes"
