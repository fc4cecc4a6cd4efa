"""Auctions between persons: an auction house where members sell to each other.

A member registers once and signs in as buyer, as seller or as both. Sellers put items up with a start price, tiered
or fixed increments and, if they like, a hidden reserve, a buy-now price and a soft close. Buyers bid by proxy: they
name the most they would pay, and the house bids for them no more than it takes to lead; the earlier of equal maxima
leads. The business clock closes auctions in a stated order. A sale is owed in both parties' books until the buyer
pays through the bank; a buyer who does not is reported, and the next bidder may get a second chance. Buyers rate
each sale once, and a seller's rating is the sum. Other members, played by the house, sell, bid, pay and rate as days
go by, so nobody is alone.

Roles: `auction_buyer` and `auction_seller`, which one member may be at once, `auction_administrator`, who looks after
log, groups, categories and listings, and the visitor who registers and browses.
"""

# the order in which the two daily works run: auctions close first (sales), then the scripted members act (bidders)
from . import administration, analysis, bidding, checks, listings, lists, members, pricing, prologue, sales  # noqa: F401
from .listings import LISTING

__all__ = ["LISTING"]
