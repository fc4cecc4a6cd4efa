"""What a prologue plays of this module: who is there before the student arrives, and tasks that later modules presuppose to be done."""

from __future__ import annotations

from ...books.cast import companies, own_person, persons
from ...kernel.plays import Player, cast, plays
from ...kernel.secrets import Issued


@cast
def _mailboxes(play: Player) -> None:
    service = ("service", "实验室服务台 Lab service desk")
    others = [(c.mailbox.partition("@")[0], c.name) for c in companies(play.look)[1:7]]
    people = [(p.mailbox.partition("@")[0], p.name) for p in persons(play.look)[1:5]]
    for user_name, name in (service, *others, *people):
        locked = Issued(f"cast/{user_name}")
        play.email.register(user_name=user_name, full_name=name, password=locked, confirm=locked)


@plays("EMAIL001")
def _register(play: Player) -> None:
    me = own_person(play.look)
    password = play.password("mailbox")
    play.email.register(user_name=me.mailbox.partition("@")[0], full_name=me.name, password=password, confirm=password)
    play.email.sign_in(address=me.mailbox, password=password)
