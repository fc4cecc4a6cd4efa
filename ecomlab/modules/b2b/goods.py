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


#: Rules under which the purchaser bears the freight.
FREIGHT_BY_PURCHASER = ("EXW", "FCA", "FAS", "FOB")
#: When the risk passes to the purchaser, and the goods with it: the state of their delivery order. They are handed over for carriage when they are
#: picked, on board when the ship has left, at the place named when they are delivered.
PASSES = {
    **dict.fromkeys(("EXW", "FCA", "CPT", "CIP"), "picked"),
    **dict.fromkeys(("FAS", "FOB", "CFR", "CIF"), "dispatched"),
    **dict.fromkeys(("DAP", "DPU", "DDP"), "delivered"),
}
#: What goods from the catalogue are ordered under: list prices are for goods that are brought to the purchaser.
CATALOGUE_RULE = "DAP"
#: The rules for sea and inland waterway only, and the rule for any mode of transport that takes the place of each (ICC 723E, introduction).
ONLY_BY_SHIP = {"FAS": "FCA", "FOB": "FCA", "CFR": "CPT", "CIF": "CIP"}
GOES_BY_ROAD = refusal(
    "goes_by_road",
    "{rule} 只用于海运和内河运输，供应商的物流商没有船舶，货物由车辆运送。请改用 {instead}。",
    "{rule} is for ships only. The supplier's carrier has no ship, so the goods travel by road. Choose {instead} instead.",
)


def who_bears(incoterm: str) -> Text:
    """Who pays the freight and when the risk passes under a rule, as a contract says it."""
    freight = Text("运费由采购商承担", "Freight is paid by the purchaser") if incoterm in FREIGHT_BY_PURCHASER else _BY_SUPPLIER
    risk = _RISK[PASSES[incoterm]]
    return Text(f"{freight.zh}；{risk.zh}。", f"{freight.en}; {risk.en}.")


_BY_SUPPLIER = Text("运费由供应商承担", "Freight is paid by the supplier")
_RISK = {
    "picked": Text("货物交给物流商时风险转移", "the risk passes when the carrier takes the goods over"),
    "dispatched": Text("货物装船时风险转移", "the risk passes when the ship takes the goods over"),
    "delivered": Text("货物送达交货地点时风险转移", "the risk passes when the goods arrive at the place of delivery"),
}


class Goods(NamedTuple):
    """So many pieces of a product at a price."""

    product: str
    quantity: int
    price: Decimal
