"""What each task of the module must show."""

from __future__ import annotations

from typing import Any

from ...books.cast import own_company
from ...kernel.doing import Looking
from ...kernel.evidence import asks, check


@asks("CA001", "CA002", "CA003")
def _company(look: Looking) -> dict[str, Any]:
    own = own_company(look)
    return {"company": own.name, "uscc": own.uscc, "city": own.city, "province": own.province}


check(
    "CA001",
    issued=lambda s: s.did("ca.apply"),
    company=lambda s: s.look.one("select 1 from certificate where kind = 'enterprise' and uscc = $uscc", uscc=s.brief["uscc"]),
    place=lambda s: s.did("ca.apply", where=lambda d: d.arguments["city"].casefold() in s.brief["city"].casefold()),
)
check(
    "CA002",
    letter=lambda s: s.did("email.read", where=lambda d: "ca@" in d.result["sender"]),
    verified=lambda s: s.did("ca.verify_download"),
)
check(
    "CA003",
    downloaded=lambda s: s.did("ca.download"),
    with_key=lambda s: s.did("ca.download", format="p12"),
)
