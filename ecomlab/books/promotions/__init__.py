"""Promotions: what a seller takes off its prices for a time, and who has a coupon. A package of its own: worlds without shops do without it.

`price_now` says what a product costs somebody now, `quote` what a whole basket comes to. A discount is no expense: it lowers the revenue of what is
sold (CAS 14, consideration), and with it the tax, so what a module books are simply the amounts of the quote's lines.
"""

from ...kernel import packages

packages.register(__name__)

from .offers import COUPON, NOT_YOUR_COUPON, PROMOTION, end, give_coupon, launch, listed, release_coupon, use_coupon  # noqa: E402
from .pricing import Quote, QuoteLine, price_now, quote, running  # noqa: E402

__all__ = [
    "COUPON", "NOT_YOUR_COUPON", "PROMOTION", "Quote", "QuoteLine", "end", "give_coupon", "launch", "listed", "price_now", "quote", "release_coupon",
    "running", "use_coupon",
]  # fmt: skip
