"""The service desk: everything between a shop and its customers, from the first question to the parcel that comes back.

Customers write, and six clerks answer in shifts from 8:30 to 22:00: they greet, recommend and confirm, hold the price when customers
bargain, and ask the supervisor where they may not decide. What can still be changed or withdrawn follows from where an order is: a paid
one is changed at once; of a printed one the papers are fetched back, of a packed one the parcel; a shipped one is a return. Every change
is a red flag with a remark, and the printer is told. Papers are printed by the hour; bad reviews are phoned by 14:00; returns are
registered before they are sorted; at night the open items go to the next shift. The supervisor plans the shifts, names who owns a
dispute, and scores the month, which the shop's owner approves.

Roles: `pre_sale`, `after_sale`, `order_printer` and `desk_supervisor`: the posts of the clerks, under the shop's password.
"""

from . import (  # noqa: F401
    autoplay,
    briefs,
    cases,
    changes,
    checks,
    compensations,
    days,
    desk,
    disputes,
    invariants,
    papers,
    prologue,
    reports,
    reviews,
    scores,
    shift_checks,
    shifts,
    talks,
)
from .desk import latest
from .kinds import CONVERSATION, PAPERS, RETURN_ENTRY
from .papers import packed, stage
from .reviews import MEDIUM
from .shifts import open_items
from .talks import FOR_SALE

__all__ = ["CONVERSATION", "FOR_SALE", "MEDIUM", "PAPERS", "RETURN_ENTRY", "latest", "open_items", "packed", "stage"]
