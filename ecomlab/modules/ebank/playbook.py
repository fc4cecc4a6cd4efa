"""How the model student does each task, and whom the bank has as clients before."""

from __future__ import annotations

from ...kernel.plays import Player, plays
from .prologue import own_customer  # noqa: F401  (whoever plays finds here what a prologue plays too)


@plays("EBANK005")
def _transfer(play: Player) -> None:
    asked = play.brief("EBANK005")
    play.ebank.transfer(
        from_account=own_customer(play, "corporate").account, to_account=asked["account"], payee=asked["payee"], amount=asked["amount"],
        purpose="预付货款 Advance for goods", pin=play.pin("corporate"),
    )  # fmt: skip


@plays("EBANK006")
def _balance(play: Player) -> None:
    play.ebank.balance(account=own_customer(play, "corporate").account)


@plays("EBANK007")
def _statement(play: Player) -> None:
    play.ebank.statement(from_day=play.look.scenario.start, to_day=play.look.day)


@plays("EBANK008")
def _transfers(play: Player) -> None:
    play.ebank.transfers(from_day=play.look.scenario.start, direction="out")


@plays("EBANK009")
def _payments(play: Player) -> None:
    asked = play.brief("EBANK009")
    play.ebank.pay_corporate(own_customer(play, "corporate").account, asked["merchant"], asked["reference"], asked["amount"], play.pin("corporate"))
    play.ebank.payments()


@plays("EBANK012")
def _transfer_personal(play: Player) -> None:
    asked = play.brief("EBANK012")
    play.ebank.transfer_personal(
        from_account=own_customer(play, "personal").account, to_account=asked["account"], payee=asked["payee"], amount=asked["amount"],
        purpose="还款 Paying back", pin=play.pin("personal"),
    )  # fmt: skip


@plays("EBANK013")
def _balance_personal(play: Player) -> None:
    play.ebank.balance_personal(account=own_customer(play, "personal").account)


@plays("EBANK014")
def _statement_personal(play: Player) -> None:
    play.ebank.statement_personal(kind="transfer")


@plays("EBANK015")
def _purchases(play: Player) -> None:
    asked = play.brief("EBANK015")
    play.ebank.pay_personal(own_customer(play, "personal").account, asked["merchant"], asked["reference"], asked["amount"], play.pin("personal"))
    play.ebank.purchases()


@plays("EBANK017")
def _balance_merchant(play: Player) -> None:
    play.ebank.sign_in_merchant(own_customer(play, "merchant").number, play.password("merchant"))
    play.ebank.balance_merchant()


@plays("EBANK018")
def _statement_merchant(play: Player) -> None:
    own = own_customer(play, "merchant")
    play.ebank.pay_personal(own_customer(play, "personal").account, own.number, f"WB-{play.look.mark}-C", "88.00", play.pin("personal"))
    play.ebank.statement_merchant(from_day=play.look.scenario.start)


@plays("EBANK019")
def _day_merchant(play: Player) -> None:
    play.ebank.day_merchant()
