"""Goods received and not invoiced (暂估入库): what stands in stock and in payables, and of which no right invoice has come yet.

The books take goods in at the price of their order when they come, so the estimate that a month's end asks for is booked already; this is its list.
Their tax is not deducted before their invoice has come (财会〔2016〕22号). A blocked invoice, or one that was taken back, is none.
"""

from __future__ import annotations

import datetime
from typing import Annotated

from ...kernel.doing import Looking
from ...kernel.table import Table
from ...kernel.texts import Text
from ...kernel.values import Ask, Day

UpTo = Annotated[Day | None, Ask("截至", "As of", help=Text("不填则为今天", "Today if empty"))]


def not_invoiced(look: Looking, buyer: str, delivered: str, upto: datetime.date | None = None) -> Table:
    """What of a buyer's goods had come and was not invoiced at the end of a day, by default today: number, supplier, day (of the first receipt), net.

    delivered: SQL that gives, of $buyer, the documents under which its suppliers deliver; net: CNY at the price of the order, less what was invoiced.
    """
    made = look.table(
        f"""with stood as (
                select i.sale, i.seller, i.net, (select h.state from document_history h where h.document = i.number and h.day <= $upto
                                                 order by h.step desc limit 1) as state,
                       (select h.state from document_history h where h.document = coalesce(i.blue, i.number) and h.day <= $upto
                        order by h.step desc limit 1) as blue_state
                from invoice i where i.buyer = $buyer
            ), invoiced as (
                select sale, seller, sum(net) as net from stood
                where state is not null and state <> 'applied' and blue_state in ('delivered', 'verified', 'deducted') group by sale, seller
            ), came as (
                select document, seller, min(day) as day, sum(revenue) as net from sale_line
                where buyer = $buyer and product <> '' and day <= $upto and document in ({delivered}) group by document, seller
            )
            select c.document as number, m.name as supplier, c.day, (c.net - coalesce(i.net, 0))::decimal(18,2) as net
            from came c join member m on m.number = c.seller left join invoiced i on i.sale = c.document and i.seller = c.seller
            where c.net <> coalesce(i.net, 0) order by c.document""",
        buyer=buyer, upto=upto or look.day,
    )  # fmt: skip
    made.module = "invoices"
    return made
