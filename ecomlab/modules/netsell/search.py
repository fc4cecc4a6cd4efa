"""The search engine: getting listed, and a ranked search in which the listing takes its place among others.

Ranking is Okapi BM25 (Robertson and Zaragoza, The Probabilistic Relevance Framework, 2009, section 3.5) with k1 = 1.2
and b = 0.75 over weighted fields: a term counts three times in a title, twice among the keywords. Latin words are
terms as they are; Chinese runs are cut into single characters and pairs, as search engines do that keep no dictionary.
Scores are computed in decimal arithmetic, so every machine ranks alike.
"""

from __future__ import annotations

import functools
import re
from collections import Counter
from decimal import Decimal, localcontext
from typing import Annotated, Literal, NamedTuple

from ...books import documents
from ...books.records import NOTHING_CHANGED
from ...kernel.command import VISITOR, command, query
from ...kernel.doing import Doing, Looking
from ...kernel.refusals import refusal
from ...kernel.table import Table
from ...kernel.texts import Text
from ...kernel.values import Ask, Flag, Line, Prose, Ref
from . import names, orders
from .members import MARKETER
from .orders import LISTING, Years, listing_price

AGREEMENT_NEEDED = refusal(
    "agreement_needed", "尚未同意收录协议。请先阅读，再勾选同意。", "The agreement is not accepted. Read it, then tick the box to agree."
)
TOO_MANY_KEYWORDS = refusal("too_many_keywords", "关键词最多 {max} 个。请删去一些。", "There are too many keywords. Enter at most {max}.")
KEYWORD_LONG = refusal(
    "keyword_long",
    "关键词“{word}”过长。请用逗号分开，每个最多 {max} 个字符。",
    "The keyword {word} is too long. Separate keywords by commas, at most {max} characters each.",
)
KEYWORD_TWICE = refusal("keyword_twice", "关键词“{word}”重复。请每个只写一次。", "The keyword {word} is entered twice. Enter each keyword once.")

#: What a member agrees to with a listing.
AGREEMENT = (
    Text("资料须真实，只能提交本企业有权使用的网站。", "The description must be true, and the site must be one that the company may use."),
    Text("名次只由内容与搜索词的相符程度决定，不能购买。", "The rank depends only on how well the content fits the search words; it cannot be bought."),
    Text(
        "付款后即可被搜到，到期后不再显示；续费接着原到期日计算。",
        "The site can be found from the payment until the end date; renewal continues from the old end date.",
    ),
    Text("收录资料随时可以修改，修改后立即生效。", "The listing can be changed at any time, and a change takes effect at once."),
    Text("关键词最多 8 个；重复同一个词对名次几乎没有帮助。", "There are at most 8 keywords, and repeating a word hardly improves the rank."),
)

K1, B = Decimal("1.2"), Decimal("0.75")
WEIGHTS = {"title": 3, "keywords": 2, "description": 1}
MAX_KEYWORDS, MAX_KEYWORD = 8, 20
#: How many of the world's other sites are listed, out of those in data/sites.csv.
OTHERS = 14

Category = Annotated[Literal["shopping", "wholesale", "food_trade", "home_appliances", "office_goods", "services"], Ask("网站分类", "Site category")]
Title = Annotated[Line, Ask("网站名称", "Site name", max=60)]
Url = Annotated[Line, Ask("网址", "Site address", max=300, example="https://www.example.cn/")]
Keywords = Annotated[Line, Ask(max=200, help=Text("用逗号分开，最多 8 个", "Separated by commas, at most 8"))]
Description = Annotated[Prose, Ask("网站简介", "Site description", max=500, long=True)]


class Site(NamedTuple):
    """A listed site. number: that of the listing, '' for one that is nobody's here."""

    number: str
    title: str
    url: str
    keywords: str
    description: str


documents.offer("netsell.listings", LISTING, "awaiting_payment", "active", of="netsell_service", whose="member", shows="t.label", order="d.number")


def keywords(text: str, field: str) -> list[str]:
    """The keywords of a line, separated by commas, semicolons or 、. Refuses too many, too long ones and repeats."""
    found = [w.strip() for w in re.split(r"[,，;；、]", text) if w.strip()]
    if len(found) > MAX_KEYWORDS:
        raise TOO_MANY_KEYWORDS(field, max=MAX_KEYWORDS)
    for i, word in enumerate(found):
        if len(word) > MAX_KEYWORD:
            raise KEYWORD_LONG(field, word=word[:30], max=MAX_KEYWORD)
        if word.casefold() in (w.casefold() for w in found[:i]):
            raise KEYWORD_TWICE(field, word=word)
    return found


@query(role=VISITOR, title=("阅读收录协议", "Read the listing agreement"))
def listing_agreement(do: Doing) -> Table:
    """What a member agrees to with a search listing, clause by clause in both languages."""
    return Table(("clause", "zh", "en"), [(i, t.zh, t.en) for i, t in enumerate(AGREEMENT, start=1)])


@command("NETSELL007", role=MARKETER, title=("提交搜索引擎收录", "Submit a site for search"))
def order_listing(
    do: Doing,
    title: Title,
    url: Url,
    category: Category,
    keywords: Keywords,
    description: Description,
    years: Years,
    agree: Annotated[Flag, Ask("我同意收录协议", "I accept the listing agreement")],
) -> str:
    """Orders the listing of a site for so many years; gives the order. It can be found once the order is paid."""
    if not agree:
        raise AGREEMENT_NEEDED("agree")
    link, words = names.checked_link(url, "url"), _words(keywords)
    service, order = orders.place(do, LISTING, title, years, listing_price(do))
    do.execute(
        "insert into netsell_listing values ($number, $title, $url, $category, $keywords, $description, 0, 0)",
        number=service, title=title, url=link, category=category, keywords=words, description=description,
    )  # fmt: skip
    return order


@command("NETSELL008", role=MARKETER, title=("修改搜索收录信息", "Change the search listing"))
def change_listing(
    do: Doing,
    listing: Annotated[Ref, Ask("搜索收录", "Search listing", choose="netsell.listings")],
    title: Title | None = None,
    url: Url | None = None,
    category: Category | None = None,
    keywords: Keywords | None = None,
    description: Description | None = None,
) -> str:
    """Changes what the search engine knows of a site; fields left empty stay as they are. Gives the listing's number."""
    old = orders.running(do, LISTING, listing, "listing", "awaiting_payment")
    given = {"title": title, "url": url, "category": category, "keywords": keywords, "description": description}
    values = {k: v for k, v in given.items() if v}
    if not values:
        raise NOTHING_CHANGED("title")
    if "url" in values:
        values["url"] = names.checked_link(values["url"], "url")
    if "keywords" in values:
        values["keywords"] = _words(values["keywords"])
    row = {k: values.get(k, getattr(old, "site_category" if k == "category" else k)) for k in given}
    do.execute(
        """update netsell_listing set title = $title, url = $url, site_category = $category, keywords = $keywords, description = $description
           where number = $number""",
        number=listing, **row,
    )  # fmt: skip
    do.execute("update netsell_service set label = $title where number = $number", title=row["title"], number=listing)
    return listing


def _words(text: str) -> str:
    return ", ".join(keywords(text, "keywords"))


@query(role=MARKETER, title=("查看我的搜索收录", "View your search listings"))
def my_listings(do: Doing) -> Table:
    """Your listings: number, title, url, category, keywords, impressions, clicks, expires, state."""
    return do.table(
        """select number, l.title, l.url, l.site_category, l.keywords, l.impressions, l.clicks, s.expires, d.state
           from netsell_listing l join netsell_service s using (number) join document d using (number) where s.member = $member order by number""",
        member=do.actor,
    )


@query(role=VISITOR, title=("搜索网站", "Search for sites"))
def search(do: Doing, words: Annotated[Line, Ask("搜索词", "Search for", max=100)]) -> Table:
    """The listed sites that fit the words, best first: rank, title, url, description, score (BM25)."""
    found = Index(sites(do)).ranked(words)
    return Table(("rank", "title", "url", "description", "score"), [(i, s.title, s.url, s.description, score) for i, (s, score) in enumerate(found, start=1)])


def sites(look: Looking) -> list[Site]:
    """All sites that the engine knows: the world's own selection of others, and the listings that are running."""
    others = look.stream("netsell.sites").sample(list(look.scenario.rows("sites")), OTHERS)
    rows = look.all(
        """select number, l.title, l.url, l.keywords, l.description from netsell_listing l join document using (number)
           where state = 'active' order by number"""
    )
    return [Site("", r["title"], r["url"], r["keywords"], r["description"]) for r in others] + [Site(*r) for r in rows]


def terms(text: str) -> list[str]:
    """The search terms of a text: Latin words and numbers, single Chinese characters and pairs of neighbours."""
    found: list[str] = []
    for run in re.findall(r"[a-z0-9]+|[\u3400-\u9fff]+", text.lower()):
        found += [run] if run.isascii() else [*run, *(run[i : i + 2] for i in range(len(run) - 1))]
    return found


def wanted(text: str) -> list[str]:
    """The terms to look for: as `terms`, but of a Chinese run of two characters or more only the pairs."""
    found: list[str] = []
    for run in re.findall(r"[a-z0-9]+|[\u3400-\u9fff]+", text.lower()):
        found += [run] if run.isascii() or len(run) == 1 else [run[i : i + 2] for i in range(len(run) - 1)]
    return list(dict.fromkeys(found))


class Index:
    """The terms of some sites, to be searched any number of times."""

    def __init__(self, known: list[Site]):
        self.known = known
        self._bags = [_bag(site) for site in known]
        self._lengths = [sum(bag.values()) for bag in self._bags]

    def ranked(self, text: str) -> list[tuple[Site, Decimal]]:
        """The sites that hold any of the words with their BM25 scores (three places), best first, equals by address."""
        found = []
        with localcontext() as context:
            context.prec = 28
            mean = Decimal(sum(self._lengths)) / max(1, len(self.known))
            looked_for = {t: self._idf(t) for t in wanted(text)}
            for site, bag, length in zip(self.known, self._bags, self._lengths, strict=True):
                if not looked_for.keys() & bag.keys():
                    continue
                norm = K1 * (1 - B + B * length / mean)
                score = sum((idf * bag[t] * (K1 + 1) / (bag[t] + norm) for t, idf in looked_for.items() if t in bag), Decimal(0))
                found.append((site, score.quantize(Decimal("0.001"))))
        return sorted(found, key=lambda f: (-f[1], f[0].url))

    def _idf(self, term: str) -> Decimal:
        n = sum(term in bag for bag in self._bags)
        return (1 + (len(self.known) - n + Decimal("0.5")) / (n + Decimal("0.5"))).ln()


@functools.lru_cache(maxsize=1024)  # the sites of others come again every day
def _bag(site: Site) -> Counter[str]:
    bag: Counter[str] = Counter()
    for field, weight in WEIGHTS.items():
        for t, n in Counter(terms(getattr(site, field))).items():
            bag[t] += n * weight
    return bag
