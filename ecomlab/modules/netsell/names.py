"""Domain names and links: what may be registered, what a name is on the wire, which links are accepted.

Names follow IDNA 2008 (RFC 5890 to 5892) by the `idna` library, after the mapping of UTS #46 (small letters, full
width to half). As the .cn registry does for Chinese names, labels mix only Chinese characters, small Latin letters,
digits and hyphens, so no name can imitate another with look-alike letters of a third script.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import NamedTuple
from urllib.parse import quote, urlsplit, urlunsplit

import idna

from ...books.cast import companies
from ...kernel.doing import Looking
from ...kernel.refusals import Refusal, refusal
from ...kernel.table import Table
from ...kernel.texts import Text

NAME_HAS_SPACE = refusal("name_has_space", "域名中不能有空格。请去掉空格。", "A domain name has no spaces. Remove them.")
NAME_HAS_DOT = refusal(
    "name_has_dot", "这里只填点号前面的部分。请从列表中选择后缀 .{zone}。", "Enter only the part before the dot. Choose the extension .{zone} from the list."
)
NAME_TOO_LONG = refusal(
    "name_too_long",
    "域名过长：转换成 ASCII 后有 {length} 个字符，最多 63 个。请换一个较短的名称。",
    "The name is too long: its ASCII form has {length} characters, and at most 63 are allowed. Choose a shorter name.",
)
NAME_TOO_SHORT = refusal(
    "name_too_short",
    "域名过短：英文名至少 3 个字符，中文名至少 2 个字。请换一个较长的名称。",
    "The name is too short: it needs at least 3 characters, or 2 Chinese characters. Choose a longer name.",
)
BAD_NAME = refusal(
    "bad_name",
    "“{name}”不能用作域名：只能用汉字、字母、数字和连字符，连字符不能在开头、结尾，也不能同时在第 3、4 位。请修改。",
    "{name} cannot be a domain name. Use only Chinese characters, letters, digits and hyphens, "
    "with no hyphen at the start, at the end, or in both third and fourth place.",
)
NEEDS_CHINESE = refusal(
    "needs_chinese",
    "后缀 .{zone} 下的域名至少要有一个汉字。请修改名称或换一个后缀。",
    "A name under .{zone} needs at least one Chinese character. Change the name or the extension.",
)
NAME_RESERVED = refusal("name_reserved", "“{name}”是保留名称，不能注册。请换一个名称。", "{name} is reserved and cannot be registered. Choose another name.")
NAME_TAKEN = refusal("name_taken", "“{name}”已被注册。请换一个名称或后缀。", "{name} is taken. Choose another name or extension.")
BAD_LINK = refusal(
    "bad_link",
    "链接不完整。请以“http://”或“https://”开头，后接完整的域名，例如 https://www.example.cn/。",
    "The link is not complete. Start it with http:// or https:// and a full domain name, such as https://www.example.cn/.",
)
LINK_SCHEME = refusal(
    "link_scheme",
    "不接受“{scheme}:”开头的链接，它可能在访客的电脑上执行程序或读取文件。请用“http://”或“https://”。",
    "Links that begin with {scheme}: are not accepted: they could run a program on a visitor's computer or read its files. Use http:// or https://.",
)
LINK_USER = refusal(
    "link_user", "链接中不能带用户名或密码（“@” 之前的部分）。请去掉。", "A link must not contain a user name or password (the part before the @). Remove it."
)


BAD_PERCENT = refusal(
    "bad_percent",
    "链接中的“%”后面必须是两位十六进制数字，例如 %E8。要写百分号本身，请写 %25。",
    "In a link, each % is followed by two hexadecimal digits, such as %E8. Write a percent sign itself as %25.",
)


class Zone(NamedTuple):
    """An extension under which names are registered, and for whom. price: the base price of a year, CNY."""

    zone: str
    group: str
    price: str
    meant: Text
    chinese: bool = False


ZONES = {
    z.zone: z
    for z in (
        Zone("com", "international", "69", Text("工商企业", "business")),
        Zone("net", "international", "75", Text("网络服务", "network services")),
        Zone("org", "international", "82", Text("非营利组织", "organizations")),
        Zone("cn", "chinese", "35", Text("中国", "China")),
        Zone("com.cn", "chinese", "35", Text("中国工商企业", "business in China")),
        Zone("net.cn", "chinese", "35", Text("中国网络服务", "network services in China")),
        Zone("org.cn", "chinese", "35", Text("中国非营利组织", "organizations in China")),
        Zone("中国", "chinese", "260", Text("中文域名", "China, in Chinese"), chinese=True),
        Zone("公司", "chinese", "160", Text("中文域名", "company, in Chinese"), chinese=True),
        Zone("网络", "chinese", "160", Text("中文域名", "network, in Chinese"), chinese=True),
    )
}


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


#: Never registered: names set aside for documentation and operation (RFC 2606, RFC 6761), and those of registries and offices, in simplified and
#: traditional characters. Of other names the two spellings are two names: the table of variants (RFC 4713) is no part of any library we have.
RESERVED = _words(
    """example test invalid localhost local onion www www1 nic whois iana icann rfc-editor root dns ns1 ns2 mail smtp ftp wpad
    gov edu mil ac com net org cn china 中国 政府 国务院 人大 政协 法院 域名 网络 公司
    \u7db2\u7d61 \u653f\u5e9c \u570b\u52d9\u9662 \u653f\u5354"""
)
#: Second-level extensions of the .cn registry, which are public suffixes and therefore nobody's own; those of three letters and more are in
#: RESERVED. A list of our own, held against the Public Suffix List by a test: an update of that must not undo what a logbook holds.
CN_SUFFIXES = _words("ah bj cq fj gd gs gx gz ha hb he hi hk hl hn jl js jx ln mo nm nx qh sc sd sh sn sx tj tw xj xz yn zj")
#: Short common words went in the first years of every registry.
COMMON = _words(
    """shop mall store news book books game games music movie travel hotel food cars bank money sale market
    商城 购物 新闻 汽车 旅游 酒店 银行
    \u8cfc\u7269 \u65b0\u805e \u6c7d\u8eca \u65c5\u904a \u9280\u884c"""
)

_LABEL = re.compile(r"[a-z0-9\u3400-\u4dbf\u4e00-\u9fff-]+")
_HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff]")


def label(text: str, zone: str, field: str) -> str:
    """The label as it is registered: mapped, in small letters. Refuses what is no name under that extension, whoever asks."""
    if re.search(r"\s", text):
        raise NAME_HAS_SPACE(field)
    if re.search(r"[.。．｡]", text):
        raise NAME_HAS_DOT(field, zone=zone)
    try:
        mapped = idna.uts46_remap(text, std3_rules=True, transitional=False)
    except idna.IDNAError:
        raise BAD_NAME(field, name=text[:70]) from None
    if not _LABEL.fullmatch(mapped) or mapped.startswith("xn--"):
        raise BAD_NAME(field, name=text[:70])
    try:
        idna.encode(mapped, uts46=False)
    except idna.IDNAError:
        length = len(mapped) if mapped.isascii() else len("xn--" + mapped.encode("punycode").decode())
        raise (NAME_TOO_LONG(field, length=length) if length > 63 else BAD_NAME(field, name=text[:70])) from None
    if len(mapped) < (2 if _HAN.search(mapped) else 3):
        if mapped in CN_SUFFIXES and zone == "cn":
            raise NAME_RESERVED(field, name=f"{mapped}.{zone}")
        raise NAME_TOO_SHORT(field)
    if ZONES[zone].chinese and not _HAN.search(mapped):
        raise NEEDS_CHINESE(field, zone=zone)
    return mapped


def ascii_name(name: str) -> str:
    """The A-labels of a domain name, as they stand in the DNS: 商店.中国 is xn--czrs0t.xn--fiqs8s."""
    return idna.encode(name, uts46=True).decode()


def standing(look: Looking, name: str, zone: str) -> str:
    """Whether `name` (a checked label) can be had under `zone`: 'available', 'taken' or 'withheld'."""
    if name in RESERVED:
        return "withheld"
    short = {c.mailbox.partition("@")[0] for c in companies(look)[1:]}
    if name in COMMON or (zone in ("com", "cn") and name in short):
        return "taken"
    held = look.value("select 1 from netsell_domain join document using (number) where name = $name and state <> 'released' limit 1", name=f"{name}.{zone}")
    return "taken" if held else "available"


def available(look: Looking, text: str, zone: str, field: str) -> str:
    """The checked label, if it can be had. Refuses 'name_reserved' and 'name_taken' besides what `label` refuses."""
    found = label(text, zone, field)
    now = standing(look, found, zone)
    if now != "available":
        raise (NAME_RESERVED if now == "withheld" else NAME_TAKEN)(field, name=f"{found}.{zone}")
    return found


def year_price(look: Looking, zone: str) -> Decimal:
    """What a year of a name under this extension costs in this world, CNY."""
    return Decimal(ZONES[zone].price) + look.stream(f"netsell.price.{zone}").randrange(6)


def price_list(look: Looking) -> Table:
    """zone, zone_group, price (CNY a year)."""
    return Table(("zone", "zone_group", "price"), [(z.zone, z.group, year_price(look, z.zone).quantize(Decimal("0.01"))) for z in ZONES.values()])


def survey(look: Looking, text: str, field: str) -> Table:
    """How a name stands under every extension: domain, ascii, outcome, price. Refuses what is a name under none."""
    rows, first, prices = [], None, {r.zone: r.price for r in price_list(look)}
    for zone in ZONES:
        try:
            found = label(text, zone, field)
        except Refusal as refused:
            first = first or refused
            continue
        rows.append((f"{found}.{zone}", ascii_name(f"{found}.{zone}"), standing(look, found, zone), prices[zone]))
    if not rows and first:
        raise first
    return Table(("domain", "ascii", "outcome", "price"), rows)


def checked_link(text: str, field: str) -> str:
    """A link as a browser may be sent to it: http or https, host in ASCII, path percent-encoded (RFC 3986).

    Refuses every other scheme, links with a user name, hosts that are addresses or single words, and a % that encodes nothing.
    """
    try:
        parts = urlsplit(text)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise BAD_LINK(field) from None
    scheme = re.match(r"\s*([a-z][a-z0-9+.-]*)\s*:(?!\d)", text, re.IGNORECASE)
    if scheme and scheme[1].lower() not in ("http", "https"):
        raise LINK_SCHEME(field, scheme=scheme[1].lower()[:20])
    if parts.scheme not in ("http", "https") or not host or re.search(r"[\s\\<>\"]", text):
        raise BAD_LINK(field)
    if "@" in parts.netloc:
        raise LINK_USER(field)
    try:
        wire = ascii_name(host).removesuffix(".")  # the root's dot changes nothing of where a link leads
    except idna.IDNAError:
        raise BAD_LINK(field) from None
    last = wire.rpartition(".")[2]
    # a host that ends in a number is an IPv4 address to a browser, hexadecimal too (WHATWG URL, section 3.5)
    if "." not in wire or last.isdigit() or re.fullmatch(r"0x[0-9a-f]*", last) or last in ("localhost", "local", "invalid"):
        raise BAD_LINK(field)
    if re.search(r"%(?![0-9a-fA-F]{2})", text):
        raise BAD_PERCENT(field)
    where = f"{wire}:{port}" if port else wire
    safe = "/:?#[]@!$&'()*+,;=%~-._"
    return urlunsplit((parts.scheme, where, quote(parts.path or "/", safe), quote(parts.query, safe), quote(parts.fragment, safe)))


def labels() -> dict[str, Text]:
    """What a form shows for each extension; to readers of English in ASCII."""
    return {z.zone: Text(f".{z.zone}（{z.meant.zh}）", f".{ascii_name(z.zone)} ({z.meant.en})") for z in ZONES.values()}
