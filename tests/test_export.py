"""What we write for others, read by others: hledger, beancount, openssl, mail readers."""

from __future__ import annotations

import csv
import json
import mailbox
import subprocess
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ecomlab.books import ledger
from ecomlab.export import export, export_state
from ecomlab.kernel.state import State
from ecomlab.lab import Lab

from . import worlds
from .judges import judge
from .test_ca import noon
from .test_email import WORDS


@pytest.fixture
def exported(played: Callable[..., Lab], tmp_path: Path) -> tuple[Lab, Path]:
    lab = played("ebank")
    export(lab.world.path, tmp_path / "out")
    return lab, tmp_path / "out"


def run(*command: str, cwd: Path) -> str:
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_hledger_accepts_the_books_and_computes_the_same_balances(exported: tuple[Lab, Path]) -> None:
    lab, folder = exported
    hledger = judge("hledger")
    run(hledger, "-f", "ledger.hledger", "check", "--strict", "ordereddates", cwd=folder)
    printed = run(hledger, "-f", "ledger.hledger", "balance", "--flat", "--no-elide", "--empty", "-O", "csv", cwd=folder)
    theirs = sorted(Decimal(row[1].split()[0]) for row in list(csv.reader(printed.splitlines()))[1:] if row[0] != "total" and row[0] != "Total:")
    ours = sorted(r.debit - r.credit for r in ledger.trial_balance(lab.world.state.look))
    assert theirs == ours and len(ours) > 20


def test_beancount_accepts_the_books(exported: tuple[Lab, Path]) -> None:
    assert run(judge("bean-check"), "ledger.beancount", cwd=exported[1]) == ""


@pytest.fixture(scope="module")
def state() -> Iterator[State]:
    made = worlds.fresh_state()
    yield made
    made.close()


#: What the journals give a meaning to of their own, beside any letters.
MARKED = st.text(st.one_of(st.sampled_from("\\\";|#^*!(@=\n \t'{}"), WORDS.map(lambda t: t[0])), min_size=1, max_size=30).map(str.strip).filter(bool)


@settings(max_examples=worlds.examples(4, 12), deadline=None)
@given(texts=st.lists(MARKED, min_size=15, max_size=15))
@example(texts=["Foo\\", "C:\\new", 'say "hi"', 'ends in "', "a;b|c", "line\nline", "\\", '\\"', "(1) x", "| y", "* z", "转账；备注"])
def test_texts_survive_in_both_journals(state: State, tmp_path_factory: pytest.TempPathFactory, texts: list[str]) -> None:
    """To the letter in beancount; in hledger but for the semicolon and the line break, which it cannot hold."""
    from beancount import loader
    from beancount.core.data import Transaction

    folder = tmp_path_factory.mktemp("books")
    with worlds.at_work(state) as do:
        for text in texts:
            ledger.post(do, "transfer", text, [ledger.Line("X-1", ledger.CASH, Decimal(1)), ledger.Line("X-1", ledger.CAPITAL, Decimal(-1))])
        export_state(do, folder)
    entries, errors, _ = loader.load_file(str(folder / "ledger.beancount"))
    assert errors == [] and run(judge("bean-check"), "ledger.beancount", cwd=folder) == ""
    assert [e.narration for e in entries if isinstance(e, Transaction)][-len(texts) :] == texts
    printed = json.loads(run(judge("hledger"), "-f", "ledger.hledger", "print", "-O", "json", cwd=folder))
    told = {t["tcode"]: t["tdescription"] for t in printed}
    assert list(told.values())[-len(texts) - 1 : -1] == [text.replace(";", "；").replace("\n", " ") for text in texts]


def test_openssl_verifies_every_exported_certificate(exported: tuple[Lab, Path]) -> None:
    lab, folder = exported
    found = sorted(p.name for p in (folder / "certificates").glob("CA-*.pem"))
    printed = run(
        judge("openssl"), "verify", "-attime", noon(lab.day), "-CAfile", "ca.pem", "-crl_check_all", "-CRLfile", "crl.pem", *found,
        cwd=folder / "certificates",
    )  # fmt: skip
    assert printed.split() == [word for name in found for word in (f"{name}:", "OK")] and len(found) >= 4


def test_mailboxes_open_elsewhere(exported: tuple[Lab, Path]) -> None:
    lab, folder = exported
    boxes = {p.stem: len(mailbox.mbox(p)) for p in (folder / "mail").glob("*.mbox")}
    held = {r.mailbox: r.n for r in lab.world.state.look.all("select mailbox, count(*) as n from mail_item where folder <> 'destroyed' group by mailbox")}
    assert {k: v for k, v in boxes.items() if v} == held
