"""The modules in their one order. Each uses only those before it, through their commands and named functions.

Importing this says what modules there are and what each stands on (its `package.toml`); their code is imported where it is needed: that of a world's modules
when the world begins, all of it by `load`.
"""

from .. import books, reports  # noqa: F401  (they stand before the modules in the order of packages)
from ..kernel import evidence, packages, terms

#: The modules of the course.
NAMES = ("email", "ca", "ebank", "lgs", "b2b", "b2c", "c2c", "netsell", "edi", "floor", "service", "shop", "finance", "concepts", "teaching")
#: Those whose commands a student types: also the one that has no tasks of its own.
TYPED = (*NAMES, "live", "study")
#: Those of the assignments beside the course: questions on the books of a shop, and on a market.
BESIDE = ("analytics", "study")

for _name in (*NAMES, "analytics", "live", "study"):
    packages.declare(f"{__name__}.{_name}")


def load() -> None:
    """Imports all of them, and holds what they declare together: every task is checked, and no two call one thing by different names."""
    packages.load()
    terms.complete()
    evidence.complete()
