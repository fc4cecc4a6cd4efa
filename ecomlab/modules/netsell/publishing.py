"""Business information and e-zines: what a member publishes for others to read."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from ...books.records import family
from ...books.wording import holds, pattern
from ...kernel.command import VISITOR, query
from ...kernel.doing import Doing
from ...kernel.table import Table
from ...kernel.values import Ask, Line, Prose
from . import subscriptions
from .members import MARKETER
from .subscriptions import ZineKind

InfoKind = Literal["supply", "demand", "agency", "joint_venture"]


class business_notice:
    """Visitors find it on the page of business information, under its kind."""

    title: Annotated[Line, Ask("信息标题", "Title", max=60)]
    info_kind: Annotated[InfoKind, Ask()]
    content: Annotated[Prose, Ask("信息内容", "Text", max=2000, long=True)]


family(business_notice, "NI", ("商业信息", "business notice"), plural="business_notices", role=MARKETER, tasks=("NETSELL018", "NETSELL019", "NETSELL020"))


@query(role=VISITOR, title=("浏览商业信息", "Browse business notices"))
def browse_notices(do: Doing, info_kind: Annotated[InfoKind | None, Ask()] = None) -> Table:
    """What members have published, newest first: number, company, info_kind, title, content, day."""
    return do.table(
        """select number, m.name as company, i.info_kind, i.title, i.content, d.day
           from netsell_business_notice i join document d using (number) join member m on m.number = i.member
           where d.state <> 'deleted' and ($kind is null or i.info_kind = $kind) order by d.day desc, number desc""",
        kind=info_kind,
    )


class zine:
    """It goes by e-mail to everybody who has confirmed a subscription to its kind. An issue that was sent can be deleted from
    the archive, but no longer changed."""

    zine_kind: ZineKind
    title: Annotated[Line, Ask("期刊标题", "Title of the issue", max=80)]
    content: Annotated[Prose, Ask("期刊内容", "Text of the issue", max=8000, long=True)]

    columns = ("zine_kind", "title", "content", "recipients")

    @staticmethod
    def ready(do: Doing, values: dict[str, Any], old: Any) -> dict[str, Any]:
        return {**values, "recipients": len(subscriptions.confirmed(do, values["zine_kind"]))}

    @staticmethod
    def kept(do: Doing, number: str, values: dict[str, Any]) -> None:
        subscriptions.send_issue(do, values["zine_kind"], values["title"], values["content"])


family(zine, "NZ", ("电子杂志", "e-zine issue"), plural="zines", role=MARKETER, tasks=("NETSELL025", "NETSELL027"), change=False, verb=("发行", "Publish"))


@query("NETSELL026", role=MARKETER, title=("查询电子杂志", "Find e-zine issues"))
def search_zines(do: Doing, zine_kind: ZineKind, words: Annotated[Line, Ask("标题或内容包含", "Words in title or text", max=60)] = "") -> Table:
    """The issues of a kind that hold the words, newest first: number, company, zine_kind, title, recipients, day."""
    return do.table(
        f"""select d.number, m.name as company, z.zine_kind, z.title, z.recipients, d.day
           from netsell_zine z join document d using (number) join member m on m.number = z.member
           where d.state <> 'deleted' and z.zine_kind = $kind and {holds("z.title || ' ' || z.content", "words")}
           order by d.day desc, d.number desc""",
        kind=zine_kind, words=pattern(words),
    )  # fmt: skip
