"""E-mail: mailboxes, letters that arrive or bounce, folders; and the letters as outside readers see them."""

from __future__ import annotations

import datetime
import email
import email.policy
import mailbox
import re
import subprocess
from collections.abc import Callable
from email.header import decode_header, make_header
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ecomlab.lab import Lab
from ecomlab.modules.email import mime, post
from ecomlab.modules.email.post import checked_address
from tests import worlds
from tests.worlds import refused

from .each import each
from .judges import judge

pytestmark = pytest.mark.usefixtures("understudied")

SERVICE = "service@ecomlab.test"


def me(lab: Lab) -> str:
    return str(lab.world.state.look.sessions("mail_user")[0])


def user(lab: Lab, name: str) -> str:
    """Somebody else's mailbox, signed in to."""
    secret = f"Tests-{name}-1"
    return str(lab.email.sign_in(lab.email.register(user_name=name, full_name=name.title(), password=secret, confirm=secret), secret))


def subjects(lab: Lab, folder: str) -> list[str]:
    return [r.subject for r in lab.email.folder(folder)]


def message_of(lab: Lab, item: str) -> str:
    return str(lab.world.state.look.value("select message_id from mail_item where number = $n", n=item))


def bytes_of(lab: Lab, item: str) -> bytes:
    return mime.rfc5322(lab.world.state.look, message_of(lab, item))


def parsed(raw: bytes) -> EmailMessage:
    found = email.message_from_bytes(raw, policy=email.policy.default)
    assert isinstance(found, EmailMessage) and not found.defects
    return found


# --- mailboxes ---------------------------------------------------------------------------------------------------


@each("name", ["ab", "1abc", "Lin", "a b c", "a..b", "a.", ".ab", "a@b", "林晓晓", "a" * 31, "<b>x", "abc\u0301", "mailer daemon"])
def test_a_bad_user_name_opens_no_mailbox(mail: Lab, name: str) -> None:
    secret = "Tests-1-password"
    assert refused(mail.email.register, user_name=name, full_name="x", password=secret, confirm=secret).field == "user_name"


@each("name", ["service", "ca", "bank", "mailer-daemon", "postmaster"])
def test_the_laboratorys_own_names_are_taken(mail: Lab, name: str) -> None:
    secret = "Tests-1-password"
    said = refused(mail.email.register, user_name=name, full_name="x", password=secret, confirm=secret)
    assert said.code in ("mailbox_taken", "bad_user_name") and said.field == "user_name"


def test_a_mailbox_is_registered_once(mail: Lab) -> None:
    address = user(mail, "twice")
    secret = "Tests-other-1"
    assert refused(mail.email.register, user_name="twice", full_name="x", password=secret, confirm=secret).code == "mailbox_taken"
    assert mail.email.sign_in(address, "Tests-twice-1") == address, "the first owner's password still opens it"


def test_a_wrong_password_opens_nothing(mail: Lab) -> None:
    assert refused(mail.email.sign_in, "nobody@ecomlab.test", "Tests-1-password").code == "no_mailbox"
    said = refused(mail.email.sign_in, SERVICE, "Tests-1-password")
    assert (said.code, said.field) == ("wrong_password", "password")
    assert mail.world.state.look.sessions("mail_user") == [me(mail)]


def test_configuring_asks_for_the_whole_account_and_changes_the_name_that_others_see(mail: Lab) -> None:
    address, password = me(mail), mail.player().password("mailbox")
    short = address.partition("@")[0]
    assert refused(mail.email.configure, "X", SERVICE, short, password).field == "address"
    assert refused(mail.email.configure, "X", address, "service", password).field == "user_name"
    assert refused(mail.email.configure, "X", address, short, "Tests-1-password").code == "wrong_password"
    mail.email.configure("采购部 “林”, <Purchasing>", address.upper(), short, password)
    sent = parsed(bytes_of(mail, mail.email.send(to=SERVICE, subject="s", body="b")))
    [sender] = sent["From"].addresses
    assert (sender.display_name, sender.addr_spec) == ("采购部 “林”, <Purchasing>", address)


# --- addresses ---------------------------------------------------------------------------------------------------


@each(
    ("typed", "read"),
    [
        ("Lin.Xiao@Ecomlab.TEST", "lin.xiao@ecomlab.test"),
        (" a+b@example.com ", "a+b@example.com"),
        ("o'neil@example.com", "o'neil@example.com"),
        ("info@例子.test", "info@xn--fsqu00a.test"),
    ],
)
def test_an_address_is_taken_in_its_ascii_form(typed: str, read: str) -> None:
    assert checked_address(typed, "to") == read


@each(
    "typed",
    ["x", "@ecomlab.test", "a@", "a@b", "a@@b.test", "a b@c.test", "a@-b.test", "a@b..test", "<a@b.test>", "Lin <a@b.test>", "a@[127.0.0.1]", '"a b"@c.test',
     "林@ecomlab.test", "a@b.test\nBcc: c@d.test", "a" * 65 + "@b.test", "a@" + "b" * 64 + ".test", ".a@b.test", "a\x00@b.test", "a@b.test>"],
)  # fmt: skip
def test_what_is_no_address_is_refused(typed: str) -> None:
    assert refused(checked_address, typed, "to").code == "bad_address"


def test_several_addresses_are_separated_by_commas_or_semicolons_and_counted_once(mail: Lab) -> None:
    item = mail.email.send(to=f"{SERVICE}，a@b.test; c@d.test；{SERVICE.upper()}, ", cc=f"a@b.test, e@f.test, {SERVICE}", subject="s", body="b")
    found = parsed(bytes_of(mail, item))
    assert [a.addr_spec for a in found["To"].addresses] == [SERVICE, "a@b.test", "c@d.test"]
    assert [a.addr_spec for a in found["Cc"].addresses] == ["e@f.test"]
    assert refused(mail.email.send, to=", ".join(f"a{k}@b.test" for k in range(51)), subject="s", body="b").code == "too_many_recipients"
    assert refused(mail.email.send, to=" , ;", subject="s", body="b").code == "no_recipient"


@pytest.mark.parametrize("field", ["to", "cc", "subject"])
@pytest.mark.parametrize("injected", ["x@y.test\r\nBcc: spy@z.test", "x@y.test\nBcc: spy@z.test", "x@y.test\rBcc: spy@z.test", "x@y.test\u2028Bcc: spy@z.test"])
def test_no_header_can_be_injected(mail: Lab, field: str, injected: str) -> None:
    given = {"to": SERVICE, "subject": "s", "body": "b", field: injected}
    said = refused(mail.email.send, **given)
    assert (said.code, said.field) == ("text_one_line", field)
    assert refused(mail.email.save_draft, **given).field == field


# --- letters arrive or bounce ------------------------------------------------------------------------------------


def test_a_letter_is_in_one_outbox_and_in_every_recipients_inbox(mail: Lab) -> None:
    sender, other = me(mail), user(mail, "other")
    mail.act_as("mail_user", sender)
    mail.email.send(to=other, cc=f"{SERVICE}, {sender}", subject="to all", body="b")
    assert subjects(mail, "sent") == ["to all"] and "to all" in subjects(mail, "inbox")
    mail.act_as("mail_user", other)
    assert "to all" in subjects(mail, "inbox") and subjects(mail, "sent") == []
    copies = mail.sql("select mailbox, folder from mail_item join mail_message using (message_id) where subject = 'to all' order by all").fetchall()
    assert copies == sorted([(sender, "inbox"), (sender, "sent"), (other, "inbox"), (SERVICE, "inbox")])
    assert worlds.findings_of(mail) == []


def test_a_letter_that_nobody_can_receive_comes_back_with_the_reason(mail: Lab) -> None:
    item = mail.email.send(to=f"nobody@ecomlab.test, {SERVICE}, ghost@example.com", subject="anyone?", body="b")
    bounces = [r for r in mail.email.folder("inbox") if r.sender.startswith("mailer-daemon@")]
    assert len(bounces) == 2
    texts = " ".join(mail.email.read(b.number)["body"] for b in bounces)
    assert "nobody@ecomlab.test" in texts and "ghost@example.com" in texts and "550 5.1.1" in texts and "anyone?" in texts
    raw = parsed(bytes_of(mail, bounces[0].number))
    assert raw["Auto-Submitted"] == "auto-replied", "so that nobody answers it automatically (RFC 3834)"
    assert raw["In-Reply-To"] == message_of(mail, item)
    outcomes = mail.sql(f"select address, outcome from mail_recipient where message_id = '{message_of(mail, item)}' order by position").fetchall()
    assert outcomes == [("nobody@ecomlab.test", "bounced"), (SERVICE, "delivered"), ("ghost@example.com", "bounced")]
    assert worlds.findings_of(mail) == []


def test_answering_a_bounce_does_not_start_a_loop(mail: Lab) -> None:
    mail.email.send(to="nobody@ecomlab.test", subject="x", body="b")
    bounce = mail.email.folder("inbox")[0].number
    mail.email.reply(bounce, "why?")
    assert [r.subject for r in mail.email.folder("inbox")][:2] == ["退信 Undelivered mail returned to sender"] * 2
    assert worlds.findings_of(mail) == []


def test_a_thread_is_kept_together_as_its_rfc_asks(mail: Lab) -> None:
    """RFC 5322, section 3.6.4: In-Reply-To names the letter answered, References it and all before it."""
    first, other = me(mail), user(mail, "other")
    mail.act_as("mail_user", first)
    chain = [message_of(mail, mail.email.send(to=other, subject="Offer 报价", body="1"))]
    for k in range(4):
        mail.act_as("mail_user", other if k % 2 == 0 else first)
        newest = next(r for r in mail.email.folder("inbox") if "Offer" in r.subject)
        raw = parsed(bytes_of(mail, mail.email.reply(newest.number, f"answer {k}")))
        assert raw["Subject"] == "Re: Offer 报价"
        assert raw["In-Reply-To"] == chain[-1]
        assert raw["References"].split() == chain
        chain.append(raw["Message-ID"])
    assert len(set(chain)) == 5
    assert all(re.fullmatch(r"<M-\d{4}-\d{4}@ecomlab\.test>", m) for m in chain)


def test_only_letters_received_are_answered(mail: Lab) -> None:
    sent = mail.email.send(to=SERVICE, subject="s", body="b")
    assert refused(mail.email.reply, sent, "b").code == "not_received"
    assert refused(mail.email.reply, "ML-0000-0001", "b").code == "no_such_item"


def test_somebody_elses_letters_are_not_there(mail: Lab) -> None:
    sender = me(mail)
    item = mail.email.save_draft(subject="private")
    user(mail, "other")
    for act in (mail.email.read, mail.email.delete, mail.email.restore, mail.email.send_draft, mail.email.change_draft):
        assert refused(act, item).code == "no_such_item"
    assert refused(mail.email.forward, item, to=SERVICE).code == "no_such_item"
    assert list(mail.email.search("private")) == []
    mail.act_as("mail_user", sender)
    assert subjects(mail, "drafts") == ["private"]


def test_a_forwarded_letter_quotes_the_one_it_passes_on(mail: Lab) -> None:
    item = next(r for r in mail.email.folder("inbox") if r.sender == SERVICE).number
    text = parsed(bytes_of(mail, mail.email.forward(item, to="a@b.test", body="see below"))).get_content()
    assert text.startswith("see below") and SERVICE in text and "Welcome to your mailbox" in text


# --- drafts and folders ------------------------------------------------------------------------------------------


def test_a_draft_changes_as_often_as_one_likes_and_is_sent_once(mail: Lab) -> None:
    item = mail.email.save_draft()
    assert refused(mail.email.send_draft, item).code == "no_recipient"
    mail.email.change_draft(item, to=SERVICE, subject="second thoughts", body="b", cc="a@b.test")
    mail.email.change_draft(item, to=SERVICE, subject="third thoughts", body="b")
    assert (subjects(mail, "drafts"), subjects(mail, "sent")) == (["third thoughts"], [])
    assert mail.email.send_draft(item) == item
    assert (subjects(mail, "drafts"), subjects(mail, "sent")) == ([], ["third thoughts"])
    assert parsed(bytes_of(mail, item))["Cc"] == "a@b.test", "what is left empty stays as it was"
    assert refused(mail.email.send_draft, item).code == refused(mail.email.change_draft, item, subject="x").code == "not_a_draft"
    copies = mail.sql("select mailbox from mail_item join mail_message using (message_id) where subject = 'third thoughts' order by 1").fetchall()
    assert copies == sorted([(me(mail),), (SERVICE,)])
    assert worlds.findings_of(mail) == []


def test_deleting_twice_destroys_and_deleting_once_can_be_taken_back(mail: Lab) -> None:
    junk = next(r for r in mail.email.folder("inbox") if r.sender.startswith("prize@")).number
    assert mail.email.delete(junk) == "trash"
    assert mail.email.restore(junk) == "inbox"
    assert refused(mail.email.restore, junk).code == "not_in_trash"
    assert (mail.email.delete(junk), mail.email.delete(junk)) == ("trash", "destroyed")
    for act in (mail.email.delete, mail.email.restore, mail.email.read):
        assert refused(act, junk).code == "no_such_item"
    assert all("prize@" not in r.sender for f in ("inbox", "trash", "sent", "drafts") for r in mail.email.folder(f))
    assert list(mail.email.search("prize")) == []
    assert worlds.findings_of(mail) == []


def test_a_letter_goes_back_to_the_folder_that_it_came_from(mail: Lab) -> None:
    draft, sent = mail.email.save_draft(subject="d"), mail.email.send(to=SERVICE, subject="s", body="b")
    for item, folder in ((draft, "drafts"), (sent, "sent")):
        mail.email.delete(item)
        assert mail.email.restore(item) == folder
    mail.email.delete(draft)
    assert refused(mail.email.send_draft, draft).code == "not_a_draft"


def test_the_sender_keeps_a_copy_that_the_recipient_cannot_delete(mail: Lab) -> None:
    sender, other = me(mail), user(mail, "other")
    mail.act_as("mail_user", sender)
    mail.email.send(to=other, subject="shared", body="b")
    mail.act_as("mail_user", other)
    theirs = next(r.number for r in mail.email.folder("inbox") if r.subject == "shared")
    mail.email.delete(theirs)
    mail.email.delete(theirs)
    mail.act_as("mail_user", sender)
    assert subjects(mail, "sent") == ["shared"]


def test_reading_marks_a_letter_as_read_and_shows_it_as_it_is(mail: Lab) -> None:
    body = "<script>alert(1)</script>\n\nשלום 😀\n"
    mail.email.send(to=me(mail), subject="<b>bold</b>", body=body)
    row = mail.email.folder("inbox")[0]
    assert not row.seen
    assert mail.email.read(row.number)["body"] == body.strip()
    assert mail.email.folder("inbox")[0].seen
    assert "<b>bold" not in mail.email.folder("inbox").html("en") and "&lt;b&gt;bold" in mail.email.folder("inbox").html("en")


def test_search_finds_words_in_every_folder_and_takes_them_literally(mail: Lab) -> None:
    mail.email.send(to=SERVICE, subject="Invoice 发票 100%", body="the AMOUNT is due")
    mail.email.save_draft(subject="a_b", body="invoice draft")
    assert {r.folder for r in mail.email.search("INVOICE")} == {"sent", "drafts"}
    assert [r.subject for r in mail.email.search("amount")] == ["Invoice 发票 100%"]
    assert [r.subject for r in mail.email.search("100%")] == ["Invoice 发票 100%"]
    assert [r.subject for r in mail.email.search("a_b")] == ["a_b"]
    assert list(mail.email.search("' or 1=1 --")) == []
    assert refused(mail.email.search, "").code == "text_empty"
    assert refused(mail.email.folder, "spam").code == "not_offered"


@each(
    ("field", "value", "code"),
    [
        ("body", "x" * 20_001, "text_long"),
        ("subject", "x" * 201, "text_long"),
        ("to", "a@b.test," * 200, "text_long"),
        ("body", "a\0b", "text_control"),
        ("subject", "a\u202eb", "text_bidi"),
        ("body", "a\u2066b", "text_bidi"),
        ("body", "", "text_empty"),
        ("subject", "   ", "text_empty"),
        ("body", 5, "text_format"),
    ],
)
def test_what_no_letter_may_hold_is_refused_at_its_field(mail: Lab, field: str, value: object, code: str) -> None:
    said = refused(mail.email.send, **{"to": SERVICE, "subject": "s", "body": "b", field: value})
    assert (said.code, said.field) == (code, field)


# --- as outside readers see it -----------------------------------------------------------------------------------

SUBJECTS = [
    "plain",
    "您好" * 60,
    "a  b   c",
    "长主题 with spaces 😀 " * 8 + "end",
    "x" * 200,
    "é" * 150,
    '“quotes” <angle> "x", y; z@w',
    "a " * 90 + "b",
    "tab\tin",
    "=?utf-8?q?fake?=",
    "re: =?utf-8?b?5Lit?= and =?utf-8?b?5Lit?=",
    "[江南电子杂志  Jiangnan e-zine]   秋季新品上市，欢迎选购！New arrivals this autumn,   come and see!  " * 2,
]
BODIES = ["From here on\nFrom there\n>From quoted\n.\n\nend", "long line " * 300, "你好\nFrom 你\n" * 5, "x" * 3000, "=3D =20 = \ttab", "-- \nsignature", "😀"]


def test_a_letter_travels_as_ascii_lines_within_the_limits(mail: Lab) -> None:
    """RFC 5322, section 2.1.1: lines end in CR LF and hold at most 998 characters."""
    for subject, body in zip(SUBJECTS, BODIES * 2, strict=False):
        raw = bytes_of(mail, mail.email.send(to=SERVICE, subject=subject, body=body))
        assert raw.isascii()
        assert raw.count(b"\n") == raw.count(b"\r\n")
        assert_folded(raw)
        found = parsed(raw)
        assert found["Subject"] == subject.strip()
        assert found.get_content().replace("\r\n", "\n").rstrip("\n") == body.strip()
        assert set(found.keys()) >= {"From", "To", "Subject", "Date", "Message-ID", "MIME-Version", "Content-Type"}


def test_the_date_is_the_business_clocks(mail: Lab) -> None:
    mail.advance(days=30)
    found = parsed(bytes_of(mail, mail.email.send(to=SERVICE, subject="s", body="b")))
    assert found["Date"].datetime.utcoffset() == datetime.timedelta(hours=8)
    assert found["Date"].datetime.date() == mail.day == datetime.date(2026, 10, 1)


WORDS = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Cf", "Zl", "Zp", "Co", "Cn"]), min_size=1, max_size=60)


#: Long ones, with runs of spaces, tabs and what looks like an encoded word among the letters.
SUBJECT = st.lists(st.one_of(WORDS, st.sampled_from([" ", "  ", "\t", "=?utf-8?q?fake?=", "=?", "?=", "x" * 70, "中文", " and ", "😀"])), max_size=9).map(
    lambda parts: "".join(parts)[:200]
)
ENCODED = re.compile(rb"=\?[!-~]+?\?[bqBQ]\?[!-~]*?\?=")


def assert_folded(raw: bytes) -> None:
    """Section 2 of RFC 2047: encoded words of at most 75 characters, in lines of at most 76, and nothing in them that is not printable ASCII."""
    for line in raw.partition(b"\r\n\r\n" if b"\r\n" in raw else b"\n\n")[0].splitlines():
        assert len(line) <= 998 and line.strip(), line
        words = ENCODED.findall(line)
        assert not words or len(line) <= 76, line
        assert all(len(word) <= 75 for word in words), line
        assert b"=?" not in ENCODED.sub(b"", line), line


@settings(max_examples=25)
@given(SUBJECT, WORDS)
@example("=?utf-8?q?fake?=", "=?utf-8?q?fake?=")
def test_any_subject_and_text_reach_the_reader(mail_of_session: Lab, subject: str, body: str) -> None:
    lab = mail_of_session
    if not subject.strip() or not body.strip():
        return
    item = lab.email.save_draft(subject=subject, body=body)
    kept = lab.world.state.look.one("select subject, body from mail_message where message_id = $id", id=message_of(lab, item))
    raw = bytes_of(lab, item)
    assert_folded(raw)
    found = parsed(raw)
    assert found["Subject"] == kept.subject
    assert found.get_content().replace("\r\n", "\n").removesuffix("\n") == kept.body


@settings(max_examples=15)
@given(SUBJECT.map(str.strip).filter(bool), st.lists(st.from_regex(r"[a-z]{1,60}@[a-z]{1,60}\.test", fullmatch=True), min_size=1, max_size=20, unique=True))
@example("=?utf-8?q?fake?=", ["a@b.test"])
@example('张三, "San" <ceo@bank.test>', ["a@b.test"])
def test_any_name_and_any_number_of_recipients_stand_folded_in_the_head(mail_of_session: Lab, name: str, to: list[str]) -> None:
    lab = mail_of_session
    with worlds.at_work(lab.world.state, 90) as do:
        headers = {"List-Id": f"{name} <zine.lists.ecomlab.test>"}
        raw = mime.rfc5322(do, post.write(do, me(lab), name, name, "b", to, headers=headers))
    assert_folded(raw)
    assert max(map(len, raw.split(b"\r\n"))) <= 200
    found = parsed(raw)
    assert [a.addr_spec for a in found["From"].addresses] == [me(lab)]
    assert str(make_header(decode_header(email.message_from_bytes(raw)["From"]))) == f"{name} <{me(lab)}>"
    assert [a.addr_spec for a in found["To"].addresses] == to
    assert found["List-Id"] == f"{name} <zine.lists.ecomlab.test>"


@pytest.mark.parametrize("scenario", ["email", "ca", "netsell"])
def test_every_letter_of_a_finished_world_is_folded_in_its_mbox(scenario: str, tmp_path: Path) -> None:
    look = worlds.looked_at(scenario).world.state.look
    seen = 0
    for box in look.all("select address from mailbox order by address"):
        mime.write_mbox(look, box.address, tmp_path / "box")
        for letter in re.split(rb"(?:\A|\n)From \S+ .*\n", (tmp_path / "box").read_bytes())[1:]:
            assert_folded(letter)
            seen += 1
    assert seen > 3


@pytest.fixture(scope="module")
def mail_of_session(tmp_path_factory: pytest.TempPathFactory) -> Lab:
    return worlds.opened(tmp_path_factory.mktemp("mail"), worlds.model("email", codes=("EMAIL001",)))


@pytest.fixture
def mbox(mail: Lab, tmp_path: Path) -> tuple[Lab, Path, list[Any]]:
    """A mailbox with letters of all sorts as an mbox file, and its letters as the tables hold them."""
    for subject, body in zip(SUBJECTS, BODIES, strict=False):
        mail.email.send(to=me(mail), subject=subject, body=body)
    mail.email.send(to="nobody@ecomlab.test", subject="comes back", body="b")
    mail.email.save_draft(subject="草稿 draft", body="From the draft\nFrom")
    mail.email.delete(mail.email.folder("sent")[0].number)
    gone = mail.email.folder("sent")[0].number
    mail.email.delete(gone)
    mail.email.delete(gone)
    path = tmp_path / "me.mbox"
    path.write_text("what was here before")
    count = mime.write_mbox(mail.world.state.look, me(mail), path)
    rows = mail.world.state.look.all(
        """select i.folder, i.seen, m.subject, m.body, m.kind, m.message_id from mail_item i join mail_message m using (message_id)
           where i.mailbox = $me and i.folder <> 'destroyed' order by i.number""",
        me=me(mail),
    )
    assert count == len(rows) > 15
    return mail, path, rows


def test_pythons_mailbox_reads_the_mbox(mbox: tuple[Lab, Path, list[Any]]) -> None:
    lab, path, rows = mbox
    assert b"\r" not in path.read_bytes()
    with_policy = mailbox.mbox(path, factory=lambda f: email.message_from_binary_file(f, policy=email.policy.default), create=False)  # type: ignore[arg-type]
    found = list(with_policy)
    assert [m["Subject"] for m in found] == [r.subject for r in rows]
    assert [m["Message-ID"] for m in found] == [r.message_id for r in rows]
    for message, row in zip(found, rows, strict=True):
        assert isinstance(message, EmailMessage)
        body = mime.message(lab.world.state.look, row.message_id).get_content().replace("\r\n", "\n")
        assert message.get_content().rstrip("\n") == body.rstrip("\n")
    flags = [m.get_flags() for m in mailbox.mbox(path)]
    assert ["D" in f for f in flags] == [r.folder == "trash" for r in rows]
    assert ["T" in f for f in flags] == [r.folder == "drafts" for r in rows]
    assert ["R" in f for f in flags] == [r.seen for r in rows]


def test_writing_the_mbox_twice_gives_the_same_file(mbox: tuple[Lab, Path, list[Any]]) -> None:
    lab, path, _ = mbox
    once = path.read_bytes()
    mime.write_mbox(lab.world.state.look, me(lab), path)
    assert path.read_bytes() == once
    stamp = lab.day.strftime("%a %b %e").encode()
    starts = re.findall(rb"^From \S+ .*$", once, re.MULTILINE)
    assert starts and all(stamp in line for line in starts), "dated by the business clock, in UTC (RFC 4155)"


def test_readers_that_are_not_pythons_read_the_mbox_too(mbox: tuple[Lab, Path, list[Any]], tmp_path: Path) -> None:
    """formail (of procmail) takes the mbox apart; mblaze decodes headers and bodies. Both are C and share nothing with us."""
    _, path, rows = mbox
    formail, mhdr, mshow = judge("formail"), judge("mhdr"), judge("mshow")
    split = tmp_path / "split"
    split.mkdir()
    with path.open("rb") as f:
        subprocess.run([formail, "-ds", "sh", "-c", 'cat > "split/$FILENO"'], stdin=f, cwd=tmp_path, check=True, timeout=60)
    files = sorted(split.iterdir(), key=lambda p: int(p.name))
    assert len(files) == len(rows)

    def ask(*command: str) -> str:
        return subprocess.run(command, capture_output=True, check=True, timeout=60, text=True, encoding="utf-8").stdout

    for file, row in zip(files, rows, strict=True):
        assert ask(mhdr, "-d", "-h", "subject", str(file)).rstrip("\n") == row.subject.replace("\t", " ")
        assert ask(mhdr, "-h", "message-id", str(file)).strip() == row.message_id
        if row.kind == "mail":
            assert ask(mshow, "-O", str(file), "1").rstrip("\n") == row.body.rstrip("\n")


def test_a_letter_of_the_laboratory_speaks_both_languages(mail: Lab) -> None:
    for row in mail.email.folder("inbox"):
        body = mail.email.read(row.number)["body"]
        assert any("\u4e00" <= c <= "\u9fff" for c in body) and len([c for c in body if c.isascii() and c.isalpha()]) > 40


def test_the_model_students_letters_hold_no_secret_in_their_headers(played: Callable[..., Lab]) -> None:
    lab = played("ca")
    for r in lab.world.state.look.all("select message_id from mail_message order by 1"):
        raw = parsed(mime.rfc5322(lab.world.state.look, r.message_id))
        assert "issued:" not in raw.as_string()


def test_a_recipient_may_be_written_with_a_name_as_every_mail_program_writes_it(mail: Lab) -> None:
    item = mail.email.send(to=f'李雷 <{SERVICE}>；"Desk, Service" <Service@ecomlab.test>, a@b.test', subject="names", body="b")
    assert parsed(bytes_of(mail, item))["To"] == f"{SERVICE}, a@b.test"
    assert refused(mail.email.send, to="Li Lei <nobody>", subject="x", body="b").code == "bad_address"
