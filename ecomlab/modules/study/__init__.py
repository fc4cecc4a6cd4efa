"""The market assignment: each student explores a market of one's own, and answers twelve questions about what is true in it.

The market follows from the course's key, which the student has not: so neither it nor its truth can be made anew by whoever is to find it out. The teacher
makes the sets (`ecomlab markets`), the logbook holds the answers only, and whoever grades has the key, makes the market again and judges them by it
(docs/adr/0016). Of a demonstration the key is known to everybody, and answers are judged at once.
"""

from . import answers, checks, own  # noqa: F401
