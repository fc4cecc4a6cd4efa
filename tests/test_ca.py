"""The certification authority, held against RFC 5280 by openssl itself."""

from __future__ import annotations

import datetime
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from asn1crypto import pem
from asn1crypto.x509 import Certificate
from cryptography.hazmat.primitives.serialization import Encoding
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from stdnum.cn.uscc import calc_check_digit

from ecomlab import Refusal
from ecomlab.books.cast import own_company, own_person
from ecomlab.lab import Lab
from ecomlab.modules import ca
from ecomlab.modules.ca.authority import make_certificate

from . import worlds
from .each import each
from .judges import judge
from .test_email import WORDS


@pytest.fixture
def office(acting: Callable[..., Lab]) -> Lab:
    """A world whose student has a mailbox and has applied for a certificate."""
    return acting("ca", "CA001")


def applied(lab: Lab, **change: str) -> dict[str, str]:
    own, me = own_company(lab.world.state.look), own_person(lab.world.state.look)
    form = {
        "kind": "enterprise", "common_name": me.name, "mailbox": me.mailbox, "province": own.province, "city": own.city,
        "organization": own.name, "uscc": own.uscc,
    }  # fmt: skip
    return form | change


def number_and_password(lab: Lab) -> tuple[str, str]:
    number = lab.world.state.look.value("select max(number) from certificate")
    return number, ca.download_password(lab.world.state.look, number).plain(lab.world.header.seed)


def openssl(*arguments: str, cwd: Path, text: str | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run([judge("openssl"), *arguments], cwd=cwd, input=text, capture_output=True, text=True, timeout=30, check=False)


def noon(day: datetime.date) -> str:
    """Noon of a business day (UTC+8) as Unix time, for openssl -attime."""
    return str(int(datetime.datetime.combine(day, datetime.time(4), datetime.UTC).timestamp()))


def lay_out(lab: Lab, folder: Path) -> Path:
    look = lab.world.state.look
    (folder / "ca.pem").write_bytes(ca.authority(look.seed, look.scenario.start).chain_pem())
    (folder / "crl.pem").write_bytes(ca.crl_pem(look))
    (folder / "own.pem").write_text(look.value("select pem from certificate order by number desc limit 1"))
    return folder


def verified(lab: Lab, folder: Path) -> subprocess.CompletedProcess[str]:
    lay_out(lab, folder)
    crl = ("-crl_check_all", "-CRLfile", "crl.pem")
    return openssl("verify", "-x509_strict", "-attime", noon(lab.day), "-CAfile", "ca.pem", *crl, "own.pem", cwd=folder)


def test_openssl_verifies_what_the_authority_issues(office: Lab, tmp_path: Path) -> None:
    result = verified(office, tmp_path)
    assert (result.returncode, result.stdout.strip()) == (0, "own.pem: OK"), result.stderr


def test_openssl_reads_the_profile_of_the_certificate(office: Lab, tmp_path: Path) -> None:
    own, me = own_company(office.world.state.look), own_person(office.world.state.look)
    text = openssl("x509", "-in", "own.pem", "-noout", "-text", "-nameopt", "utf8,sep_comma_plus", cwd=lay_out(office, tmp_path)).stdout
    for part in (
        "Version: 3 (0x2)", "CA:FALSE", "Digital Signature, Non Repudiation", "TLS Web Client Authentication, E-mail Protection",
        "X509v3 Subject Key Identifier", "X509v3 Authority Key Identifier", "http://ca.ecomlab.test/issuing.crl", f"email:{me.mailbox}",
        own.name, own.uscc,
    ):  # fmt: skip
        assert part in text


#: Names that the bounds of X.520 allow and that take more than 64 bytes, beside some that need nothing special.
NAMES = ["汉" * 22, "é" * 33, "浙江省杭州市余杭区江南电子商务供应链管理有限公司", "字" * 64, "😀" * 64, "x" * 64, "Ann, O=Bad/CN=Eve+1", '"quoted\\"']


def subject_of(certificate: str) -> dict[str, str]:
    """The subject as asn1crypto reads it, another reader of DER than the library that wrote it."""
    return dict(Certificate.load(pem.unarmor(certificate.encode())[2]).subject.native)


@pytest.mark.parametrize("kind", ["personal", "enterprise"])
def test_any_name_of_64_characters_gets_a_certificate(office: Lab, tmp_path: Path, kind: str) -> None:
    for name in NAMES:
        number = office.ca.apply(**applied(office, kind=kind, common_name=name, organization=name, unit=name, city=name, province=name))
        assert verified(office, tmp_path).stdout.strip() == "own.pem: OK"
        subject = subject_of((tmp_path / "own.pem").read_text())
        named = ("common_name", "organization_name", "organizational_unit_name", "locality_name", "state_or_province_name")
        assert [subject[part] for part in named] == [name] * 5
        password = number_and_password(office)[1]
        office.ca.verify_download(number, password)
        office.ca.download("p12")
        opened = openssl("pkcs12", "-in", f"{number}.p12", "-passin", "stdin", "-nodes", cwd=office.world.folder / "certificates", text=password)
        assert opened.returncode == 0
    assert [v.name for v in office.audit() if v.findings] == []


@settings(max_examples=worlds.examples(2, 15), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(names=st.lists(WORDS.map(str.strip).filter(bool), min_size=20, max_size=20))
def test_openssl_accepts_whatever_name_a_certificate_is_made_out_to(office: Lab, tmp_path: Path, names: list[str]) -> None:
    lay_out(office, tmp_path)
    look = office.world.state.look
    for i, name in enumerate(names):
        made = make_certificate(look, f"CA-{i}", ca.Subject(name, own_person(look).mailbox), look.day, 9)
        (tmp_path / f"{i}.pem").write_bytes(made.public_bytes(Encoding.PEM))
        assert subject_of((tmp_path / f"{i}.pem").read_text())["common_name"] == name
    files = [f"{i}.pem" for i in range(len(names))]
    result = openssl("verify", "-x509_strict", "-attime", noon(office.day), "-CAfile", "ca.pem", *files, cwd=tmp_path)
    assert result.stdout.split() == [word for file in files for word in (f"{file}:", "OK")], result.stderr


def test_a_bank_and_a_marketplace_ask_for_certificates_with_the_longest_names_too(lab: Callable[..., Lab], tmp_path: Path) -> None:
    market = lab("b2b")
    mailbox = own_person(market.world.state.look).mailbox
    secrets = {"mailbox": mailbox, "password": "Long-enough-1", "confirm": "Long-enough-1", "agree": True, "contact": "汉" * 60}
    company = {"company_name": "有" * 64, "uscc": f"91330100MA2B{'0' * 5}"}
    company["uscc"] += calc_check_digit(company["uscc"])
    market.ebank.register_corporate(**company, **secrets, capital="10000", pin="271828", confirm_pin="271828")
    assert verified(market, tmp_path).stdout.strip() == "own.pem: OK"
    market.b2b.register(**company, **secrets, trade="both_ways", city="市" * 64)
    assert verified(market, tmp_path).stdout.strip() == "own.pem: OK"
    subject = subject_of((tmp_path / "own.pem").read_text())
    assert (subject["common_name"], subject["organization_name"], subject["locality_name"]) == ("汉" * 60, "有" * 64, "市" * 64)


def test_revoked_is_refused_by_openssl_and_by_the_laboratory(office: Lab, tmp_path: Path) -> None:
    number, password = number_and_password(office)
    office.ca.verify_download(number, password)
    office.ca.download("pem")
    office.ca.revoke("key_compromise")
    result = verified(office, tmp_path)
    assert result.returncode != 0 and "certificate revoked" in result.stdout + result.stderr
    listed = openssl("crl", "-in", "crl.pem", "-noout", "-text", "-CAfile", "ca.pem", cwd=tmp_path)
    assert "verify OK" in listed.stdout + listed.stderr and "Key Compromise" in listed.stdout
    with pytest.raises(Refusal) as refused:
        office.ca.verify_download(number, password)
    assert refused.value.code == "certificate_unusable"


def test_expires_by_the_business_clock(office: Lab, tmp_path: Path) -> None:
    last = office.ca.look_up(number_and_password(office)[0])[0].not_after
    office.advance((last - office.day).days)
    assert verified(office, tmp_path).returncode == 0
    office.advance(1)
    assert "certificate has expired" in verified(office, tmp_path).stderr
    assert office.ca.look_up(number_and_password(office)[0])[0].state == "expired"


def test_pkcs12_opens_with_the_download_password_only(office: Lab) -> None:
    number, password = number_and_password(office)
    office.ca.verify_download(number, password)
    folder = office.world.folder / "certificates"
    assert office.ca.download("p12")["files"] == f"certificates/{number}.p12"
    opened = openssl("pkcs12", "-in", f"{number}.p12", "-passin", "stdin", "-nodes", cwd=folder, text=password)
    assert opened.returncode == 0 and opened.stdout.count("BEGIN CERTIFICATE") == 3 and "BEGIN PRIVATE KEY" in opened.stdout
    assert openssl("pkcs12", "-in", f"{number}.p12", "-passin", "stdin", "-nodes", cwd=folder, text="wrong").returncode != 0
    key = openssl("pkcs12", "-in", f"{number}.p12", "-passin", "stdin", "-nodes", "-nocerts", cwd=folder, text=password).stdout
    of_key = openssl("pkey", "-pubout", cwd=folder, text=key).stdout
    of_certificate = openssl("x509", "-pubkey", "-noout", cwd=folder, text=opened.stdout[opened.stdout.index("-----BEGIN CERT") :]).stdout
    assert of_key == of_certificate


def test_the_letter_tells_the_password_and_no_table_holds_it(office: Lab) -> None:
    number, password = number_and_password(office)
    assert password not in str([office.world.state.database.all(f'select * from "{t}"') for t in office.world.state.database.tables()])
    item = office.world.state.look.value("select i.number from mail_item i join mail_message m using (message_id) where m.sender like 'ca@%'")
    letter = office.email.read(item)
    assert number in letter["body"] and password in letter["body"]
    assert password not in office.world.path.read_text("utf-8")


def test_five_wrong_passwords_lock_the_download_and_a_new_one_opens_it(office: Lab) -> None:
    number, password = number_and_password(office)
    codes = []
    for _ in range(5):
        with pytest.raises(Refusal) as refused:
            office.ca.verify_download(number, "wrong-guess-1")
        codes.append((refused.value.code, refused.value.field))
    assert codes == [("wrong_download_password", "download_password")] * 4 + [("locked", "download_password")]
    with pytest.raises(Refusal, match="locked"):
        office.ca.verify_download(number, password)
    office.ca.renew_password(number, own_person(office.world.state.look).mailbox)
    fresh = number_and_password(office)[1]
    assert fresh != password
    assert office.ca.verify_download(number, fresh)["state"] == "verified"
    assert office.world.state.done[0].declined == "wrong_download_password" or [d.declined for d in office.world.state.done].count("locked") == 1


@each(
    ("change", "code", "field"),
    [
        ({"uscc": "910000002WQFATCBX1"}, "bad_uscc", "uscc"),
        ({"uscc": ""}, "enterprise_needs", "uscc"),
        ({"organization": ""}, "enterprise_needs", "organization"),
        ({"mailbox": "nobody@ecomlab.test"}, "no_mailbox", "mailbox"),
        ({"mailbox": "no address"}, "bad_address", "mailbox"),
        ({"country": "cn"}, "bad_country", "country"),
        ({"country": "A1"}, "bad_country", "country"),
        *(({field: "汉" * 65}, "text_long", field) for field in ("common_name", "organization", "unit", "city", "province")),
        ({"common_name": "a\x00b"}, "text_control", "common_name"),
        ({"kind": "school"}, "not_offered", "kind"),
    ],
)
def test_an_application_is_checked_field_by_field(office: Lab, change: dict[str, str], code: str, field: str) -> None:
    before = office.world.path.read_bytes()
    with pytest.raises(Refusal) as refused:
        office.ca.apply(**applied(office, **change))
    assert (refused.value.code, refused.value.field) == (code, field)
    assert office.world.path.read_bytes() == before


def test_nobody_downloads_without_verifying(office: Lab) -> None:
    with pytest.raises(Refusal) as refused:
        office.ca.download("p12")
    assert refused.value.code == "sign_in_first"


def test_a_world_has_its_own_authority_and_always_the_same(lab: Callable[..., Lab]) -> None:
    one, two = lab("ca", student="s1"), lab("ca", student="s2")
    chains = [ca.authority(x.world.header.seed, x.day).chain_pem() for x in (one, two)]
    assert chains[0] != chains[1]
    ca.authority.cache_clear()
    assert ca.authority(one.world.header.seed, one.day).chain_pem() == chains[0]
