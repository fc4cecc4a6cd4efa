"""A world in the formats of its field, so that anybody's tools can look at it: `ecomlab export LOGBOOK --to DIR`.

Ledger as hledger and beancount journals, mailboxes as mbox, certificates as PEM, reports as CSV. Modules add theirs
by `exporter`. Nothing here is read back: it is for judges and readers outside.
"""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from . import reports
from .books import ledger
from .kernel import csvfile, files
from .kernel.doing import Looking
from .kernel.logbook import survey
from .kernel.refusals import Refusal
from .kernel.state import State
from .modules import b2b, edi
from .reports.queries import own_books

if TYPE_CHECKING:
    from .kernel.table import Table

#: Class of an account -> the top-level name that hledger and beancount know.
_TOP = {"asset": "Assets", "liability": "Liabilities", "equity": "Equity", "revenue": "Income", "expense": "Expenses"}


def export(logbook: Path, folder: Path) -> list[Path]:
    """Writes the world of a logbook into `folder`; gives the files written. Raises a Refusal if the header cannot be read."""
    read = survey(logbook)
    state = State(read.header)
    state.replay(read.entries)
    try:
        return export_state(state.look, folder)
    finally:
        state.close()


def export_state(look: Looking, folder: Path) -> list[Path]:
    """The same from a world at hand."""
    written: list[Path] = []

    def write(path: str, content: str | bytes) -> None:
        written.append(files.write(folder, path, content.encode("utf-8") if isinstance(content, str) else content))

    parts = {"books": _journals, "ca": _certificates, "b2b": _contracts, "edi": _interchanges, "reports": _reports}
    for package, part in parts.items():
        if look.scenario.has(package):
            part(look, write)
    if look.scenario.has("email"):
        _mailboxes(look, write)
    return sorted(written)


Write = Callable[[str, "str | bytes"], None]


def _interchanges(look: Looking, write: Write) -> None:
    """Every EDIFACT interchange as it travelled, in its own repertoire."""
    for number, data in edi.interchanges(look):
        write(f"edi/{number}.edi", data)


# --- ledger ------------------------------------------------------------------------------------------------------


def _journals(look: Looking, write: Write) -> None:
    """One journal for all owners: an account is called Assets:<owner>:<account>[:<sub>], so each owner's books balance in it."""
    accounts: dict[tuple[str, str, str], str] = {}
    for row in look.all(
        """select distinct p.owner, p.account, p.sub, a.class, a.en from posting p join ledger_account a using (account)
           order by p.owner, p.account, p.sub"""
    ):
        parts = [_TOP[row[3]], row.owner, f"{row.account}-{row.en}", *([row.sub] if row.sub else [])]
        accounts[row.owner, row.account, row.sub] = ":".join([parts[0], *(_part(p) for p in parts[1:])])
    entries: dict[int, list[Any]] = {}
    for row in look.all("select * from posting order by entry, line"):
        entries.setdefault(row.entry, []).append(row)
    heads = {r.number: r for r in look.all("select * from ledger_entry order by number")}
    hledger = ["; ecomlab ledger. Amounts in CNY; every owner's accounts balance by themselves.", "commodity 1000.00 CNY", "decimal-mark .", ""]
    hledger += [f"account {a}" for a in accounts.values()]
    beancount = ['option "title" "ecomlab ledger"', 'option "operating_currency" "CNY"', ""]
    beancount += [f"{look.scenario.start} open {a} CNY" for a in accounts.values()]
    for number, lines in entries.items():
        head = heads[number]
        hledger += ["", f"{head.day} * ({number}) {_described(head.text)}  ; {head.kind} {head.document or ''}".rstrip()]
        beancount += ["", f"{head.day} * {_quoted(head.text)}", f'  entry: "{number}"', f'  kind: "{head.kind}"']
        if head.document:
            beancount.append(f'  document: "{head.document}"')
        for line in lines:
            posted = f"    {accounts[line.owner, line.account, line.sub]}  {line.amount} CNY"
            hledger.append(posted)
            beancount.append(posted)
    hledger += ["", f"; balances as of {look.day}, asserted"]
    hledger += [f"{look.day} * balances", *(f"    {accounts[k]}  0 CNY = {v} CNY" for k, v in _balances(look).items())]
    write("ledger.hledger", "\n".join(hledger) + "\n")
    write("ledger.beancount", "\n".join(beancount) + "\n")


def _described(text: str) -> str:
    """A text as hledger's description. A semicolon would begin the comment and nothing can release it, so it is written full width."""
    return text.replace(";", "；").replace("\n", " ")


def _quoted(text: str) -> str:
    """A text as beancount's string, which reads it back exactly."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'


def _balances(look: Looking) -> dict[tuple[str, str, str], Decimal]:
    rows = look.all("select owner, account, sub, balance from ledger_balance order by owner, account, sub")
    return {(r.owner, r.account, r.sub): r.balance for r in rows}


def _part(text: str) -> str:
    """A component of an account's name in both formats: beancount wants a capital or a digit first and no spaces."""
    made = "".join(c if c.isascii() and c.isalnum() else "-" for c in text).strip("-")
    return made if made[0].isdigit() or made[0].isupper() else made.capitalize()


# --- the rest ----------------------------------------------------------------------------------------------------


def _certificates(look: Looking, write: Write) -> None:
    from .modules import ca

    authority = ca.authority(look.seed, look.scenario.start)
    write("certificates/ca.pem", authority.chain_pem())
    write("certificates/crl.pem", ca.crl_pem(look))
    write(
        "certificates/README.txt",
        "Rehearsal keys: whoever knows the seed of this world can make every key. Good for the laboratory, and for nothing else.\n"
        "这些密钥由日志里的种子推算而来，仅供实验，不可用于其他任何用途。\n\n"
        f"openssl verify -attime $(date -d {look.day} +%s) -CAfile ca.pem -crl_check_all -CRLfile crl.pem CA-*.pem\n",
    )
    for row in look.all("select number, pem from certificate order by number"):
        write(f"certificates/{row.number}.pem", row.pem)


def _contracts(look: Looking, write: Write) -> None:
    """Every contract's text and the detached CMS of its signatures."""
    for name, content in b2b.contract_files(look):
        write(f"contracts/{name}", content)


def _mailboxes(look: Looking, write: Write) -> None:
    from .modules.email.mime import write_mbox

    with tempfile.TemporaryDirectory() as making:  # the library that knows the format writes files only
        for row in look.all("select address from mailbox order by address"):
            write_mbox(look, row.address, made := Path(making, "mbox"))
            write(f"mail/{row.address}.mbox", made.read_bytes())


def _reports(look: Looking, write: Write) -> None:
    """The trial balance of all, and every report on the student's company, if it has books, under the code's column names."""

    def table(name: str, made: Table) -> None:
        write(f"reports/{name}.csv", csvfile.encoded(csvfile.csv(made.columns, made)))

    table("trial_balance", ledger.trial_balance(look))
    with contextlib.suppress(Refusal):
        owner = own_books(look, None).number
        for report in reports.REPORTS.values():
            table(report.name, look.table(report.sql, **report.parameters({"owner": owner, "end": look.day})))
