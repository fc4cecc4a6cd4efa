"""What a prologue plays of this module: who is there before the student arrives, and tasks that later modules presuppose to be done."""

from __future__ import annotations

from typing import Any

from ...books.cast import own_company, own_person
from ...kernel.plays import Player, plays
from .certificates import download_password as valid_password


def letter_about(play: Player, number: str) -> None:
    """Opens the letter that announces a certificate."""
    item = play.look.value(
        """select i.number from mail_item i join mail_message m using (message_id)
           where i.mailbox = $mailbox and m.sender like 'ca@%' and contains(m.subject, $number) order by i.number desc limit 1""",
        mailbox=own_person(play.look).mailbox, number=number,
    )  # fmt: skip
    play.email.read(item)


def fetch(play: Player, number: str) -> None:
    """Reads the letter about a certificate, verifies its password and downloads it."""
    letter_about(play, number)
    play.ca.verify_download(number, download_password(play, number))
    play.ca.download("p12")


def download_password(play: Player, number: str) -> Any:
    """The password that the letter tells."""
    return play.issued(valid_password(play.look, number).label)


def _own(play: Player) -> str:
    return str(play.look.value("select number from certificate c where uscc = $uscc order by not_before, number limit 1", uscc=own_company(play.look).uscc))


@plays("CA001")
def _apply(play: Player) -> None:
    own = own_company(play.look)
    play.ca.apply(
        kind="enterprise", common_name=own_person(play.look).name, mailbox=own_person(play.look).mailbox, province=own.province,
        city=own.city, organization=own.name, uscc=own.uscc, unit="电子商务部 E-commerce",
    )  # fmt: skip


@plays("CA002")
def _verify(play: Player) -> None:
    number = _own(play)
    letter_about(play, number)
    play.ca.verify_download(number, download_password(play, number))


@plays("CA003")
def _download(play: Player) -> None:
    play.ca.download("p12")
