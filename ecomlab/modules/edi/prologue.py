"""What a prologue plays of this module: who is there before the student arrives, and tasks that later modules presuppose to be done."""

from __future__ import annotations

from ...books.cast import companies
from ...kernel.plays import Player, cast
from ...kernel.secrets import Issued
from .numbers import gln_of

#: What the systems of the companies on the network read, in their order.
_LEVELS = ("UNOC", "UNOC", "UNOC", "UNOY", "UNOB")


@cast
def _network(play: Player) -> None:
    locked = Issued("cast/edi")
    for company, level in zip(companies(play.look)[1:6], _LEVELS, strict=True):
        play.edi.register(
            company_name=company.name, uscc=company.uscc, gln=gln_of(play.look, company.uscc), mailbox=company.mailbox, level=level,
            password=locked, confirm=locked,
        )  # fmt: skip
