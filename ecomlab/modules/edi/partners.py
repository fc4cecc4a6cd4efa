"""Partner types and trading partners."""

from __future__ import annotations

from typing import Annotated

from ...kernel.command import choices, command, query
from ...kernel.doing import Doing, Looking
from ...kernel.refusals import refusal
from ...kernel.table import Table
from ...kernel.texts import Text
from ...kernel.values import Ask, Line, Ref
from .masterdata import Family
from .membership import EDI_MEMBER, LEVELS, Level
from .numbers import checked_gln

TYPES = Family(
    "edi_partner_type", "EDT", "partner_type", Text("伙伴类型", "partner type"), "name",
    "select number from edi_partner where partner_type = $number order by number limit 1",
)  # fmt: skip
PARTNERS = Family(
    "edi_partner", "EDP", "partner", Text("贸易伙伴", "trading partner"), "gln", "select number from edi_order where partner = $number order by number limit 1"
)

YOURSELF = refusal("partner_is_yourself", "{gln} 是您自己的 GLN，请填写对方的。", "{gln} is your own GLN; enter the partner's.")

TypeName = Annotated[Line, Ask("类型名称", "Name of the type", max=40)]
PartnerName = Annotated[Line, Ask(max=60)]
Gln = Annotated[Line, Ask(max=20, example="9520000000004")]
TypeRef = Annotated[Ref, Ask(choose="edi.partner_types")]
PartnerRef = Annotated[Ref, Ask(choose="edi.partners")]
Agreed = Annotated[Level, Ask("约定字符集", "Repertoire agreed", labels=LEVELS)]
Contact = Annotated[Line, Ask(max=60)]


@choices("edi.partner_types")
def _types(look: Looking, actor: str) -> list[tuple[str, Text | str]]:
    return TYPES.offered(look, actor, "name")


@choices("edi.partners")
def _partners(look: Looking, actor: str) -> list[tuple[str, Text | str]]:
    return PARTNERS.offered(look, actor, "name", "gln")


@command("EDI003", role=EDI_MEMBER, title=("新建伙伴类型", "Create a partner type"))
def create_partner_type(do: Doing, name: TypeName) -> str:
    """Keeps a new type of partner; gives its number."""
    return TYPES.create(do, do.actor, name=name)


@command("EDI004", role=EDI_MEMBER, title=("修改伙伴类型", "Change a partner type"))
def change_partner_type(do: Doing, partner_type: TypeRef, name: TypeName) -> str:
    """Gives a type another name; partners of the type keep it."""
    return TYPES.change(do, do.actor, partner_type, name=name)


@command("EDI005", role=EDI_MEMBER, title=("删除伙伴类型", "Delete a partner type"))
def delete_partner_type(do: Doing, partner_type: TypeRef) -> str:
    """Deletes a type that no partner has."""
    return TYPES.delete(do, do.actor, partner_type)


@query(role=EDI_MEMBER, title=("查看伙伴类型", "Look at the partner types"))
def partner_types(do: Doing) -> Table:
    """The member's types, and how many partners have each."""
    return do.table(
        """select t.number, t.name, count(p.number) as partners from edi_partner_type t left join edi_partner p on p.partner_type = t.number
           where t.member = $member group by all order by t.number""",
        member=do.actor,
    )


@command("EDI006", role=EDI_MEMBER, title=("新建贸易伙伴", "Create a trading partner"))
def create_partner(do: Doing, name: PartnerName, gln: Gln, partner_type: TypeRef, level: Agreed, contact: Contact = "") -> str:
    """Keeps a new partner under its GLN; gives its number. level: what both agreed to write messages in."""
    number = _partner_gln(do, gln)
    kind = TYPES.row(do, do.actor, partner_type)
    return PARTNERS.create(do, do.actor, name=name, gln=number, partner_type=kind.number, level=level, contact=contact)


@command("EDI007", role=EDI_MEMBER, title=("修改贸易伙伴", "Change a trading partner"))
def change_partner(
    do: Doing,
    partner: PartnerRef,
    name: PartnerName = "",
    gln: Gln = "",
    partner_type: TypeRef = "",
    level: Annotated[Level | None, Ask("约定字符集", "Repertoire agreed", labels=LEVELS)] = None,
    contact: Contact = "",
) -> str:
    """Writes what is filled in and leaves the rest; documents that are out already keep what they said."""
    number = _partner_gln(do, gln) if gln else ""
    if partner_type:
        TYPES.row(do, do.actor, partner_type)
    return PARTNERS.change(do, do.actor, partner, name=name, gln=number, partner_type=partner_type, level=level, contact=contact)


@command("EDI008", role=EDI_MEMBER, title=("删除贸易伙伴", "Delete a trading partner"))
def delete_partner(do: Doing, partner: PartnerRef) -> str:
    """Deletes a partner with whom there is no document."""
    return PARTNERS.delete(do, do.actor, partner)


@query("EDI009", role=EDI_MEMBER, title=("查询贸易伙伴", "Search trading partners"))
def search_partners(
    do: Doing,
    name: Annotated[Line, Ask("名称含有", "Name holds", max=60)] = "",
    gln: Annotated[Line, Ask("GLN 含有", "GLN holds", max=20)] = "",
    partner_type: TypeRef = "",
) -> Table:
    """Partners that meet every condition given: number, name, GLN, type, repertoire, contact."""
    return do.table(
        """select p.number, p.name, p.gln, t.name as partner_type, p.level, p.contact from edi_partner p join edi_partner_type t on t.number = p.partner_type
           where p.member = $member and contains(lower(p.name), lower($name)) and contains(p.gln, $gln) and ($type = '' or p.partner_type = $type)
           order by p.number""",
        member=do.actor, name=name or "", gln=gln or "", type=partner_type or "",
    )  # fmt: skip


def _partner_gln(do: Doing, gln: str) -> str:
    number = checked_gln(gln, "gln")
    if number == do.actor:
        raise YOURSELF("gln", gln=number)
    return number
