"""What each task of the module must show."""

from __future__ import annotations

from typing import Any

from ...books.cast import own_company
from ...kernel.doing import Looking
from ...kernel.evidence import Done, Evidence, asks, check
from ...kernel.names import mentions, same_place
from .. import email


@asks("CA001", "CA002", "CA003")
def _company(look: Looking) -> dict[str, Any]:
    own = own_company(look)
    return {"company": own.name, "uscc": own.uscc, "city": own.city, "province": own.province}


def _applied(seen: Evidence, **fields: Any) -> list[Done]:
    """Applications whose letter goes to a mailbox of the student's own."""
    own = email.own_mailboxes(seen.look)
    return seen.did("ca.apply", where=lambda d: d.arguments["mailbox"].lower() in own, **fields)


def _for_company(seen: Evidence) -> list[Done]:
    return _applied(seen, kind="enterprise", **seen.asked("uscc", organization="company"))


def _right_place(seen: Evidence) -> list[Done]:
    return [d for d in _for_company(seen) if all(same_place(d.arguments[k], seen.brief[k]) for k in ("city", "province"))]


check("CA001", issued=_applied, company=_for_company, place=_right_place)
def _certificates(seen: Evidence) -> set[str]:
    """The certificates that the student applied for for the own company; as long as there is none, those for anybody else."""
    return {str(d.result) for d in _for_company(seen) or _applied(seen)}


def _letters(seen: Evidence) -> list[Done]:
    """The authority's letters about one of these certificates that were opened."""
    numbers = _certificates(seen)
    return seen.did("email.read", where=lambda d: "<ca@" in d.result["sender"] and any(mentions(d.result["subject"], n) for n in numbers))


def _downloaded(seen: Evidence, **asked: str) -> list[Done]:
    return seen.did("ca.download", where=lambda d: d.actor in _certificates(seen), **asked)


check("CA002", letter=_letters, verified=lambda s: s.did("ca.verify_download", where=lambda d: d.arguments["certificate"] in _certificates(s)))
check("CA003", downloaded=_downloaded, with_key=lambda s: _downloaded(s, format="p12"))
