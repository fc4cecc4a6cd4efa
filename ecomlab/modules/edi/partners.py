"""Partner types and trading partners."""

from __future__ import annotations

from typing import Annotated, Any

from ...books.records import family
from ...books.wording import holds, pattern
from ...kernel.command import query
from ...kernel.doing import Doing
from ...kernel.refusals import refusal
from ...kernel.table import Table
from ...kernel.values import Ask, Line, Ref
from .numbers import checked_gln
from .roles import EDI_MEMBER, LEVELS, Level

YOURSELF = refusal("partner_is_yourself", "{gln} 是你自己的 GLN。请填写对方的。", "{gln} is your own GLN. Enter the partner's.")

TypeRef = Annotated[Ref, Ask(choose="edi.partner_types")]
PartnerRef = Annotated[Ref, Ask(choose="edi.partners")]


class partner_type:
    """Partners of a type keep it when its name changes."""

    name: Annotated[Line, Ask("类型名称", "Name of the type", max=40)]


TYPES = family(
    partner_type, "EDT", ("伙伴类型", "partner type"), plural="partner_types", role=EDI_MEMBER, tasks=("EDI003", "EDI004", "EDI005"), history=False,
    verb=("新建", "Create"), shown=("name",), unique="name",
    used="select number from edi_partner where partner_type = $number order by number limit 1",
)  # fmt: skip


@query(role=EDI_MEMBER, title=("查看伙伴类型", "View the partner types"))
def partner_types(do: Doing) -> Table:
    """The member's types, and how many partners have each."""
    return do.table(
        """select t.number, t.name, count(p.number) as partners from edi_partner_type t left join edi_partner p on p.partner_type = t.number
           where t.member = $member group by all order by t.number""",
        member=do.actor,
    )


class partner:
    """A partner is known by its GLN. level: what both agreed to write messages in. Documents that are out already keep what they said."""

    name: Annotated[Line, Ask(max=60)]
    gln: Annotated[Line, Ask(max=20, example="9520000000004")]
    partner_type: TypeRef
    level: Annotated[Level, Ask("约定字符集", "Agreed character set", labels=LEVELS)]
    contact: Annotated[Line, Ask(max=60)] = ""

    @staticmethod
    def ready(do: Doing, values: dict[str, Any], old: Any) -> dict[str, Any]:
        gln = checked_gln(values["gln"], "gln")
        if gln == do.actor:
            raise YOURSELF("gln", gln=gln)
        TYPES.own(do, values["partner_type"])
        return {**values, "gln": gln}


PARTNERS = family(
    partner, "EDP", ("贸易伙伴", "trading partner"), plural="partners", role=EDI_MEMBER, tasks=("EDI006", "EDI007", "EDI008"), history=False,
    verb=("新建", "Create"), shown=("name", "gln"), unique="gln",
    used="select number from edi_order where partner = $number order by number limit 1",
)  # fmt: skip


@query("EDI009", role=EDI_MEMBER, title=("查询贸易伙伴", "Find trading partners"))
def search_partners(
    do: Doing,
    name: Annotated[Line, Ask("名称含有", "Name contains", max=60)] = "",
    gln: Annotated[Line, Ask("GLN 含有", "GLN contains", max=20)] = "",
    partner_type: TypeRef = "",
) -> Table:
    """Partners that meet every condition given: number, name, GLN, type, character set, contact."""
    return do.table(
        f"""select p.number, p.name, p.gln, t.name as partner_type, p.level, p.contact from edi_partner p join edi_partner_type t on t.number = p.partner_type
           where p.member = $member and {holds("p.name", "name")} and contains(p.gln, $gln) and ($type = '' or p.partner_type = $type)
           order by p.number""",
        member=do.actor, name=pattern(name), gln=gln or "", type=partner_type or "",
    )  # fmt: skip
