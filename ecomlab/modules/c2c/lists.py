"""What a buyer and a seller look up: bidding, bought, selling, ended, cancelled, sellers' ratings, revenue."""

from __future__ import annotations

from typing import Annotated

from ...kernel.audit import invariant
from ...kernel.command import VISITOR, choices, query
from ...kernel.doing import Doing, Looking
from ...kernel.table import Table
from ...kernel.texts import Text
from ...kernel.values import Ask, Ref
from .members import BUYER, SELLER, member_of

#: A seller's rating is good ratings less bad ones; the least rating for one star, two stars and so on.
STARS = (1, 4, 11, 41, 91)


@choices("c2c.sellers")
def _sellers(look: Looking, actor: str) -> list[tuple[str, Text | str]]:
    return [(r.seller, r.seller) for r in look.all("select distinct seller from c2c_listing order by seller")]


@query("C2C005", role=BUYER, title=("我的竞拍", "My bids"))
def bidding(do: Doing) -> Table:
    """The running auctions you bid on: listing, title, your maximum, price, whether you lead, bids, last day."""
    return do.table(
        """select l.number as listing, l.title, l.seller, b.own_maximum, l.price, l.leader = $actor as leading, l.bids, l.ends
           from (select listing, max(maximum) as own_maximum from c2c_bid where bidder = $actor group by listing) b
           join c2c_listing l on l.number = b.listing join document d using (number)
           where d.state = 'on_auction' order by l.ends, l.number""",
        actor=do.actor,
    )


@query("C2C006", role=BUYER, title=("已买入的拍品", "Items bought"))
def bought(do: Doing) -> Table:
    """What you bought, and what is offered to you as a second chance: listing, title, seller, price, state, when to pay, your rating."""
    return do.table(
        """select l.number as listing, l.title, l.seller, l.final_price, d.state, l.pay_by, r.rating
           from c2c_listing l join document d using (number) left join c2c_rating r on r.listing = l.number
           where l.buyer = $actor order by l.pay_by desc, l.number desc""",
        actor=do.actor,
    )


@query("C2C007", role=SELLER, title=("出售中的拍品", "Items on sale"))
def selling(do: Doing) -> Table:
    """Your running auctions, with the reserve that only you see."""
    return do.table(
        """select l.number as listing, l.title, l.start_price, l.reserve_price, l.buy_now_price, l.price, l.leader, l.bids, l.ends
           from c2c_listing l join document d using (number) where l.seller = $actor and d.state = 'on_auction' order by l.ends, l.number""",
        actor=do.actor,
    )


@query("C2C008", role=SELLER, title=("已结束的拍品", "Ended auctions"))
def ended(do: Doing) -> Table:
    """Your auctions that ended, sold or not: listing, title, state, bids, buyer, price, when it is to be paid, rating."""
    return do.table(
        """select l.number as listing, l.title, d.state, l.bids, l.buyer, l.final_price, l.pay_by, r.rating, l.ends
           from c2c_listing l join document d using (number) left join c2c_rating r on r.listing = l.number
           where l.seller = $actor and d.state not in ('on_auction', 'called_off') order by l.ends desc, l.number desc""",
        actor=do.actor,
    )


@query("C2C011", role=SELLER, title=("已下架的拍品", "Cancelled listings"))
def cancelled(do: Doing) -> Table:
    """Your listings that were withdrawn or cancelled: listing, title, day, reason, by whom."""
    return do.table(
        """select l.number as listing, l.title, h.day, l.reason, h.acted as called_off_by
           from c2c_listing l join document_history h on h.document = l.number and h.state = 'called_off'
           where l.seller = $actor order by h.day desc, l.number desc""",
        actor=do.actor,
    )


@query("C2C010", role=VISITOR, title=("查看卖家信用评分", "View a seller rating"))
def credit(do: Doing, seller: Annotated[Ref, Ask(choose="c2c.sellers")]) -> Table:
    """One row: seller, rating (good less bad ratings), stars, good, neutral and bad ratings, share of good ones in percent, joined."""
    member_of(do, seller, "seller")
    stars = " + ".join(f"(positive - negative >= {n})::integer" for n in STARS)
    return do.table(
        f"""select user_name as seller, positive - negative as seller_credit, {stars} as stars, positive, neutral, negative,
                   round(positive * 100.0 / nullif(positive + neutral + negative, 0), 1)::decimal(5,1) as positive_share, joined
            from c2c_member where user_name = $seller""",
        seller=seller,
    )


@query(role=VISITOR, title=("查看评价", "View ratings of a seller"))
def ratings(do: Doing, seller: Annotated[Ref, Ask(choose="c2c.sellers")]) -> Table:
    """What buyers wrote about a seller, newest first: day, listing, buyer, rating, comment."""
    member_of(do, seller, "seller")
    return do.table("select day, listing, buyer, rating, comment from c2c_rating where seller = $seller order by day desc, listing desc", seller=seller)


@query(role=SELLER, title=("查看拍卖收入", "View auction revenue"))
def revenue(do: Doing) -> Table:
    """Your sales: day, listing, title, start price, bids, bidders, price, state; oldest first."""
    return do.table(
        """select a.day, l.number as listing, l.title, l.start_price, l.bids,
                  (select count(distinct bidder) from c2c_bid b where b.listing = l.number) as bidders, a.price as final_price, d.state
           from c2c_award a join c2c_listing l on l.number = a.listing join document d on d.number = l.number
           where l.seller = $actor and a.outcome in ('to_be_paid', 'paid') order by a.day, l.number""",
        actor=do.actor,
    )


# --- what must hold ------------------------------------------------------------------------------------------------


@invariant(
    "c2c_sales",
    "每笔成交只有一名买家，成交价不低于起拍价、不高于买家的最高限价",
    "Every sale has one buyer, at a price from the start price up to the buyer's own maximum",
)
def _sales(look: Looking) -> list[str]:
    return [
        f"{r.number}: {r.why}"
        for r in look.all(
            """
            with sale as (
                select l.*, d.state, (select max(maximum) from c2c_bid b where b.listing = l.number and b.bidder = l.buyer) as maximum,
                       (select count(*) from c2c_award a where a.listing = l.number and a.outcome in ('to_be_paid', 'paid')) as winners,
                       (select last(awarded_by order by award) from c2c_award a where a.listing = l.number) as awarded_by
                from c2c_listing l join document d using (number)
            )
            select number, 'sold and without a buyer' as why from sale where state in ('sold', 'paid') and (buyer is null or winners <> 1)
            union all
            select number, 'not sold, but somebody won' from sale where state not in ('sold', 'paid') and winners <> 0
            union all
            select number, 'sold below the start price' from sale where state in ('sold', 'paid') and final_price < start_price
            union all
            select number, 'sold above the maximum of ' || buyer from sale
            where state in ('sold', 'paid') and awarded_by <> 'buy_now' and (maximum is null or final_price > maximum)
            union all
            select number, 'sold below the reserve' from sale where state in ('sold', 'paid') and awarded_by = 'auction' and final_price < reserve_price
            union all
            select number, 'still running after ' || ends from sale where state = 'on_auction' and ends < (select day from clock)
            order by 1, 2"""
        )
    ]


@invariant(
    "c2c_owed",
    "未付款的成交恰好记为买家应付、卖家应收，付清或取消后为零",
    "An unpaid sale is owed in the books of both parties; once it is paid or cancelled, nothing is owed",
)
def _owed(look: Looking) -> list[str]:
    return [
        f"{r.number}: {r.state}, owed {r.owed}, to get {r.due}"
        for r in look.all(
            """select l.number, d.state, coalesce(-sum(p.amount) filter (p.account = '2241'), 0) as owed,
                      coalesce(sum(p.amount) filter (p.account = '1221'), 0) as due, case when d.state = 'sold' then l.final_price else 0 end as expected
               from c2c_listing l join document d using (number)
               left join ledger_entry e on e.document = l.number left join posting p on p.entry = e.number
               group by l.number, d.state, l.final_price having owed <> expected or due <> expected order by l.number"""
        )
    ]


@invariant(
    "c2c_credit", "卖家信用评分等于其成交得到的评价之和，每笔成交最多一次", "A seller rating is the sum of the ratings of paid sales, at most one per sale"
)
def _credit(look: Looking) -> list[str]:
    return [
        f"{r.who}: {r.why}"
        for r in look.all(
            """select m.user_name as who, 'counts differ from the ratings' as why from c2c_member m left join (
                   select seller, count(*) filter (rating = 'positive') as p, count(*) filter (rating = 'neutral') as u,
                          count(*) filter (rating = 'negative') as n from c2c_rating group by seller) r on r.seller = m.user_name
               where (positive, neutral, negative) <> (coalesce(p, 0), coalesce(u, 0), coalesce(n, 0))
               union all
               select r.listing, 'rated, but not by the buyer of a paid sale' from c2c_rating r join c2c_listing l on l.number = r.listing
               join document d on d.number = l.number where d.state <> 'paid' or l.buyer <> r.buyer or l.seller <> r.seller
               union all
               select m.user_name, 'strikes differ from the sales not paid' from c2c_member m
               where m.strikes <> (select count(*) from c2c_award a where a.bidder = m.user_name and a.outcome = 'defaulted')
               order by 1, 2"""
        )
    ]
