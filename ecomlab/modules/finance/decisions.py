"""What the manager decides: refunds, floats, fees and the sheet of a month. Whoever asked never decides."""

from __future__ import annotations

from typing import Annotated, Literal

from ...books import documents
from ...books.documents import Document, Kind
from ...books.paper import approval
from ...books.paper.approval import APPROVAL
from ...kernel.command import command, query
from ...kernel.doing import Doing
from ...kernel.table import Table
from ...kernel.values import Ask, Line, Ref
from .staff import MANAGER, MINE

#: By kind of document: the states into which a decision brings what it is about.
FOLLOWS: dict[str, tuple[Kind, str, str]] = {}

documents.offer(
    "finance.approvals", APPROVAL, "requested", of="approval", where=f"(select owner from document where number = t.about) = {MINE}",
    shows="t.about, t.amount", order="d.number",
)  # fmt: skip


def decided_by_manager(kind: Kind, approved: str, rejected: str) -> None:
    """Declares that documents of a kind follow the manager's decision into these states."""
    FOLLOWS[kind.name] = (kind, approved, rejected)


@command("FIN003", "FIN004", "FIN005", "FIN012", role=MANAGER, title=("审批", "Decide an approval"))
def decide(
    do: Doing,
    approval_number: Annotated[Ref, Ask("审批单", "Approval", choose="finance.approvals")],
    decision: Annotated[Literal["approved", "rejected"], Ask("决定", "Decision")],
    reason: Annotated[Line, Ask(max=200)] = "",
) -> str:
    """Approves or rejects what somebody of the department asked for; gives the number of what it is about. One's own request is for another to decide."""
    approval.decide(do, approval_number, decision == "approved", reason, "approval_number", offered="finance.approvals")
    return str(do.value("select about from approval where number = $n", n=approval_number))


@documents.on(APPROVAL, "approved")
def _approved(do: Doing, decided: Document) -> None:
    _follow(do, decided.number, 1)


@documents.on(APPROVAL, "rejected")
def _rejected(do: Doing, decided: Document) -> None:
    _follow(do, decided.number, 2)


def _follow(do: Doing, number: str, which: int) -> None:
    row = do.one("select d.number, d.kind from approval a join document d on d.number = a.about where a.number = $n", n=number)
    if row.kind in FOLLOWS:
        follows = FOLLOWS[row.kind]
        documents.find(do, follows[0], row.number).move_to(str(follows[which]))


@query("FIN004", role=MANAGER, title=("查看审批单", "View the approvals"))
def approvals(do: Doing) -> Table:
    """The department's 200 newest approvals: number, day, about, kind, amount, asker, state, decider, reason."""
    return do.table(
        f"""select a.number, d.day, a.about, s.kind, a.amount, x.full_name as asker, d.state, y.full_name as decider, a.reason
            from approval a join document d using (number) join document s on s.number = a.about
            left join finance_staff x on x.number = a.asker left join finance_staff y on y.number = a.decider
            where s.owner = {MINE} order by a.number desc limit 200""",
        actor=do.actor,
    )
