"""NETSELL: online marketing.

A company joins as a marketing member and makes itself known: it orders a domain name and points it at its site, rents
web hosting, has the site listed in the search engine, places text, button and banner advertisements, publishes business
information, asks a questionnaire, sends an e-zine to those who subscribed and confirmed, and writes to mailing lists.
Orders are paid for at the bank. As the business clock moves, an audience that follows from the seed sees and clicks
the advertisements, searches, and answers questionnaires; members look at what that brought and what it cost. An
advertisement that leads to a product of the mall brings orders there.

Roles: `marketer`, a member signed in; visitors subscribe, search and look at the pages. What a member creates,
changes and deletes is declared once for each kind, by `books.records.family`.
"""

from . import (  # noqa: F401
    advertising,
    audience,
    briefs,
    checks,
    conversions,
    domains,
    funnel,
    hosting,
    lists,
    members,
    orders,
    prologue,
    publishing,
    questionnaires,
    search,
    subscriptions,
)
from .advertising import CAMPAIGNS, performance

__all__ = ["CAMPAIGNS", "performance"]
