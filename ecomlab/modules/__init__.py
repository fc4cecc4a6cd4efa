"""The modules in their one order. Each uses only those before it, through their commands and named functions."""

from importlib import import_module, util

#: Every module that the course has; those not yet built are left out of NAMES.
ORDER = ("email", "ca", "ebank", "lgs", "b2b", "b2c", "c2c", "netsell", "edi", "floor", "service", "shop", "finance", "concepts", "teaching")
NAMES = tuple(name for name in ORDER if util.find_spec(f"ecomlab.modules.{name}"))
#: Those whose commands a student types: also the one that has no tasks of its own.
TYPED = (*NAMES, "live", "study")
#: Those of the assignments beside the course: questions on the books of a shop, and on a market.
BESIDE = ("analytics", "study")

from .. import books  # noqa: E402,F401
from ..kernel import evidence, terms  # noqa: E402

for _name in NAMES:
    import_module(f"ecomlab.modules.{_name}")

import_module("ecomlab.modules.analytics")
import_module("ecomlab.modules.live")
import_module("ecomlab.modules.study")
for _name in (*NAMES, *BESIDE):  # the model student belongs to the teacher's part of the distribution (pyproject.toml), and may be away
    for _part in ("playbook", "report_plays"):
        if util.find_spec(f"ecomlab.modules.{_name}.{_part}"):
            import_module(f"ecomlab.modules.{_name}.{_part}")
terms.complete()
evidence.complete()
