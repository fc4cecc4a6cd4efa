"""Reports: what the books say, each report one SQL file that a student can read (`sql/`).

Nothing is kept here: a report reads the books alone, the ledger, the stock books and the
sale lines, so it agrees with them to the cent; `prepared` is for very many trades. `frames` runs a report on any connection, `queries`
are the same as queries of the laboratory, recorded as evidence and for one's own books only; `questions` judges an answer
against what the books say when it is given.
"""

from ..kernel import packages

packages.register(__name__, data=("carriers", "companies", "persons"), everywhere=True)

from . import agreement, queries, questions  # noqa: E402,F401  (declare the invariant, the queries and the command)
from .dataframes import as_frame, frame  # noqa: E402
from .frames import OF_MODULES, REPORTS, Report, declare, report  # noqa: E402

__all__ = ["OF_MODULES", "REPORTS", "Report", "as_frame", "declare", "frame", "report"]
