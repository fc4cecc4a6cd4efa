"""The witness: it takes who it is from a token, an entry only as the next of one that it holds, and forgets nothing."""

from __future__ import annotations

import datetime
import http.server
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import ecomlab
from ecomlab.cli.main import main
from ecomlab.kernel.logbook import hash_line
from ecomlab.kernel.refusals import Refusal
from ecomlab.lab import Lab
from ecomlab.witness.account import account
from ecomlab.witness.chain import chain_of
from ecomlab.witness.courier import RECEIPTS, Courier
from ecomlab.witness.log import Log, Message, Unknown
from ecomlab.witness.receipts import Receipt, Signer, genuine, public_key
from ecomlab.witness.service import give_token
from tests import golden
from tests.judges import judge

WORLD = hash_line("a header")
NOON = datetime.datetime(2026, 3, 2, 12, tzinfo=datetime.UTC)


def hashes(first: int, last: int, branch: str = "") -> list[str]:
    return [hash_line(f"{branch}{n}") for n in range(first, last + 1)]


def message(first: int, last: int, branch: str = "", prev: str = "", **other: Any) -> Message:
    """Entries `first` to `last` of s1's logbook, on the main line or a branch that leaves it before `first`."""
    before = prev or (hash_line(f"{first - 1}") if first > 1 else WORLD)
    return Message.read({"student": "s1", "world": WORLD, "kernel": "k1", "n": first, "prev": before, "hashes": hashes(first, last, branch), **other})


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Log]:
    """A log whose clock goes on by a minute at each message."""
    times = (NOON + datetime.timedelta(minutes=m) for m in range(1_000))
    made = Log(tmp_path / "witness.db", Signer.kept_in(tmp_path), lambda: next(times))
    yield made
    made.close()


def test_entries_are_held_in_order_and_the_first_time_counts(log: Log) -> None:
    log.accept("s1", message(1, 2))
    log.accept("s1", message(2, 3))  # entry 2 again: it keeps its time
    seen = log.witnessed("s1", WORLD, hashes(1, 3))
    assert [(w.n, w.received) for w in seen] == [(1, NOON), (2, NOON), (3, NOON + datetime.timedelta(minutes=1))]
    assert log.forks("s1", WORLD) == []


def test_an_entry_that_follows_none_that_is_held_is_not_taken(log: Log) -> None:
    log.accept("s1", message(1, 2))
    for ahead in (message(4, 5), message(2, 3, prev=hash_line("something else")), message(1, 1, prev=hash_line("another header"))):
        with pytest.raises(Unknown) as unknown:
            log.accept("s1", ahead)
        assert unknown.value.n == 2
    assert len(log.witnessed("s1", WORLD, hashes(1, 5))) == 2


def test_a_fork_is_evidence_and_no_error(log: Log) -> None:
    """A logbook restored from a backup goes on; both lines stand in the log, and the fork is named."""
    log.accept("s1", message(1, 5))
    log.accept("s1", message(4, 6, branch="b"))
    assert log.forks("s1", WORLD) == [4]
    assert len(log.witnessed("s1", WORLD, hashes(1, 5))) == 5
    assert len(log.witnessed("s1", WORLD, [*hashes(1, 3), *hashes(4, 6, "b")])) == 6


def test_what_was_invented_afterwards_was_never_witnessed(log: Log) -> None:
    log.accept("s1", message(1, 5))
    assert len(log.witnessed("s1", WORLD, [*hashes(1, 2), *hashes(3, 5, "invented")])) == 2
    assert log.witnessed("s2", WORLD, hashes(1, 5)) == []


def test_nobody_sends_for_somebody_else(log: Log) -> None:
    with pytest.raises(Refusal, match="belongs to s1"):
        log.accept("s2", message(1, 1))


def test_the_log_changes_and_forgets_nothing(log: Log, tmp_path: Path) -> None:
    log.accept("s1", message(1, 2))
    with sqlite3.connect(tmp_path / "witness.db") as other:
        for sql in ("update entry set received = '2020'", "delete from entry", "update receipt set n = 9", "delete from receipt"):
            with pytest.raises(sqlite3.IntegrityError, match="witness"):
                other.execute(sql)
    assert (tmp_path / "witness.db").stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "witness.key").stat().st_mode & 0o777 == 0o600


WRONG: list[dict[str, Any]] = [
    {"n": 0}, {"n": True}, {"n": 10**9}, {"hashes": []}, {"hashes": ["x"]}, {"hashes": "abc"}, {"hashes": ["0" * 32] * 2_001},
    {"kernel": "a b"}, {"student": ""}, {"student": None}, {"world": 3}, {"prev": "Z" * 32}, {"more": 1},
]  # fmt: skip


@pytest.mark.parametrize("wrong", WRONG, ids=str)
def test_a_malformed_message_is_refused_in_words(wrong: dict[str, Any]) -> None:
    with pytest.raises(Refusal) as refused:
        message(1, 1, **wrong)
    assert refused.value.code == "malformed_message" and refused.value.text.zh and refused.value.text.en


def test_openssl_finds_a_receipt_genuine_and_a_changed_one_not(log: Log, tmp_path: Path) -> None:
    receipt = log.accept("s1", message(1, 2))
    openssl = judge("openssl")
    (tmp_path / "signature").write_bytes(bytes.fromhex(receipt.signature))

    def verdict(signed: bytes) -> bool:
        (tmp_path / "signed").write_bytes(signed)
        command = [openssl, "pkeyutl", "-verify", "-pubin", "-inkey", tmp_path / "witness.pub", "-rawin", "-in", tmp_path / "signed"]
        return subprocess.run([*command, "-sigfile", tmp_path / "signature"], capture_output=True).returncode == 0

    assert verdict(receipt.signed()) and genuine(receipt, public_key(tmp_path / "witness.pub"))
    for changed in ({"n": 3}, {"user": "s2"}, {"received": "2020-01-01"}, {"hash": "0" * 32}):
        forged = Receipt(**{**json.loads(receipt.line()), **changed})
        assert not verdict(forged.signed()) and not genuine(forged, public_key(tmp_path / "witness.pub"))


# --- as a process, with a student's kernel ---


class Running:
    """A witness as a process of its own."""

    def __init__(self, folder: Path, **environment: str):
        self.folder = folder
        command = [sys.executable, "-m", "ecomlab", "witness", "serve", "--folder", str(folder), "--port", "0"]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env={**os.environ, **environment})
        assert self.process.stdout
        self.url = self.process.stdout.readline().strip()

    def post(self, body: bytes, token: str) -> tuple[int, Any]:
        request = urllib.request.Request(f"{self.url}append", body, {"Authorization": f"token {token}"})
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as error:
            return error.code, json.load(error)

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(10)


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Callable[..., Running]]:
    made: list[Running] = []

    def start(folder: Path | None = None, **environment: str) -> Running:
        made.append(Running(folder or tmp_path / "witness", **environment))
        return made[-1]

    yield start
    for one in made:
        one.stop()


def until(true: Callable[[], object], seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not come about"
        time.sleep(0.05)


def register(lab: Lab, name: str) -> None:
    lab.email.register(user_name=name, full_name="王蕾", password="Tea-house-7", confirm="Tea-house-7")


def two_entries(lab: Lab) -> None:
    register(lab, "wang.lei")
    lab.email.sign_in(address="wang.lei@ecomlab.test", password="Tea-house-7")


def opened(folder: Path, monkeypatch: pytest.MonkeyPatch, url: str, token: str) -> Lab:
    monkeypatch.setenv("ECOMLAB_WITNESS", url)
    monkeypatch.setenv("ECOMLAB_WITNESS_TOKEN", token)
    return ecomlab.open(folder, student="s1", scenario="email")


def test_a_kernels_entries_are_witnessed_while_it_works_and_the_teacher_reads_when(
    tmp_path: Path, running: Callable[..., Running], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    witness = running()
    lab = opened(tmp_path / "s1", monkeypatch, witness.url, give_token(witness.folder, "s1"))
    two_entries(lab)
    assert lab.courier
    until(lambda: lab.courier and lab.courier.n == 2)
    lab.courier.close()
    log = Log(witness.folder / "witness.db")
    told = account(log, lab.world.path, "s1")
    assert (told.entries, told.witnessed, told.kernels, told.forks) == (2, 2, 1, ()) and told.share == 1
    assert account(log, lab.world.path, "s2").witnessed == 0
    assert main(["witness", "verify", str(tmp_path / "s1"), "--folder", str(witness.folder), "--language", "en"]) == 0
    assert "receipts hold, 0 do not" in capsys.readouterr().out
    receipts = (tmp_path / "s1" / RECEIPTS).read_text("utf-8")
    (tmp_path / "s1" / RECEIPTS).write_text(receipts.replace('"n":2', '"n":1'), "utf-8")
    assert main(["witness", "verify", str(tmp_path / "s1"), "--folder", str(witness.folder)]) == 1


def test_a_witness_that_cannot_be_reached_stops_nobody_and_is_told_later(
    tmp_path: Path, running: Callable[..., Running], monkeypatch: pytest.MonkeyPatch
) -> None:
    lab = opened(tmp_path / "s1", monkeypatch, "http://127.0.0.1:9/", "nobody")
    two_entries(lab)
    assert lab.courier
    until(lambda: lab.courier and lab.courier.trouble)
    lab.courier.close()
    witness = running()
    courier = Courier(lab.world.path, witness.url, give_token(witness.folder, "s1"))
    until(lambda: courier.n == 2)
    courier.close()
    witness.stop()
    again = running(tmp_path / "another log")  # the old one is lost: the new one is told everything
    second = Courier(lab.world.path, again.url, give_token(again.folder, "s1"))
    chain = chain_of(lab.world.path)
    until(lambda: len(Log(again.folder / "witness.db").witnessed("s1", chain.world, chain.hashes)) == 2)
    second.close()


def test_who_sends_is_told_by_the_token_and_nothing_else(tmp_path: Path, running: Callable[..., Running]) -> None:
    witness = running()
    body = json.dumps({"student": "s1", "world": WORLD, "kernel": "k1", "n": 1, "prev": WORLD, "hashes": hashes(1, 1)}).encode()
    assert witness.post(body, "guessed")[0] == 403
    assert witness.post(body, give_token(witness.folder, "s2"))[1]["code"] == "not_your_logbook"
    token = give_token(witness.folder, "s1")
    assert witness.post(body, token)[0] == 200
    assert witness.post(b"{", token) == (400, {"code": "malformed_message", "zh": "不是 JSON", "en": "no JSON"})
    assert witness.post(b"[" * 100_000, token)[0] == 400
    assert token not in (witness.folder / "tokens.json").read_text("utf-8")


def test_on_a_hub_the_hub_tells_who_it_is(running: Callable[..., Running]) -> None:
    """The hub's REST API answers `GET /user` for the token; a token of a service is nobody's."""

    class Hub(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            known = {"token of-s1": {"kind": "user", "name": "s1"}, "token of-a-service": {"kind": "service", "name": "s1"}}
            found = known.get(self.headers["Authorization"])
            self.send_response(200 if found and self.path == "/hub/api/user" else 403)
            self.end_headers()
            self.wfile.write(json.dumps(found or {}).encode())

        def log_message(self, *_: object) -> None: ...

    hub = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Hub)
    threading.Thread(target=hub.serve_forever, daemon=True).start()
    witness = running(JUPYTERHUB_API_URL=f"http://127.0.0.1:{hub.server_port}/hub/api", JUPYTERHUB_SERVICE_PREFIX="/services/witness/")
    assert witness.url.endswith("/services/witness/")
    body = json.dumps({"student": "s1", "world": WORLD, "kernel": "k1", "n": 1, "prev": WORLD, "hashes": hashes(1, 1)}).encode()
    assert witness.post(body, "of-s1")[0] == 200
    assert witness.post(body, "of-a-service")[0] == 403 and witness.post(body, "other")[0] == 403
    hub.shutdown()
    hub.server_close()
    assert witness.post(body, "not seen yet")[0] == 503


def test_a_logbook_that_was_changed_after_it_was_witnessed_is_a_fork(tmp_path: Path, running: Callable[..., Running], monkeypatch: pytest.MonkeyPatch) -> None:
    """Work thrown away and done again otherwise, as somebody would who takes another's logbook over: both versions are in the log."""
    witness = running()
    token = give_token(witness.folder, "s1")
    lab = opened(tmp_path / "s1", monkeypatch, witness.url, token)
    assert lab.courier
    kept = tmp_path / "kept.jsonl"
    shutil.copyfile(lab.world.path, kept)
    two_entries(lab)
    until(lambda: lab.courier and lab.courier.n == 2)
    lab.courier.close()
    shutil.copyfile(kept, tmp_path / "s1" / "logbook.jsonl")
    again = opened(tmp_path / "s1", monkeypatch, witness.url, token)
    register(again, "li.na")
    assert again.courier
    until(lambda: again.courier and again.courier.n == 1)
    again.courier.close()
    told = account(Log(witness.folder / "witness.db"), again.world.path, "s1")
    assert told.witnessed == told.entries == 1 and told.forks == (1,) and told.kernels == 1


def test_a_course_may_demand_it_and_then_what_nobody_saw_earns_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A model student's logbook of which the witness saw the first four entries, or all."""
    submitted = tmp_path / "submitted" / "golden" / "email"
    submitted.mkdir(parents=True)
    shutil.copyfile(golden.FOLDER / "email.jsonl", submitted / "logbook.jsonl")
    chain = chain_of(submitted / "logbook.jsonl")
    (tmp_path / "course.toml").write_text("witnessed = 0.9\n", "utf-8")
    command = ["grade", str(tmp_path / "submitted"), "--witness", str(tmp_path / "witness"), "--settings", str(tmp_path / "course.toml"), "--format", "json"]
    points = {}
    signer = Signer.kept_in(tmp_path / "witness")
    for seen in (4, len(chain.hashes)):
        log = Log(tmp_path / "witness" / "witness.db", signer)
        log.accept("golden", Message("golden", chain.world, "k1", 1, chain.world, tuple(chain.hashes[:seen])))
        log.close()
        status = main(command)
        (told,) = json.loads(capsys.readouterr().out)
        assert told["witness"]["witnessed"] == seen and told["witness"]["entries"] == len(chain.hashes) == told["entries"] + len(chain.hashes) - seen
        assert status == (1 if seen == 4 else 0) and [f["code"] for f in told["findings"]] == (["not_witnessed"] if seen == 4 else [])
        points[seen] = told["points"]
    assert 0 < points[4] < points[len(chain.hashes)] == 12
    for wrong in ("witnessed = 2", "witnessed = true", "seen = 1", "witnessed ="):
        (tmp_path / "course.toml").write_text(wrong, "utf-8")
        assert main(command) == 2
    assert main(["grade", str(tmp_path / "submitted"), "--witness", str(tmp_path / "nowhere")]) == 2


def test_who_handed_in_nothing_has_nothing_of_which_a_witness_could_tell(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for student in ("golden", "nobody"):
        (tmp_path / "submitted" / student / "email").mkdir(parents=True)
    shutil.copyfile(golden.FOLDER / "email.jsonl", tmp_path / "submitted" / "golden" / "email" / "logbook.jsonl")
    Log(tmp_path / "witness" / "witness.db", Signer.kept_in(tmp_path / "witness")).close()
    main(["grade", str(tmp_path / "submitted"), "--witness", str(tmp_path / "witness"), "--language", "en"])
    said = capsys.readouterr().out
    assert "golden email: entries, none of them witnessed: 8\nnobody email: no logbook of which a witness could tell\n" in said


ELSEWHERE = [b"", b"<html>", b"[]", b"7", b"{}", b"[" * 90_000, b'{"n":1}', b'{"user":"s1","world":"x","n":-1,"hash":"","received":"","key":"","signature":""}']


@pytest.mark.parametrize("status", [200, 409, 500])
def test_whatever_else_answers_at_the_address_is_no_receipt_and_in_nobodys_way(tmp_path: Path, status: int) -> None:
    """A proxy, or a portal that asks for a sign-in: nothing is taken for a receipt, nothing is asked over and over, and the thread lives."""
    answers = iter(ELSEWHERE)

    class Portal(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(status)
            self.end_headers()
            self.wfile.write(next(answers))

        def log_message(self, *_: object) -> None: ...

    portal = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Portal)
    threading.Thread(target=portal.serve_forever, daemon=True).start()
    path = Path(shutil.copy(golden.FOLDER / "email.jsonl", tmp_path / "logbook.jsonl"))
    courier = Courier(path, f"http://127.0.0.1:{portal.server_port}", "token")
    courier.close()
    answers = iter(ELSEWHERE)
    for _ in ELSEWHERE:
        assert courier.bring() == 0 and courier.trouble
    assert next(answers, None) is None, "each was asked once"
    assert not (tmp_path / RECEIPTS).exists()
    portal.shutdown()
    portal.server_close()
