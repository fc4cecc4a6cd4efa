"""Acknowledgements that came back: whether the message could be read (CONTRL), and whether the order is taken (ORDRSP)."""

from __future__ import annotations

from typing import Annotated, Literal

from ...books.periods import FromDay, ToDay, within
from ...books.records import NOT_KEPT
from ...edifact.directory import error_codes
from ...kernel.command import choices, query
from ...kernel.doing import Doing, Looking
from ...kernel.table import Table
from ...kernel.texts import Text
from ...kernel.values import Ask, Ref
from . import network
from .documents import offer
from .roles import EDI_MEMBER
from .views import MessageView, Spoken

_SENT = ("message_acknowledged", "message_rejected", "order_confirmed", "order_declined", "goods_despatched", "order_invoiced")


offer("edi.sent_documents", *_SENT)


@choices("edi.acknowledgements")
def _acknowledgements(look: Looking, actor: str) -> list[tuple[str, Text | str]]:
    rows = look.all(
        "select a.number, a.document, i.message_type from edi_acknowledgement a join edi_interchange i on i.number = a.interchange "
        "join document d on d.number = a.document where d.owner = $actor order by a.number desc",
        actor=actor,
    )
    return [(r.number, f"{r.number} · {r.message_type} · {r.document}") for r in rows]


@query("EDI018", role=EDI_MEMBER, title=("查询回执", "Find acknowledgements"))
def search_acknowledgements(
    do: Doing,
    document: Annotated[Ref, Ask(choose="edi.sent_documents")] = "",
    acknowledgement: Annotated[Literal["technical", "functional"] | None, Ask("回执类型", "Kind of acknowledgement")] = None,
    outcome: Annotated[Literal["accepted", "changed", "rejected"] | None, Ask()] = None,
    from_day: FromDay = None,
    to_day: ToDay = None,
) -> Table:
    """Acknowledgements that meet every condition given: number, moment, document, kind, message, outcome, error code and what it means."""
    rows = do.all(
        f"""select a.number, a.moment, a.document, a.acknowledgement, i.message_type, i.control_reference, a.outcome, a.error_code, a.error_place
           from edi_acknowledgement a join edi_interchange i on i.number = a.interchange join document d on d.number = a.document
           where d.owner = $member and ($document = '' or a.document = $document) and ($kind is null or a.acknowledgement = $kind)
             and ($outcome is null or a.outcome = $outcome)
             and {within('a.moment::date')}
           order by a.number""",
        member=do.actor, document=document or "", kind=acknowledgement, outcome=outcome, from_day=from_day, to_day=to_day,
    )  # fmt: skip
    columns = ("number", "moment", "document", "acknowledgement", "message_type", "control_reference", "outcome", "error_code", "error_place", "meaning")
    meanings = error_codes()
    return Spoken(columns, [(*r, meanings.get(r.error_code, Text("", ""))) for r in rows])


@query("EDI018", role=EDI_MEMBER, title=("打开回执", "Open an acknowledgement"))
def acknowledgement(do: Doing, acknowledgement: Annotated[Ref, Ask("回执", "Acknowledgement", choose="edi.acknowledgements")]) -> Table:
    """The message that brought the acknowledgement, every segment explained."""
    row = do.one(
        "select a.interchange from edi_acknowledgement a join document d on d.number = a.document where a.number = $number and d.owner = $member",
        number=acknowledgement, member=do.actor,
    )  # fmt: skip
    if row is None:
        raise NOT_KEPT("acknowledgement", kind=Text("回执", "acknowledgement"), number=acknowledgement)
    return MessageView(network.payload(do, row.interchange))
