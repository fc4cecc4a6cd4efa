"""Members, sessions, and who plays in a world."""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Callable

from stdnum.cn import uscc

from ecomlab.books import members
from ecomlab.books.cast import DOMAIN, companies, own_company, own_person, persons
from ecomlab.kernel.database import Database
from ecomlab.kernel.doing import Clock, Known, Looking
from ecomlab.kernel.scenario import scenario
from ecomlab.lab import Lab
from tests.worlds import doing, refused


def look_of(student: str) -> Looking:
    return Looking(Database(), hashlib.sha256(student.encode()).hexdigest(), scenario("email"), Known(Clock(datetime.date(2026, 9, 1), 1)))


def test_companies_have_codes_that_check_but_belong_to_no_place() -> None:
    found = companies(look_of("a"))
    assert len({c.uscc for c in found}) == len({c.mailbox for c in found}) == len(found) >= 10
    for company in found:
        assert uscc.is_valid(company.uscc)
        assert company.uscc[2:8] == "000000", "GB/T 2260 gives this region to nobody"
        assert company.mailbox.endswith(f"@{DOMAIN}")
        assert " " in company.name and " " in company.city and " " in company.province, "named in both languages"


def test_every_world_deals_its_cast_anew_and_always_the_same() -> None:
    assert companies(look_of("a")) == companies(look_of("a"))
    assert persons(look_of("a")) == persons(look_of("a"))
    own = {(own_company(look_of(s)).name, own_person(look_of(s)).name, own_company(look_of(s)).uscc) for s in "abcdefgh"}
    assert len(own) == 8
    assert len({p.mailbox for p in persons(look_of("a"))}) == len(persons(look_of("a")))


def test_a_company_or_person_is_one_member_however_often_it_registers(lab: Callable[..., Lab]) -> None:
    do = doing(lab("email").world.state)
    company = members.company(do, "Acme", "91000000ABCDEFGHJK", None)
    person = members.person(do, "Lin", "lin@ecomlab.test")
    assert company != person
    assert members.company(do, "Acme again", "91000000ABCDEFGHJK", "x@y.test") == company
    assert members.person(do, "Lin again", "lin@ecomlab.test") == person
    assert members.named(do, company).name == "Acme"
    assert members.named(do, "MB-0") is None


def second_mailbox(lab: Lab, name: str) -> str:
    """Another mailbox of the student's, signed in to."""
    secret = f"Tests-{name}-1"
    address = lab.email.register(user_name=name, full_name=name.title(), password=secret, confirm=secret)
    return str(lab.email.sign_in(address, secret))


def test_of_several_sessions_the_latest_acts_until_another_is_chosen(mail: Lab) -> None:
    first = mail.sessions()[0].actor
    second = second_mailbox(mail, "second")
    assert mail.world.state.look.sessions("mail_user") == [second, first]
    mail.act_as("mail_user", first)
    assert mail.world.entries[-1].by == "student"
    mail.email.folder()
    assert mail.world.entries[-1].by == f"mail_user:{first}"
    mail.sign_out("mail_user", first)
    mail.email.folder()
    assert mail.world.entries[-1].by == f"mail_user:{second}"
    mail.sign_out("mail_user", second)
    assert refused(mail.email.folder).code == "sign_in_first"


def test_nobody_acts_who_is_not_signed_in(mail: Lab) -> None:
    me = mail.sessions()[0].actor
    assert refused(mail.act_as, "mail_user", "service@ecomlab.test").field == "actor"
    assert refused(mail.act_as, "emperor", me).field == "role"
    assert refused(mail.act_as, "visitor", me).field == "role"
    assert refused(mail.sign_out, "mail_user", "service@ecomlab.test").code == "not_signed_in"
    assert refused(mail.sign_out, "emperor", me).code == "not_signed_in"
