"""From document to message and onto the network: flat file, EDIFACT, sending; and the message to be looked at."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

from ...books import documents
from ...books.records import NOT_KEPT
from ...edifact import Envelope, NotInRepertoire, write
from ...edifact import messages as chain
from ...edifact.syntax import CODECS
from ...kernel.command import choices, command, query
from ...kernel.doing import Doing, Looking
from ...kernel.names import both
from ...kernel.refusals import refusal
from ...kernel.table import Table
from ...kernel.texts import Text
from ...kernel.values import Ask, Ref
from . import flatfile, network
from .documents import EDI_DOCUMENT, DocumentRef, lines_of, offer, order_of, trade_of
from .roles import EDI_MEMBER
from .views import FlatFile, MessageView

NOT_WRITABLE = refusal(
    "not_in_repertoire",
    "与该伙伴约定的字符集 {level} 没有字符“{character}”。请修改商品名称或附言，或与伙伴改约 UNOY（EDI007）。",
    "The character set {level} agreed with this partner has no {character}. Change the product's name or the note, or agree on UNOY (EDI007).",
)
NO_FLAT_FILE = refusal("no_flat_file", "单证 {number} 还没有平面文件。请先生成。", "The document {number} has no flat file yet. Create it first.")
NO_MESSAGE = refusal("no_message", "单证 {number} 还没有 EDI 报文。请先生成。", "The document {number} has no EDI message yet. Create it first.")
ALREADY_SENT = refusal(
    "already_sent",
    "交换 {reference} 已于 {moment:%Y-%m-%d %H:%M} 发送，同一交换不能发送两次。请查询它的回执。",
    "The interchange {reference} was sent on {moment:%Y-%m-%d %H:%M} and cannot be sent twice. Find its acknowledgement.",
)
NOT_CONNECTED = refusal(
    "not_connected",
    "GLN {gln} 不在 EDI 网络上，报文无法送达。请核对伙伴的 GLN（网络会员名录可查）。",
    "GLN {gln} is not on the EDI network, so nothing can reach it. Check the partner's GLN against the directory.",
)


offer("edi.for_flat_file", "recorded")
offer("edi.for_message", "flat_file_made")
offer("edi.for_sending", "message_made")
offer("edi.rejected", "message_rejected")


@choices("edi.interchanges")
def _interchanges(look: Looking, actor: str) -> list[tuple[str, Text | str]]:
    rows = look.all(
        "select number, message_type, control_reference from edi_interchange where sender_gln = $me or recipient_gln = $me order by number desc", me=actor
    )
    return [(r.number, f"{r.number} · {r.message_type} · {r.control_reference}") for r in rows]


@command("EDI017", role=EDI_MEMBER, title=("生成平面文件", "Create the flat file"))
def make_flat_file(do: Doing, document: Annotated[Ref, Ask(choose="edi.for_flat_file")]) -> str:
    """Writes the document in the fixed-length form that the translator takes; gives the file's text."""
    found = documents.find(do, EDI_DOCUMENT, document, "document", do.actor)
    found.move_to("flat_file_made", "document")
    text = flatfile.write(trade_of(do, document))
    do.execute("update edi_order set flat_file = $text where number = $number", text=text, number=document)
    do.deliver(f"edi/{document}.txt", lambda: text.encode())
    return text


@command("EDI017", role=EDI_MEMBER, title=("生成 EDI 报文", "Create the EDI message"))
def make_message(do: Doing, document: Annotated[Ref, Ask(choose="edi.for_message")]) -> str:
    """Translates the flat file into an ORDERS message of D.96A, in an interchange to the partner; gives the interchange's number.

    The character set is the one agreed with the partner. Names of goods are written in English where it has no Chinese; any other character outside it
    is refused, and nothing is made.
    """
    found = documents.find(do, EDI_DOCUMENT, document, "document", do.actor)
    found.move_to("message_made", "document")
    order = order_of(do, document)
    level = do.value("select level from edi_partner where number = $partner", partner=order.partner)
    trade = flatfile.read(order.flat_file)
    number = network.keep(do, "ORDERS", do.actor, trade.supplier, level, lambda envelope: _written(envelope, trade), document)
    do.execute("update edi_order set interchange = $interchange where number = $number", interchange=number, number=document)
    payload = do.value("select payload from edi_interchange where number = $number", number=number)
    do.deliver(f"edi/{number}.edi", lambda: payload.encode(CODECS[level]))
    return number


def _written(envelope: Envelope, trade: chain.Trade) -> bytes:
    try:
        return write(envelope, [chain.orders(trade)])
    except NotInRepertoire:
        trade = replace(trade, lines=tuple(replace(line, name=both(line.name).en) for line in trade.lines))
    try:
        return write(envelope, [chain.orders(trade)])
    except NotInRepertoire as error:
        raise NOT_WRITABLE("document", level=envelope.level, character=error.character) from None


@command("EDI017", role=EDI_MEMBER, title=("发送报文", "Send the message"))
def send(do: Doing, document: Annotated[Ref, Ask(choose="edi.for_sending")]) -> str:
    """Hands the interchange to the network. The partner's system answers with CONTRL; gives the document's state then.

    An interchange goes out once: 'already_sent' names when it did. 'not_connected' where no member has the partner's GLN.
    """
    found = documents.find(do, EDI_DOCUMENT, document, "document", do.actor)
    row = do.one("select i.* from edi_interchange i join edi_order o on o.interchange = i.number where o.number = $number", number=document)
    if row is not None and row.sent is not None:
        raise ALREADY_SENT("document", reference=row.control_reference, moment=row.sent)
    if row is not None and not network.connected(do, row.recipient_gln):
        raise NOT_CONNECTED("document", gln=row.recipient_gln)
    found.move_to("message_sent", "document")
    verdict = network.deliver(do, row.number, do.moment)
    found.move_to("message_acknowledged" if verdict.accepted else "message_rejected")
    return found.state


@command(role=EDI_MEMBER, title=("重新处理被拒单证", "Reopen a rejected document"))
def take_up_again(do: Doing, document: Annotated[Ref, Ask(choose="edi.rejected")]) -> str:
    """Opens a document whose message the partner's system rejected, to be translated and sent again under another reference."""
    documents.find(do, EDI_DOCUMENT, document, "document", do.actor).move_to("recorded", "document")
    do.execute("update edi_order set flat_file = null, interchange = null where number = $number", number=document)
    return document


@query(role=EDI_MEMBER, title=("查看平面文件", "View the flat file"))
def flat_file(do: Doing, document: DocumentRef) -> Table:
    """The document's flat file, record by record and field by field."""
    documents.find(do, EDI_DOCUMENT, document, "document", do.actor)
    text = order_of(do, document).flat_file
    if text is None:
        raise NO_FLAT_FILE("document", number=document)
    return FlatFile(text)


@query(role=EDI_MEMBER, title=("对照查看报文", "Compare message and document"))
def message(do: Doing, document: DocumentRef) -> Table:
    """The document on one side, its message on the other, every segment explained: number, tag, segment, Chinese, English."""
    documents.find(do, EDI_DOCUMENT, document, "document", do.actor)
    order = order_of(do, document)
    if order.interchange is None:
        raise NO_MESSAGE("document", number=document)
    return MessageView(network.payload(do, order.interchange), order, lines_of(do, document))


@query(role=EDI_MEMBER, title=("查看收发的交换", "View an interchange"))
def interchange(do: Doing, interchange: Annotated[Ref, Ask("交换", "Interchange", choose="edi.interchanges")]) -> Table:
    """An interchange that you sent or received, every segment explained."""
    row = do.one("select number from edi_interchange where number = $number and (sender_gln = $me or recipient_gln = $me)", number=interchange, me=do.actor)
    if row is None:
        raise NOT_KEPT("interchange", kind=Text("交换", "interchange"), number=interchange)
    return MessageView(network.payload(do, interchange))
