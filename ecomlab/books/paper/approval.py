"""Approvals: one asks, another decides. Whoever asked never decides, whatever else they may be in the house.

An approval is a document about a document: a refund, an advance, a plan. The module that asks says which role is to decide, and for
what amount; what follows from the answer is its own affair (`documents.on(APPROVAL, "approved")`, or `must_be_given` before it pays).
"""

from __future__ import annotations

from decimal import Decimal

from ...kernel.audit import invariant
from ...kernel.command import CHOICES, ROLES
from ...kernel.doing import Doing, Looking
from ...kernel.refusals import refusal
from .. import documents
from ..documents import Document

APPROVAL = documents.kind(
    "approval", "AP", ("审批单", "approval"),
    {"requested": ("approved", "rejected", "withdrawn"), "approved": (), "rejected": (), "withdrawn": ()}, module="paper",
)  # fmt: skip

OWN_APPROVAL = refusal(
    "own_approval",
    "审批单“{number}”由你本人申请，不能由本人审批。请由另一人以“{role}”身份审批。",
    "You asked for the approval {number} yourself, so you cannot decide it. Let another {role} decide.",
)
NOT_THE_DECIDER = refusal(
    "not_the_decider",
    "审批单“{number}”应由“{role}”审批。请以该身份登录后审批。",
    "The approval {number} is for the {role} to decide. Sign in as {role}.",
)
NOT_THE_ASKER = refusal(
    "not_the_asker", "审批单“{number}”不是你申请的。请由申请人撤回。", "You did not ask for the approval {number}. Let the asker withdraw it."
)
NOT_APPROVED = refusal(
    "not_approved",
    "单据“{number}”还没有获得批准。请先申请审批，并等待批准。",
    "The document {number} has not been approved. Ask for approval and wait for the decision.",
)
ASKED_ALREADY = refusal(
    "asked_already",
    "单据“{number}”已有待审批的申请“{approval}”。请等待审批，或先撤回。",
    "The approval {approval} is waiting for the document {number}. Wait for the decision, or withdraw it first.",
)


def ask(do: Doing, about: str, role: str, amount: Decimal | None = None, field: str | None = None, asker: str = "") -> Document:
    """Asks that somebody in that role decide about a document. Refuses 'asked_already' while an approval about it waits.

    amount: CNY, where money is in question. asker: whose wish it is, where another's act sets it going; by default who acts.
    """
    waiting = do.value("select number from approval join document using (number) where about = $about and state = 'requested'", about=about)
    if waiting:
        raise ASKED_ALREADY(field, number=about, approval=waiting)
    made = documents.create(do, APPROVAL, owner=asker or do.actor, parent=about)
    do.execute(
        "insert into approval values ($number, $about, $role, $amount, $asker, null, null)",
        number=made.number, about=about, role=role, amount=amount, asker=asker or do.actor,
    )  # fmt: skip
    return made


def decide(do: Doing, number: str, approves: bool, reason: str = "", field: str | None = "approval", *, offered: str) -> Document:
    """Approves or rejects what somebody else asked for. Refuses 'not_found', 'not_the_decider', 'own_approval', 'wrong_state' and 'not_yours'.

    offered: the choices of the field. What they do not offer to whoever acts is for another of that role, in another house, to decide.
    """
    found = documents.find(do, APPROVAL, number, field)
    asked = do.one("select role, asker from approval where number = $number", number=number)
    title = ROLES[asked.role].title
    if do.role != asked.role:
        raise NOT_THE_DECIDER(field, number=number, role=title)
    if do.actor == asked.asker:
        raise OWN_APPROVAL(field, number=number, role=title)
    found.must_allow("approved" if approves else "rejected", field)
    if number not in dict(CHOICES[offered](do, do.actor)):
        raise documents.NOT_YOURS(field, kind=APPROVAL.title, number=number)
    do.execute("update approval set decider = $who, reason = $reason where number = $number", who=do.actor, reason=reason or None, number=number)
    found.move_to("approved" if approves else "rejected", field)
    return found


def withdraw(do: Doing, number: str, field: str | None = "approval") -> Document:
    """Takes back what one asked for, before it is decided. Refuses 'not_found', 'not_the_asker' and 'wrong_state'."""
    found = documents.find(do, APPROVAL, number, field)
    if found.owner != do.actor:
        raise NOT_THE_ASKER(field, number=number)
    found.move_to("withdrawn", field)
    return found


def given(look: Looking, about: str) -> bool:
    """Whether the latest approval about a document has been given."""
    last = "select d.state from approval a join document d using (number) where a.about = $about order by d.number desc limit 1"
    return bool(look.value(last, about=about) == "approved")


def must_be_given(do: Doing, about: str, field: str | None = None) -> None:
    """Refuses 'not_approved' unless the latest approval about a document has been given."""
    if not given(do, about):
        raise NOT_APPROVED(field, number=about)


@invariant("approvals_by_another", "审批人从不是申请人，且有决定才有审批人", "Who decides an approval never asked for it; only a decided one has a decider")
def _by_another(look: Looking) -> list[str]:
    return [
        f"{r.number}: {r.state}, asked by {r.asker}, decided by {r.decider}"
        for r in look.all(
            """select a.number, d.state, a.asker, a.decider from approval a join document d using (number)
               where a.decider = a.asker or (a.decider is not null) <> (d.state in ('approved', 'rejected')) order by 1"""
        )
    ]
