"""What the tasks' texts say comes first: the calls that are held in order, and the texts whose “first”, “then” or “before” orders no calls."""

from __future__ import annotations

import re

from ecomlab.kernel.tasks import tasks

#: By task: a call of the model student's, and the one that its text says comes after it. Done the other way round it is refused or loses points.
HELD: dict[str, tuple[tuple[str, str], ...]] = {
    "EBANK009": (("ebank.pay_corporate", "ebank.payments"),),
    "EBANK015": (("ebank.pay_personal", "ebank.purchases"),),
    "EBANK018": (("ebank.pay_personal", "ebank.statement_merchant"),),
    "LGS002": (("lgs.slip_detail", "lgs.accept_delivery"),),
    "LGS003": (("lgs.count_arrival", "lgs.receive"),),
    "LGS004": (("lgs.slip_detail", "lgs.pick"),),
    "LGS009": (("lgs.vehicles", "lgs.assign_vehicle"),),
    "LGS010": (("lgs.dispatch", "lgs.delivery_note"),),
    "LGS018": (("lgs.receivables", "lgs.receivable_detail"),),
    "LGS020": (("lab.advance", "lgs.deliver"),),
    "B2B008": (("b2b.received_order_detail", "b2b.accept_order"), ("b2b.credit_check", "b2b.reject_order")),
    "B2B009": (("b2b.order_detail", "b2b.confirm_order"),),
    "B2B010": (("b2b.sales_detail", "b2b.send_order"),),
    "B2B011": (("b2b.stock_levels", "b2b.send_goods"),),
    "B2B017": (("b2b.match", "b2b.settle"),),
    "B2B023": (("b2b.inquiries", "b2b.open_negotiation"),),
    "B2B026": (("b2b.supplier_versions", "b2b.agree_as_supplier"),),
    "B2B027": (("b2b.versions", "b2b.agree_as_purchaser"),),
    "B2B028": (("b2b.contracts", "b2b.sign_as_purchaser"),),
    "B2B029": (("b2b.supplier_contracts", "b2b.sign_as_supplier"),),
    "B2C001": (("b2c.check_user_name", "b2c.register"),),
    "B2C004": (("b2c.save_opening", "b2c.post_opening"),),
    "B2C005": (("b2c.new_purchase", "b2c.confirm_purchase"),),
    "B2C009": (("b2c.order_detail", "b2c.accept_order"),),
    "B2C011": (("b2c.sales_detail", "b2c.ship"),),
    "B2C016": (("b2c.tally", "b2c.adjust"),),
    "C2C011": (("c2c.withdraw", "c2c.cancelled"),),
    "NETSELL001": (("netsell.register", "netsell.sign_in"),),
    "NETSELL002": (("netsell.check_name", "netsell.order_international"),),
    "NETSELL003": (("netsell.check_name", "netsell.order_chinese"),),
    "NETSELL008": (("netsell.change_listing", "netsell.search"),),
    "NETSELL011": (("netsell.ad_report", "netsell.delete_text_ad"),),
    "NETSELL014": (("netsell.ad_report", "netsell.delete_button_ad"),),
    "NETSELL017": (("netsell.ad_report", "netsell.delete_banner_ad"),),
    "NETSELL024": (("netsell.ballot_paper", "netsell.vote"),),
    "EDI016": (("edi.create_document", "edi.void"),),
    "FLOOR006": (("floor.scan_out", "floor.exchange_piece"), ("floor.exchange_piece", "floor.scan_out")),
    "FLOOR014": (("floor.name_bottleneck", "floor.run_day"),),
    "DESK004": (("service.ask_supervisor", "service.offer_gift"),),
    "DESK005": (("service.flag", "service.apply_change"), ("service.tell_printer", "service.apply_change"), ("service.confirm_change", "service.apply_change")),
    "DESK006": (("service.fetch_back", "service.apply_change"),),
    "DESK007": (("service.fetch_back", "service.apply_change"), ("service.apply_change", "service.print_order")),
    "DESK009": (("service.flag", "service.apply_change"), ("service.apply_change", "service.print_order")),
    "DESK013": (("lab.wait", "service.print_batch"), ("service.print_batch", "lab.wait")),
    "DESK010": (("service.phone_review", "service.tell_group"),),
    "SHOP010": (("shop.maintain", "shop.price_history"),),
    "SHOP016": (("shop.supplier_statement", "shop.pay_supplier"),),
    "FIN003": (("finance.confirm_goods_back", "finance.decide"), ("finance.decide", "finance.pay_refund")),
    "FIN005": (("finance.decide", "finance.grant_float"),),
    "FIN007": (("finance.vouch", "finance.account_for_float"),),
    "LES010": (("teaching.teach", "teaching.review"),),
}

#: By task: the rows whose order its text asks for. In another order they lose points.
ROWS: dict[str, str] = {
    "SHOP003": "shop.take_photos.rows",
    "SHOP008": "shop.place_in_channel.products",
    "LES004": "teaching.order_steps.steps",
    "LES005": "teaching.script.shown",
}

#: Words of order in a text that orders no calls of its task, with what they say.
FREE = {
    "C2C009": "who has not paid cannot rate (tests/test_c2c.py), and the model student has paid in a task before",
    "B2B006": "a day of delivery",
    "B2B025": "a day of delivery",
    "B2B030": "the goods were delivered in the task before",
    "DESK008": "the parcel is back when it is back",
    "DESK014": "an hour",
    "DESK015": "an hour",
    "DESK016": "the shifts of a week",
    "DESK018": "a day",
    "LES005": "the lesson is given in a later task (tests/test_points.py)",
}

_WORDS = re.compile(r"(?<!领)先(?!后)|(?<!不)再(?!来)|之前|之后|以前|以后|然后|(?<=[办认发款理定除票核署同])前|后[，,查受出发分付签核记再]")
_ENGLISH = re.compile(r"\b(then|before|after|afterwards|later)\b(?!-sales)", re.IGNORECASE)


def ordered() -> dict[str, str]:
    """The tasks whose goal, or the text of one of whose goals, speaks of an order, with what it says in Chinese."""
    found = {}
    for code, task in tasks().items():
        said = [t for t in (task.goal, *(g.text for g in task.goals)) if _WORDS.search(t.zh) or _ENGLISH.search(t.en)]
        if said:
            found[code] = " / ".join(t.zh for t in said)
    return found
