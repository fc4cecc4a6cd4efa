"""What is traded and how it is delivered: goods at a price, and the eleven rules of Incoterms 2020 (ICC publication 723E)."""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple

from ...kernel.refusals import refusal
from ...kernel.texts import Text

INCOTERMS = {
    "EXW": Text("工厂交货", "Ex works"),
    "FCA": Text("货交承运人", "Free carrier"),
    "CPT": Text("运费付至", "Carriage paid to"),
    "CIP": Text("运费和保险费付至", "Carriage and insurance paid to"),
    "DAP": Text("目的地交货", "Delivered at place"),
    "DPU": Text("目的地卸货后交货", "Delivered at place unloaded"),
    "DDP": Text("完税后交货", "Delivered duty paid"),
    "FAS": Text("船边交货", "Free alongside ship"),
    "FOB": Text("船上交货", "Free on board"),
    "CFR": Text("成本加运费", "Cost and freight"),
    "CIF": Text("成本、保险费加运费", "Cost, insurance and freight"),
}

DELIVERY_PAST = refusal(
    "delivery_past", "交货日期早于今天（{today}）。请选择今天或以后的日期。", "The delivery date is before today ({today}). Choose today or a later day."
)


class Goods(NamedTuple):
    """So many pieces of a product at a price."""

    product: str
    quantity: int
    price: Decimal
