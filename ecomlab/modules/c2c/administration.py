"""Running the house: the sign-in log, member groups, categories, and listings that must go."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from ...books import documents
from ...books.records import NOTHING_CHANGED
from ...kernel.command import choices, command, query
from ...kernel.doing import Doing, Looking
from ...kernel.refusals import refusal
from ...kernel.table import Table
from ...kernel.texts import Text
from ...kernel.values import Ask, Count, Flag, Line, Money, Ref
from .listings import LISTING, NO_CATEGORY, AtLeast, AtMost, Category, Price, SearchText, document_of, found, listing_of
from .members import ADMINISTRATOR, ADMINISTRATORS, member_of, notify

NOTHING_TO_CLEAR = refusal(
    "nothing_to_clear", "登录日志已经是空的，无需清空。请等有人登录后再试。", "The sign-in log is already empty. Clear it after somebody has signed in."
)
NO_GROUP = refusal("no_group", "没有会员组 {number}。请从列表中选择。", "There is no member group {number}. Choose one from the list.")
GROUP_NAME_TAKEN = refusal(
    "group_name_taken", "已有名为“{name}”的会员组。请换一个名称。", "There is already a member group named “{name}”. Choose another name."
)
BUILT_IN_GROUP = refusal(
    "built_in_group",
    "“{name}”是内置会员组，不能修改或删除。请另选一个。",
    "The group “{name}” is built in and cannot be changed or deleted. Choose another.",
)
GROUP_IN_USE = refusal(
    "group_in_use",
    "会员组“{name}”还有 {members} 名会员，不能删除。请先把他们移到其他会员组（C2C014）。",
    "The group “{name}” still has members ({members}) and cannot be deleted. Move them to another group first (C2C014).",
)
LAST_ADMINISTRATOR = refusal(
    "last_administrator",
    "{name} 是最后一名管理员，不能移出管理员组。请先指定另一名管理员。",
    "{name} is the last administrator and must stay in the group. Make another member an administrator first.",
)
CATEGORY_NAME_TAKEN = refusal(
    "category_name_taken", "已有名为“{name}”的拍品分类。请换一个名称。", "There is already a category named “{name}”. Choose another name."
)
CATEGORY_IN_USE = refusal(
    "category_in_use",
    "拍品分类“{name}”下有 {listings} 件拍品（含已结束的），不能删除。请改名（C2C019），或选择没有拍品的分类。",
    "The category “{name}” cannot be deleted. Listings in it, including ended ones: {listings}. Rename it (C2C019), or choose a category without listings.",
)

STAYS = Text("留空则不变", "Leave empty to keep it as it is")
Group = Annotated[Ref, Ask("会员组", "Group", choose="c2c.groups")]
OwnGroup = Annotated[Ref, Ask("会员组", "Group", choose="c2c.changeable_groups")]
GroupName = Annotated[Line, Ask("会员组名称", "Group name", max=40)]
Limit = Annotated[
    Count,
    Ask(
        "同时拍品数上限",
        "Limit of listings at a time",
        ge="0",
        le="200",
        unit=Text("件", "listings"),
        help=Text("填 0 则成员只能买，不能卖", "0: members can buy but not sell"),
    ),
]
CategoryName = Annotated[Line, Ask("分类名称", "Category name", max=40)]


OtherGroupName = Annotated[Line | None, Ask("会员组名称", "Group name", max=40, help=STAYS)]
OtherLimit = Annotated[Count | None, Ask("同时拍品数上限", "Limit of listings at a time", ge="0", le="200", unit=Text("件", "listings"), help=STAYS)]
OtherCategoryName = Annotated[Line | None, Ask("分类名称", "Category name", max=40, help=STAYS)]
OtherValue = Annotated[Money | None, Ask(ge="0.01", le="1000000", unit=Text("元", "CNY"), help=STAYS)]


def _changed(row: Any, **given: Any) -> dict[str, Any]:
    """These fields of a row, each as given or, where it was left empty, as it is. Refuses 'nothing_changed'."""
    if all(value in (None, "", getattr(row, name)) for name, value in given.items()):
        raise NOTHING_CHANGED(next(iter(given)))
    return {name: getattr(row, name) if value in (None, "") else value for name, value in given.items()}


@choices("c2c.groups")
def _groups(look: Looking, actor: str) -> list[tuple[str, Text | str]]:
    return [(r.number, r.name) for r in look.all("select number, name from c2c_group order by built_in desc, number")]


@choices("c2c.changeable_groups")
def _changeable(look: Looking, actor: str) -> list[tuple[str, Text | str]]:
    return [(r.number, r.name) for r in look.all("select number, name from c2c_group where not built_in order by number")]


@choices("c2c.members")
def _members(look: Looking, actor: str) -> list[tuple[str, Text | str]]:
    return [(r.user_name, r.user_name) for r in look.all("select user_name from c2c_member order by user_name")]


# --- the log ---------------------------------------------------------------------------------------------------------


@query("C2C012", role=ADMINISTRATOR, title=("打开后台首页", "Open the overview"))
def overview(do: Doing) -> Table:
    """One row: members, groups, categories, running auctions, sales to be paid, sales paid and their turnover."""
    return do.table(
        """select (select count(*) from c2c_member) as members, (select count(*) from c2c_group) as groups,
                  (select count(*) from c2c_category) as categories, count(*) filter (d.state = 'on_auction') as running_auctions,
                  count(*) filter (d.state = 'sold') as sales_unpaid, count(*) filter (d.state = 'paid') as sales_paid,
                  coalesce(sum(l.final_price) filter (d.state = 'paid'), 0)::decimal(18,2) as turnover
           from c2c_listing l join document d using (number)"""
    )


@query("C2C013", role=ADMINISTRATOR, title=("查看登录日志", "View the sign-in log"))
def sign_in_log(
    do: Doing, with_cleared: Annotated[Flag, Ask(help=Text("审计时勾选，已清空的条目也列出", "For an audit: list cleared entries too"))] = False
) -> Table:
    """Who signed in, or tried to, newest first: number, moment, member, as what, outcome, and whether it was cleared since."""
    return do.table(
        """select s.number, s.moment, s.user_name, s.signed_in_as, s.outcome, s.number <= c.up_to as cleared
           from c2c_sign_in s, (select coalesce(max(up_to), 0) as up_to from c2c_log_clearing) c
           where $with_cleared or s.number > c.up_to order by s.number desc""",
        with_cleared=with_cleared,
    )


@command("C2C013", role=ADMINISTRATOR, title=("清空登录日志", "Clear the sign-in log"))
def clear_log(do: Doing) -> int:
    """Empties the log that is shown; gives how many entries that were. A marker says who cleared what, and the entries stay for the audit."""
    row = do.one(
        """select coalesce(max(s.number), 0) as last, count(*) filter (s.number > c.up_to) as shown
           from c2c_sign_in s, (select coalesce(max(up_to), 0) as up_to from c2c_log_clearing) c"""
    )
    if not row.shown:
        raise NOTHING_TO_CLEAR()
    do.execute(
        "insert into c2c_log_clearing values ($number, $moment, $actor, $last)",
        number=do.count("c2c_log_clearing"), moment=do.moment, actor=do.actor, last=row.last,
    )  # fmt: skip
    return int(row.shown)


# --- members and groups ----------------------------------------------------------------------------------------------


@query("C2C014", role=ADMINISTRATOR, title=("查看会员明细", "View members"))
def members(do: Doing, user_name: Annotated[Ref | None, Ask("会员", "Member", choose="c2c.members")] = None) -> Table:
    """Members with group, seller rating, unpaid purchases and running auctions; all members, or one."""
    return do.table(
        """select m.user_name, b.name as full_name, m.mailbox, g.name as member_group, m.joined, m.positive - m.negative as seller_credit, m.strikes,
                  (select count(*) from c2c_listing l join document d using (number)
                   where l.seller = m.user_name and d.state = 'on_auction') as running_auctions
           from c2c_member m join member b on b.number = m.member join c2c_group g on g.number = m.member_group
           where $name is null or m.user_name = $name order by m.user_name""",
        name=user_name,
    )


@query(role=ADMINISTRATOR, title=("查看会员组", "View member groups"))
def groups(do: Doing) -> Table:
    """Every group: number, name, listings at a time, members, whether it is built in."""
    return do.table(
        """select g.number, g.name, g.listing_limit, (select count(*) from c2c_member m where m.member_group = g.number) as members, g.built_in
           from c2c_group g order by g.built_in desc, g.number"""
    )


def _group(do: Doing, number: str, field: str = "group") -> Any:
    row = do.one("select * from c2c_group where number = $number", number=number)
    if row is None:
        raise NO_GROUP(field, number=number)
    return row


def _changeable_group(do: Doing, number: str) -> Any:
    row = _group(do, number)
    if row.built_in:
        raise BUILT_IN_GROUP("group", name=row.name)
    return row


def _free_group_name(do: Doing, name: str, number: str = "") -> None:
    if do.value("select 1 from c2c_group where lower(name) = lower($name) and number <> $number", name=name, number=number):
        raise GROUP_NAME_TAKEN("name", name=name)


@command("C2C014", role=ADMINISTRATOR, title=("调整会员组", "Move a member"))
def move_member(do: Doing, user_name: Annotated[Ref, Ask("会员", "Member", choose="c2c.members")], group: Group) -> str:
    """Moves a member to a group; gives its name. A member who leaves the administrators' group is signed out as administrator."""
    row, to = member_of(do, user_name, "user_name"), _group(do, group)
    if row.member_group == ADMINISTRATORS and group != ADMINISTRATORS:
        if do.value("select count(*) from c2c_member where member_group = $group", group=ADMINISTRATORS) == 1:
            raise LAST_ADMINISTRATOR("user_name", name=user_name)
        do.sign_out(ADMINISTRATOR.name, user_name)
    do.execute("update c2c_member set member_group = $group where user_name = $name", group=group, name=user_name)
    return str(to.name)


@command("C2C015", role=ADMINISTRATOR, title=("新建会员组", "Create a member group"))
def create_group(do: Doing, name: GroupName, listing_limit: Limit = 20) -> str:
    """Creates a group whose members may have so many listings at a time; gives its number."""
    _free_group_name(do, name)
    number = do.number("GR")
    do.execute("insert into c2c_group values ($number, $name, $limit, false)", number=number, name=name, limit=listing_limit)
    return number


@command("C2C016", role=ADMINISTRATOR, title=("修改会员组", "Change a member group"))
def change_group(do: Doing, group: OwnGroup, name: OtherGroupName = None, listing_limit: OtherLimit = None) -> str:
    """Gives a group another name or limit; what is left empty stays. Gives its number."""
    row = _changeable_group(do, group)
    _free_group_name(do, name or row.name, group)
    changed = _changed(row, name=name, listing_limit=listing_limit)
    do.execute("update c2c_group set name = $name, listing_limit = $listing_limit where number = $number", number=group, **changed)
    return group


@command("C2C017", role=ADMINISTRATOR, title=("删除会员组", "Delete a member group"))
def delete_group(do: Doing, group: OwnGroup) -> str:
    """Deletes a group that nobody is in; gives its name."""
    row = _changeable_group(do, group)
    if members_in := do.value("select count(*) from c2c_member where member_group = $group", group=group):
        raise GROUP_IN_USE("group", name=row.name, members=members_in)
    do.execute("delete from c2c_group where number = $group", group=group)
    return str(row.name)


# --- categories --------------------------------------------------------------------------------------------------------


@query(role=ADMINISTRATOR, title=("查看拍品分类", "View categories"))
def categories(do: Doing) -> Table:
    """Every category: number, name, typical value of its items, listings so far."""
    return do.table(
        """select c.number, c.name, c.typical_value, (select count(*) from c2c_listing l where l.auction_category = c.number) as listings
           from c2c_category c order by c.number"""
    )


def _category(do: Doing, number: str) -> Any:
    row = do.one("select * from c2c_category where number = $number", number=number)
    if row is None:
        raise NO_CATEGORY("category", number=number)
    return row


def _free_category_name(do: Doing, name: str, number: str = "") -> None:
    if do.value("select 1 from c2c_category where lower(name) = lower($name) and number <> $number", name=name, number=number):
        raise CATEGORY_NAME_TAKEN("name", name=name)


OwnCategory = Annotated[Ref, Ask("拍品分类", "Category", choose="c2c.categories")]


@command("C2C018", role=ADMINISTRATOR, title=("新建拍品分类", "Create a category"))
def create_category(do: Doing, name: CategoryName, typical_value: Price) -> str:
    """Creates a category, with what its items are typically worth to a buyer; gives its number."""
    _free_category_name(do, name)
    number = do.number("CT")
    do.execute("insert into c2c_category values ($number, $name, $value)", number=number, name=name, value=typical_value)
    return number


@command("C2C019", role=ADMINISTRATOR, title=("修改拍品分类", "Change a category"))
def change_category(do: Doing, category: OwnCategory, name: OtherCategoryName = None, typical_value: OtherValue = None) -> str:
    """Gives a category another name or typical value; what is left empty stays. Gives its number. Its listings stay in it."""
    row = _category(do, category)
    _free_category_name(do, name or row.name, category)
    changed = _changed(row, name=name, typical_value=typical_value)
    do.execute("update c2c_category set name = $name, typical_value = $typical_value where number = $number", number=category, **changed)
    return category


@command("C2C020", role=ADMINISTRATOR, title=("删除拍品分类", "Delete a category"))
def delete_category(do: Doing, category: OwnCategory) -> str:
    """Deletes a category that no listing has ever been in; gives its name."""
    row = _category(do, category)
    if listings := do.value("select count(*) from c2c_listing where auction_category = $number", number=category):
        raise CATEGORY_IN_USE("category", name=row.name, listings=listings)
    do.execute("delete from c2c_category where number = $number", number=category)
    return str(row.name)


# --- listings ------------------------------------------------------------------------------------------------------------


@query("C2C021", role=ADMINISTRATOR, title=("后台查询拍品", "Find listings as administrator"))
def find_listings(
    do: Doing,
    text: SearchText = None,
    category: Category = None,
    seller: Annotated[Ref | None, Ask(choose="c2c.sellers")] = None,
    state: Annotated[Literal["on_auction", "sold", "paid", "unsold", "defaulted", "offered", "offer_lapsed", "called_off"] | None, Ask()] = None,
    at_least: AtLeast = None,
    at_most: AtMost = None,
) -> Table:
    """Listings of every seller in every state that fit the conditions: listing, title, category, seller, state, price, bids, days, reason."""
    rows = found(do, text, category, at_least, at_most, state=state, seller=seller)
    return Table(
        ("listing", "title", "auction_category", "seller", "state", "start_price", "price", "bids", "leader", "listed_on", "ends", "reason"),
        [(r.number, r.title, r.category_name, r.seller, r.state, r.start_price, r.price, r.bids, r.leader, r.listed_on, r.ends, r.reason) for r in rows],
    )


documents.offer("c2c.running", LISTING, "on_auction", of="c2c_listing", shows="t.title, t.seller", order="t.ends, d.number")


@command("C2C022", role=ADMINISTRATOR, title=("下架拍品", "Cancel a listing"))
def cancel_listing(do: Doing, listing: Annotated[Ref, Ask(choose="c2c.running")], reason: Annotated[Line, Ask(max=200)]) -> list[str]:
    """Cancels a running auction, with a reason; gives the members who were told by e-mail: the seller and all bidders."""
    row = listing_of(do, listing)
    document_of(do, row).move_to("called_off", "listing")
    do.execute("update c2c_listing set reason = $reason where number = $number", reason=reason, number=listing)
    bidders = [b.bidder for b in do.all("select bidder from c2c_bid where listing = $listing group by bidder order by min(bid)", listing=listing)]
    for name in (told := [row.seller, *bidders]):
        notify(
            do, member_of(do, name), f"拍品已下架 Listing cancelled: {row.title}",
            f"拍品 {listing}“{row.title}”已被管理员下架，出价全部作废。\n原因：{reason}\n\n"
            f"The listing {listing} ({row.title}) was cancelled by an administrator; all bids on it are void.\nReason: {reason}\n",
            always=True,
        )  # fmt: skip
    return told
