"""What each task of the module must show."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from ...books.cast import companies, own_company, own_person, persons
from ...kernel.doing import Looking
from ...kernel.evidence import Evidence, asks, check


def amount(look: Looking, label: str, low: int, high: int) -> Decimal:
    """An amount of this world: hundreds of CNY between the bounds, with odd cents."""
    chance = look.stream(f"ebank.{label}")
    return (Decimal(chance.randrange(low, high)) * 100 + Decimal(chance.randrange(1, 100)) / 100).quantize(Decimal("0.01"))


def _payee(look: Looking, mailbox: str, label: str, low: int, high: int) -> dict[str, Any]:
    row = look.one(
        "select a.number, c.name from bank_account a join bank_customer c on c.number = a.customer where c.mailbox = $mailbox and a.kind <> 'merchant'",
        mailbox=mailbox,
    )
    return {"payee": row.name, "account": row.number, **_shown(amount(look, label, low, high))}


@asks("EBANK001", "EBANK002", "EBANK006", "EBANK007", "EBANK008", "EBANK016")
def _company(look: Looking) -> dict[str, Any]:
    own = own_company(look)
    capital = Decimal(look.stream("ebank.capital").randrange(20, 60)) * Decimal("50000.00")
    return {"company": own.name, "uscc": own.uscc, "capital": capital, "shown": f"{capital:,}"}


@asks("EBANK004")
def _deposit(look: Looking) -> dict[str, Any]:
    return _shown(amount(look, "deposit", 4000, 8000))


@asks("EBANK005")
def _transfer(look: Looking) -> dict[str, Any]:
    return _payee(look, companies(look)[1].mailbox, "transfer", 100, 900)


@asks("EBANK009")
def _payment(look: Looking) -> dict[str, Any]:
    shop = look.one("select merchant, shop_name from merchant_contract order by number limit 1")
    return {"merchant": shop.merchant, "shop": shop.shop_name, "reference": f"PO-{look.mark}-A", **_shown(amount(look, "payment", 10, 90))}


@asks("EBANK010", "EBANK013", "EBANK014")
def _person(look: Looking) -> dict[str, Any]:
    own = own_person(look)
    return {"name": own.name}


@asks("EBANK011")
def _deposit_personal(look: Looking) -> dict[str, Any]:
    return _shown(amount(look, "deposit_personal", 150, 400))


@asks("EBANK012")
def _transfer_personal(look: Looking) -> dict[str, Any]:
    return _payee(look, persons(look)[1].mailbox, "transfer_personal", 5, 50)


@asks("EBANK015")
def _purchase(look: Looking) -> dict[str, Any]:
    return {**_payment(look), "reference": f"WB-{look.mark}-B", **_shown(amount(look, "purchase", 1, 9))}


@asks("EBANK018", "EBANK019")
def _receipt(look: Looking) -> dict[str, Any]:
    return {"company": own_company(look).name}


def _shown(value: Decimal) -> dict[str, Any]:
    return {"amount": value, "shown": f"{value:,}"}


def _movement(code: str, command: str) -> None:
    """A task that moves money: done at all, to whom if somebody is named, and the amount asked."""
    named = code in ("EBANK005", "EBANK012")

    def right(seen: Evidence) -> list[Any]:
        return seen.did(command, to_account=seen.brief["account"]) if named else seen.did(command)

    check(
        code,
        done=lambda s: s.did(command),
        amount=lambda s: [d for d in right(s) if d.arguments["amount"] == s.brief["amount"]],
        **({"payee": right} if named else {}),
    )


def _lookup(code: str, command: str) -> None:
    """A task that looks something up: found at all, and with a condition."""
    check(
        code,
        found=lambda s: s.looked_up(command),
        condition=lambda s: s.looked_up(command, where=lambda d: any(v is not None and v != "both" for v in d.arguments.values())),
    )


def _own_customer(seen: Evidence) -> Any:
    return seen.look.one(
        "select c.number from bank_customer c join member m on m.number = c.member where c.kind = 'corporate' and m.uscc = $uscc", uscc=seen.brief["uscc"]
    )


check(
    "EBANK001",
    registered=lambda s: s.did("ebank.register_corporate"),
    company=_own_customer,
    capital=lambda s: s.did("ebank.register_corporate", capital=s.brief["capital"]),
)
check(
    "EBANK002",
    certificate=lambda s: s.look.one(
        """select 1 from bank_customer c join document d on d.number = c.certificate
               where c.kind = 'corporate' and d.state = 'downloaded' and c.password not like 'issued:cast/%'"""
    ),
    signed_in=lambda s: s.did("ebank.sign_in_corporate"),
)
_movement("EBANK004", "ebank.deposit")
_movement("EBANK005", "ebank.transfer")
_lookup("EBANK006", "ebank.balance")
_lookup("EBANK007", "ebank.statement")
_lookup("EBANK008", "ebank.transfers")
check(
    "EBANK009",
    paid=lambda s: s.did("ebank.pay_corporate", merchant=s.brief["merchant"], reference=s.brief["reference"], amount=s.brief["amount"]),
    found=lambda s: s.looked_up("ebank.payments"),
)
check(
    "EBANK010",
    registered=lambda s: s.did("ebank.register_personal"),
    signed_in=lambda s: s.did("ebank.sign_in_personal"),
)
_movement("EBANK011", "ebank.deposit_personal")
_movement("EBANK012", "ebank.transfer_personal")
_lookup("EBANK013", "ebank.balance_personal")
_lookup("EBANK014", "ebank.statement_personal")
check(
    "EBANK015",
    paid=lambda s: s.did("ebank.pay_personal", merchant=s.brief["merchant"], reference=s.brief["reference"], amount=s.brief["amount"]),
    found=lambda s: s.looked_up("ebank.purchases"),
)
check(
    "EBANK016",
    contract=lambda s: s.did("ebank.apply_merchant"),
    company=lambda s: s.look.one(
        "select 1 from bank_customer c join member m on m.number = c.member where c.kind = 'merchant' and m.uscc = $uscc", uscc=s.brief["uscc"]
    ),
)
check(
    "EBANK017",
    signed_in=lambda s: s.did("ebank.sign_in_merchant"),
    found=lambda s: s.looked_up("ebank.balance_merchant"),
)
check(
    "EBANK018",
    received=lambda s: s.did(
        "ebank.pay_personal",
        "ebank.pay_corporate",
        where=lambda d: s.look.one("select 1 from bank_customer where number = $number and password not like 'issued:cast/%'", number=d.arguments["merchant"]),
    ),
    found=lambda s: s.looked_up("ebank.statement_merchant"),
)
check(
    "EBANK019",
    found=lambda s: s.looked_up("ebank.day_merchant"),
    payment=lambda s: s.looked_up("ebank.day_merchant", where=lambda d: any(r.kind == "payment" for r in d.result)),
)
