"""What a prologue plays of this module: who is there before the student arrives, and tasks that later modules presuppose to be done."""

from __future__ import annotations

from decimal import Decimal

from ...kernel.plays import Player, cast
from ...kernel.secrets import Issued
from .. import email
from .bidders import category_names, pin_of, scripted_persons, terms_of, user_name
from .briefs import GROUPS, SPARE_CATEGORIES
from .members import ADMINISTRATOR, DUTY, DUTY_PASSWORD, SELLER


@cast
def _house(play: Player) -> None:
    """The house with its duty account, groups and categories, and five members with cash who act by themselves."""
    duty = play.password(DUTY_PASSWORD)
    play.c2c.register(user_name=DUTY, full_name="实验室服务台 Lab service desk", mailbox=email.SERVICE, password=duty, confirm=duty)
    play.c2c.sign_in_administrator(DUTY, duty)
    for name in GROUPS:
        play.c2c.create_group(name)
    for name, value in [*category_names(play.look), *((name, Decimal("100.00")) for name in SPARE_CATEGORIES)]:
        play.c2c.create_category(name, value)
    play.lab.sign_out(ADMINISTRATOR.name, DUTY)
    for position, person in enumerate(scripted_persons(play.look)):
        name = user_name(person)
        locked, pin = Issued(f"cast/c2c-{name}"), pin_of(name)
        if not email.known(play.look, person.mailbox):
            play.email.register(user_name=name, full_name=person.name, password=locked, confirm=locked)
        play.ebank.register_personal(
            full_name=person.name, mobile=f"1380000000{position}", mailbox=person.mailbox, password=locked, confirm=locked, pin=pin, confirm_pin=pin, agree=True
        )
        play.c2c.register(user_name=name, full_name=person.name, mailbox=person.mailbox, password=locked, confirm=locked)
        if position < 3:
            play.c2c.sign_in(name, locked, "seller")
            play.c2c.list_item(**terms_of(play.look, position, 0, play.look.day)._asdict())
            play.lab.sign_out(SELLER.name, name)
