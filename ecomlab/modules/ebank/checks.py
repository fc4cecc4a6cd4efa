"""What each task of the module must show."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from ...books import documents
from ...books.cast import companies, own_company, own_person, persons
from ...kernel.doing import Looking
from ...kernel.evidence import Done, Evidence, Lives, Met, adds_up, after, asks, check, did, looked_up


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
    own = own_company(look)
    return {"company": own.name, "uscc": own.uscc}


def _shown(value: Decimal) -> dict[str, Any]:
    return {"amount": value, "shown": f"{value:,}"}


def _clients(seen: Evidence, kind: str) -> set[str]:
    """The customer numbers under which the company or the person of the brief is a client of that kind, by the student's doing."""
    match kind:
        case "corporate":
            return {d.result["customer_number"] for d in seen.did("ebank.register_corporate", **seen.asked("uscc"))}
        case "personal":
            return {life.made.result["customer_number"] for life in _persons(seen) if life.made}
        case _:
            return {d.result["merchant"] for d in _contracts(seen)}


def _persons(seen: Evidence) -> Lives:
    """The personal clients that the student registered in the asked name, at first or put right."""
    made = seen.lives("ebank.register_personal", "ebank.change_personal", gave=lambda given: given["account"])
    return made.made().was(**seen.asked(full_name="name"))


def _contracts(seen: Evidence) -> list[Done]:
    """The merchant contracts that the company of the brief has signed."""
    own = _clients(seen, "corporate")
    return seen.did("ebank.apply_merchant", where=lambda d: d.actor in own)


def _moves_money(code: str, command: str, account: str, **payee: str) -> None:
    """A task that moves money: done at all, to whom if somebody is named, and the amount asked, at once or in parts.

    account: the field of the account that it goes to.
    """

    def right(seen: Evidence) -> list[Done]:
        return seen.did(command, **seen.asked(**payee))

    def amount(seen: Evidence) -> bool:
        paid = right(seen)
        into = [[d.arguments["amount"] for d in paid if d.arguments[account] == a] for a in dict.fromkeys(d.arguments[account] for d in paid)]
        return any(adds_up(amounts, seen.brief["amount"]) for amounts in into)

    goals: dict[str, Met] = {"done": lambda s: s.did(command), "amount": amount}
    check(code, **goals | ({"payee": right} if payee else {}))


def _looks_up(code: str, query: str, kind: str) -> None:
    """A task that looks up what a client of the brief's has: found at all, and with a condition."""

    def found(seen: Evidence) -> list[Done]:
        own = _clients(seen, kind)
        return seen.looked_up(query, where=lambda d: d.actor in own)

    check(code, found=found, condition=lambda s: [d for d in found(s) if d.given])


def _pays(code: str, command: str, query: str) -> None:
    """A task that pays a shop's order and then finds that payment in the list; as long as it is not paid as asked, any of one's own."""
    def paid(seen: Evidence) -> list[Done]:
        return seen.did(command, **seen.asked("merchant", "reference", "amount"))

    check(code, paid=paid, found=lambda s: s.looked_up(query, finds=[d.result for d in paid(s) or s.did(command)]))


def _received(seen: Evidence) -> list[str]:
    """The electronic payments that the company's merchants have received, from whomever."""
    rows = seen.look.all(
        "select number from bank_transaction where kind = 'payment' and list_contains($own, merchant)", own=sorted(_clients(seen, "merchant")) or [""]
    )
    return [r.number for r in rows]


def _registered(seen: Evidence, *more: str) -> Lives:
    """The asked company as a client, as it registered and corrected its capital."""
    made = seen.lives("ebank.register_corporate", "ebank.change_corporate", gave=lambda given: given["customer_number"])
    return made.was(**seen.asked("uscc", *more, company_name="company"))


def _certificates(seen: Evidence) -> set[str]:
    """The certificates that the bank applied for in the company's name."""
    return {d.result["certificate"] for d in seen.did("ebank.register_corporate", **seen.asked("uscc"))}


def _of_merchant(seen: Evidence, query: str, finds: list[str] | None = None) -> list[Done]:
    own = _clients(seen, "merchant")
    return seen.looked_up(query, finds=finds, where=lambda d: d.actor in own)


check("EBANK001", registered=did("ebank.register_corporate"), company=_registered, capital=lambda s: _registered(s, "capital"))
check(
    "EBANK002",
    certificate=lambda s: [m for m in documents.moved(s, "certificate", "downloaded") if m.number in _certificates(s)],
    signed_in=lambda s: s.did("ebank.sign_in_corporate", where=lambda d: d.arguments["customer_number"] in _clients(s, "corporate")),
)
_moves_money("EBANK004", "ebank.deposit", "account")
_moves_money("EBANK005", "ebank.transfer", "to_account", to_account="account")
_looks_up("EBANK006", "ebank.balance", "corporate")
_looks_up("EBANK007", "ebank.statement", "corporate")
_looks_up("EBANK008", "ebank.transfers", "corporate")
_pays("EBANK009", "ebank.pay_corporate", "ebank.payments")
check(
    "EBANK010",
    registered=_persons,
    signed_in=lambda s: after(s.did("ebank.register_personal"), s.did("ebank.sign_in_personal")),
)
_moves_money("EBANK011", "ebank.deposit_personal", "account")
_moves_money("EBANK012", "ebank.transfer_personal", "to_account", to_account="account")
_looks_up("EBANK013", "ebank.balance_personal", "personal")
_looks_up("EBANK014", "ebank.statement_personal", "personal")
_pays("EBANK015", "ebank.pay_personal", "ebank.purchases")
check("EBANK016", contract=did("ebank.apply_merchant"), company=_contracts)
check("EBANK017", signed_in=did("ebank.sign_in_merchant"), found=looked_up("ebank.balance_merchant"))
check("EBANK018", received=_received, found=lambda s: _of_merchant(s, "ebank.statement_merchant", finds=_received(s)))
check(
    "EBANK019",
    found=lambda s: _of_merchant(s, "ebank.day_merchant"),
    payment=lambda s: _of_merchant(s, "ebank.day_merchant", finds=_received(s)),
)
