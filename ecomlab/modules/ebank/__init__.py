"""Online banking: corporate, personal and merchant banking over one set of double-entry books.

A company registers and gets an account and a certificate; it signs in with certificate, customer number and
password. A person registers and gets a card account. A company that sells to shoppers signs a merchant contract and
gets a merchant number and a settlement account. Money comes in as cash, moves by transfer and by electronic payment
(paid once per order however often it is sent), and every movement is a balanced posting in the books of the bank and
of both parties. Postings are never changed: a recalled transfer is posted back.

A company may have its payments entered, reviewed and approved by three people, each with a sign-in of their own.

Roles: `corporate_client`, `personal_client`, `merchant_client`, each signed in as one customer of the bank; `payment_enterer`,
`payment_reviewer` and `payment_approver`, the operators of a company; and the visitor who registers.
"""

from . import accounts, checks, corporate, dealings, merchants, movements, operators, personal, prologue, statements  # noqa: F401
from .accounts import CORPORATE_CLIENT, PERSONAL_CLIENT, CompanyAccount, Pin, account_of, balance_of, members_account, offer_accounts
from .merchants import merchant_account, settlement_account
from .movements import (
    cash_out,
    debit,
    debit_at_once,
    get_from_outside,
    give_back_cards,
    pay,
    pay_in,
    pay_outside,
    refund,
    settle,
    settle_payable,
    take_cards,
)

__all__ = [
    "CORPORATE_CLIENT", "PERSONAL_CLIENT", "CompanyAccount", "Pin", "account_of", "balance_of", "cash_out", "debit", "debit_at_once", "get_from_outside",
    "give_back_cards", "members_account", "merchant_account", "offer_accounts", "pay", "pay_in", "pay_outside", "refund", "settle", "settle_payable",
    "settlement_account", "take_cards",
]  # fmt: skip
