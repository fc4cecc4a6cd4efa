"""What each student is asked: values that follow from the seed of the world."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from ...books.cast import companies, own_company, own_person, persons
from ...kernel.doing import Looking
from ...kernel.evidence import asks


def _amount(look: Looking, label: str, low: int, high: int) -> Decimal:
    """An amount of this world: hundreds of CNY between the bounds, with odd cents."""
    chance = look.stream(f"ebank.{label}")
    return (Decimal(chance.randrange(low, high)) * 100 + Decimal(chance.randrange(1, 100)) / 100).quantize(Decimal("0.01"))


def _shown(value: Decimal) -> dict[str, Any]:
    return {"amount": value, "shown": f"{value:,}"}


def _payee(look: Looking, mailbox: str, label: str, low: int, high: int) -> dict[str, Any]:
    row = look.one(
        "select a.number, c.name from bank_account a join bank_customer c on c.number = a.customer where c.mailbox = $mailbox and a.kind <> 'merchant'",
        mailbox=mailbox,
    )
    return {"payee": row.name, "account": row.number, **_shown(_amount(look, label, low, high))}


@asks("EBANK001", "EBANK002", "EBANK006", "EBANK007", "EBANK008", "EBANK016")
def _company(look: Looking) -> dict[str, Any]:
    own = own_company(look)
    capital = Decimal(look.stream("ebank.capital").randrange(20, 60)) * Decimal("50000.00")
    return {"company": own.name, "uscc": own.uscc, "capital": capital, "shown": f"{capital:,}"}


@asks("EBANK004")
def _deposit(look: Looking) -> dict[str, Any]:
    return _shown(_amount(look, "deposit", 4000, 8000))


@asks("EBANK005")
def _transfer(look: Looking) -> dict[str, Any]:
    return _payee(look, companies(look)[1].mailbox, "transfer", 100, 900)


@asks("EBANK009")
def _payment(look: Looking) -> dict[str, Any]:
    shop = look.one("select merchant, shop_name from merchant_contract order by number limit 1")
    return {"merchant": shop.merchant, "shop": shop.shop_name, "reference": f"PO-{look.mark}-A", **_shown(_amount(look, "payment", 10, 90))}


@asks("EBANK010", "EBANK013", "EBANK014")
def _person(look: Looking) -> dict[str, Any]:
    own = own_person(look)
    return {"name": own.name}


@asks("EBANK011")
def _deposit_personal(look: Looking) -> dict[str, Any]:
    return _shown(_amount(look, "deposit_personal", 150, 400))


@asks("EBANK012")
def _transfer_personal(look: Looking) -> dict[str, Any]:
    return _payee(look, persons(look)[1].mailbox, "transfer_personal", 5, 50)


@asks("EBANK015")
def _purchase(look: Looking) -> dict[str, Any]:
    return {**_payment(look), "reference": f"WB-{look.mark}-B", **_shown(_amount(look, "purchase", 1, 9))}


@asks("EBANK018", "EBANK019")
def _receipt(look: Looking) -> dict[str, Any]:
    own = own_company(look)
    return {"company": own.name, "uscc": own.uscc}
