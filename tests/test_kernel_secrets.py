"""What a person types as a password or PIN is nowhere to be found afterwards."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Callable
from pathlib import Path

import pytest

import ecomlab
from ecomlab.grading import Report, grade
from ecomlab.kernel import secrets
from ecomlab.kernel.command import COMMANDS
from ecomlab.kernel.secrets import Issued, derive, digest_secret, same_secret
from ecomlab.lab import Lab
from tests import worlds
from tests.worlds import refused

SEED = "ab" * 32
PASSWORD = "Zebra-Quartz-77"


def everything_about(lab: Lab, report: Report) -> str:
    """All that a world keeps or shows: files, tables, representations, the grader's report."""
    files = "".join(p.read_text("utf-8", "replace") for p in lab.world.folder.rglob("*") if p.is_file())
    state = lab.world.state
    tables = "".join(str(state.look.all(f'from "{t}"')) for t in state.database.tables())
    shown = "".join(repr(x) for x in (lab, lab.logbook(), state.done, lab.world.entries, lab.sessions(), lab.world.notices, report))
    return files + tables + shown


def test_a_password_that_is_typed_is_kept_nowhere(lab: Callable[..., Lab]) -> None:
    world = lab("email")
    address = world.email.register(user_name="zebra.fan", full_name="Z", password=PASSWORD, confirm=PASSWORD)
    world.email.sign_in(address, PASSWORD)
    wrong = refused(world.email.sign_in, address, PASSWORD + "x")
    differ = refused(world.email.register, user_name="other", full_name="Z", password=PASSWORD, confirm=PASSWORD + "x")
    weak = refused(world.email.register, user_name=PASSWORD, full_name="Z", password="Quartz", confirm="Quartz")
    assert (wrong.code, {p.code for p in differ.problems}) == ("wrong_password", {"secrets_differ"})
    assert {(p.code, p.field) for p in weak.problems} >= {("password_weak", "password")}
    kept = everything_about(world, grade(world.world.path)) + repr((wrong, differ, weak, differ.problems))
    assert PASSWORD not in kept and PASSWORD.lower() not in kept
    assert PASSWORD in Path(__file__).read_text("utf-8"), "the search itself works"


#: In these no task asks for a password or a PIN.
NOTHING_TYPED = {"analytics", "concepts", "market", "teaching"}


@pytest.mark.parametrize("scenario", worlds.each_scenario("ca", "ebank", "b2c"))
def test_no_secret_of_the_model_student_is_kept_anywhere(scenario: str) -> None:
    lab = worlds.looked_at(scenario)
    kept = {(p.ask.purpose, d.arguments[p.name]) for d in lab.world.state.done for p in COMMANDS[d.do].params if p.kind == "secret"}
    assert bool(kept) == (scenario not in NOTHING_TYPED)
    assert all(digest.startswith("pin:" if secrets.is_pin(purpose) else ("scrypt:", "hmac:")) for purpose, digest in kept)
    player = lab.player()
    typed = [player.password(n) for n in ("mailbox", "corporate", "personal", "merchant")]
    typed += [player.pin(n) for n in ("corporate", "personal", "merchant")]
    kept = everything_about(lab, worlds.report(scenario))
    for word in typed:
        # six digits may stand in a digest or a number by chance; a PIN would stand by itself
        assert (word not in kept) if len(word) > 6 else not any(f"{q}{word}{q}" in kept for q in "'\""), word


def test_issued_secrets_are_kept_as_labels_and_told_only_in_the_letter(played: Callable[..., Lab]) -> None:
    lab = played("ca")
    [stored] = {r[0] for r in lab.sql("select secret from access where realm = 'ca.download'").fetchall()}
    assert stored.startswith("issued:certificate/")
    plain = Issued(stored.removeprefix("issued:")).plain(lab.world.header.seed)
    told = [d for d in lab.world.state.done if plain in repr(d.result)]
    assert {d.do for d in told} == {"email.read"}
    tables = "".join(str(lab.world.state.look.all(f'from "{t}"')) for t in lab.world.state.database.tables())
    assert plain not in tables + lab.world.path.read_text("utf-8")


def test_the_digest_is_scrypt_as_its_rfc_says() -> None:
    """RFC 7914, section 12, holds for the library; ours adds the salt of seed and purpose."""
    vector = hashlib.scrypt(b"pleaseletmein", salt=b"SodiumChloride", n=16384, r=8, p=1, dklen=64).hex()
    assert vector.startswith("7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2")
    salt = hmac.new(bytes.fromhex(SEED), b"salt:email.password", "sha512").digest()[:16]
    mine = "scrypt:" + hashlib.scrypt(PASSWORD.encode(), salt=salt, n=2**14, r=8, p=1, dklen=32).hex()
    assert digest_secret(SEED, "email.password", PASSWORD) == mine
    assert secrets.DIGEST.fullmatch(mine)


def test_a_digest_opens_one_purpose_in_one_world() -> None:
    digests = {digest_secret(seed, purpose, PASSWORD) for seed in (SEED, "cd" * 32) for purpose in ("email.password", "ebank.password")}
    assert len(digests) == 4
    stored = digest_secret(SEED, "email.password", PASSWORD)
    assert same_secret(SEED, "email.password", stored, stored)
    assert not same_secret(SEED, "email.password", stored, digest_secret(SEED, "email.password", PASSWORD + " "))


def test_comparing_is_left_to_the_constant_time_comparison(monkeypatch: pytest.MonkeyPatch) -> None:
    compared = []
    monkeypatch.setattr(secrets.hmac, "compare_digest", lambda a, b: (compared.append((a, b)), a == b)[1])
    for given in ("scrypt:" + "0" * 64, "scrypt:" + "1" * 64, "issued:a"):
        same_secret(SEED, "p", "scrypt:" + "0" * 64, given)
        same_secret(SEED, "p", "issued:a", given)
    assert len(compared) == 6 and all(isinstance(a, bytes) and isinstance(b, bytes) for a, b in compared)


def test_an_issued_secret_opens_when_its_text_is_typed() -> None:
    issued = Issued("certificate/ca-0417-0001/1")
    typed = digest_secret(SEED, "ca.download", issued.plain(SEED))
    assert same_secret(SEED, "ca.download", issued.stored(), typed)
    assert same_secret(SEED, "ca.download", issued.stored(), issued.stored())
    assert not same_secret(SEED, "ca.download", Issued("certificate/ca-0417-0001/2").stored(), typed)
    assert not same_secret("cd" * 32, "ca.download", issued.stored(), typed)
    assert issued.plain(SEED) not in repr(issued) + issued.stored()


def test_issued_secrets_pass_the_rules_for_new_ones_in_every_world() -> None:
    ambiguous = set("01OIl")
    for k in range(300):
        seed = hashlib.sha256(str(k).encode()).hexdigest()
        password, pin = Issued("password/x").plain(seed), Issued("pin/x").plain(seed)
        assert len(password) == 14 and password.count("-") == 2
        assert any(c.isalpha() for c in password) and any(c.isdigit() for c in password) and not ambiguous & set(password)
        steps = {int(b) - int(a) for a, b in zip(pin, pin[1:], strict=False)}
        assert len(pin) == 6 and pin.isdigit() and steps not in ({0}, {1}, {-1})


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("", "missing"),
        (None, "missing"),
        ("short7", "password_weak"),
        ("onlyletters", "password_weak"),
        ("12345678", "password_weak"),
        ("x1" * 33, "password_weak"),
        ("x1" * 200, "secret_format"),
        (12345678, "secret_format"),
        (["Passw0rd"], "secret_format"),
    ],
    ids=lambda v: str(v)[:16],
)
def test_weak_passwords_are_refused_at_their_field(mail: Lab, password: object, code: str) -> None:
    said = refused(mail.email.register, user_name="abc", full_name="x", password=password, confirm=password)
    assert (code, "password") in {(p.code, p.field) for p in said.problems}


def test_every_bad_field_is_named_at_once(mail: Lab) -> None:
    said = refused(mail.email.register, user_name="", full_name="a\nb", password="weak", confirm="other")
    assert {(p.field, p.code) for p in said.problems} == {
        ("user_name", "text_empty"), ("full_name", "text_one_line"), ("password", "password_weak"), ("confirm", "secrets_differ")
    }  # fmt: skip


def test_a_logbook_cannot_smuggle_a_plain_secret_in(mail: Lab) -> None:
    command = COMMANDS["email.sign_in"]
    for secret in (PASSWORD, "scrypt:xyz", "issued:" + "x" * 200, "issued:Ä"):
        assert refused(command.parse, {"address": "a@b.test", "password": secret}).code == "secret_format"


def test_derivations_are_separate_and_steady() -> None:
    """A change here changes every world of every class."""
    assert derive(SEED, "mark", 8).hex() == hmac.new(bytes.fromhex(SEED), b"mark", "sha512").digest()[:8].hex()
    assert len({derive(SEED, label) for label in ("mark", "salt:mark", "stream:mark", "issued:mark")}) == 4


def test_many_sign_ins_cost_one_digest_in_replay(lab: Callable[..., Lab], monkeypatch: pytest.MonkeyPatch) -> None:
    world = lab("lgs")
    carrier = world.look.value("select name from access where realm = 'lgs.password' and secret = 'issued:password/carrier'")
    for _ in range(3):
        assert refused(world.lgs.sign_in, carrier, PASSWORD).code == "wrong_password"
    secrets._digest_issued.cache_clear()
    digested = []
    scrypt = secrets._scrypt
    monkeypatch.setattr(secrets, "_scrypt", lambda *a: (digested.append(a), scrypt(*a))[1])
    ecomlab.open(world.world.folder)
    assert len(digested) == 1


def test_of_a_pin_too_little_is_kept_to_find_it_and_enough_to_refuse_a_slip() -> None:
    """Every remainder stands for a thousand PINs at least; one wrong digit, or two that changed places, never gives the same."""
    shared = [0] * secrets.PIN_MODULUS
    for pin in range(10**6):
        shared[pin % secrets.PIN_MODULUS] += 1
    assert min(shared) >= 1000
    kept = digest_secret(SEED, "ebank.pin", "480917")
    assert kept == digest_secret("cd" * 32, "ebank.pin", "480917"), "another world tells nothing more"
    for i in range(6):
        slips = ["480917"[:i] + d + "480917"[i + 1 :] for d in "0123456789"]
        for j in range(i):
            digits = list("480917")
            digits[i], digits[j] = digits[j], digits[i]
            slips.append("".join(digits))
        assert [s for s in slips if same_secret(SEED, "ebank.pin", kept, digest_secret(SEED, "ebank.pin", s))] in (["480917"], [])


@pytest.mark.parametrize(("purpose", "label", "other"), [("ebank.pin", "pin/corporate", "480917"), ("ca.download", "certificate/ca-0417-0001/1", PASSWORD)])
def test_an_issued_secret_of_a_logbook_of_before_still_opens(purpose: str, label: str, other: str) -> None:
    """They were scrypt digests, all of them."""
    issued = Issued(label)
    assert same_secret(SEED, purpose, issued.stored(), secrets._scrypt(SEED, purpose, issued.plain(SEED)))
    assert not same_secret(SEED, purpose, issued.stored(), secrets._scrypt(SEED, purpose, other))


def test_only_what_looks_like_an_issued_secret_is_digested_fast(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of those the seed beside the digest tells as much; of a password that somebody thinks up it tells nothing."""
    monkeypatch.setattr(secrets, "_scrypt", lambda *of: "scrypt:slow")
    issued = Issued("password/carrier").plain(SEED)
    kept = digest_secret(SEED, "lgs.password", issued)
    assert re.fullmatch("hmac:[0-9a-f]{64}", kept) and secrets.DIGEST.fullmatch(kept) and issued not in kept
    assert len({kept, digest_secret("cd" * 32, "lgs.password", issued), digest_secret(SEED, "c2c.password", issued)}) == 3
    for typed in (PASSWORD, issued[:-1], f"{issued}x", issued.replace("-", ""), f"{issued}\n", issued.lower() + "l", "Abcd-efgh-ijkl", "-".join("abcd"), ""):
        assert digest_secret(SEED, "lgs.password", typed) == "scrypt:slow", typed
    for k in range(300):
        assert secrets._ISSUED.fullmatch(Issued(f"password/{k}").plain(SEED))
