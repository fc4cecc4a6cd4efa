"""How a company's stock is valued: its own choice, which it may change with a reason that is on record."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any, Literal

from ...books import stock
from ...kernel.command import command
from ...kernel.doing import Doing
from ...kernel.values import Ask, Line
from .members import PURCHASER, SUPPLIER

Method = Annotated[Literal["moving_average", "fifo"], Ask()]
#: A change of an accounting policy is disclosed with its reason (CAS 28).
Reason = Annotated[Line, Ask("变更原因", "Reason for the change", max=200)]


@command(role=PURCHASER, title=("选择存货计价方法", "Choose the costing method"))
def value_stock_as_purchaser(do: Doing, method: Method, reason: Reason) -> dict[str, Any]:
    """Has the purchaser's stock valued by moving average or FIFO from now on; what is there keeps its value. Gives method and value (CNY)."""
    return _change(do, method)


@command(role=SUPPLIER, title=("选择存货计价方法", "Choose the costing method"))
def value_stock_as_supplier(do: Doing, method: Method, reason: Reason) -> dict[str, Any]:
    """Has the supplier's stock valued by moving average or FIFO from now on; what is there keeps its value. Gives method and value (CNY)."""
    return _change(do, method)


def _change(do: Doing, method: str) -> dict[str, str | Decimal]:
    return {"method": method, "value": stock.change_method(do, do.actor, method, "method")}
