"""What a clerk can say: ready answers by their class, and the words by which an answer in one's own words is understood.

The lists are lenient, and know both languages: whoever says a thing in any usual way has said it.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Literal

from ...kernel.texts import Text

Template = Literal[
    "greeting", "campaign", "introduction", "confirmation", "keep_shop", "hold_price", "thanks", "value", "wait_supervisor", "note", "apology", "price_cut",
]  # fmt: skip

#: The ready answers. A talk that goes well greets, promotes, introduces, confirms and asks the customer to keep the shop.
TEMPLATES: dict[str, Text] = {
    "greeting": Text("你好，欢迎光临，很高兴为你服务。", "Hello and welcome. What can I do for you?"),
    "campaign": Text("本店正在做活动，活动内容和时间以店铺首页为准。", "We have a campaign now. Its terms and days are on our homepage."),
    "introduction": Text("这款商品的特点和用法是这样的：……", "Let me introduce this product: what it does and how it is used."),
    "confirmation": Text("请确认商品、数量和收货地址，确认后就可以下单。", "Please confirm product, quantity and address, and then you can order."),
    "keep_shop": Text("欢迎收藏本店，上新和活动会第一时间通知。", "Please keep our shop among your favourites, and you hear of what is new first."),
    "hold_price": Text("价格对每位顾客都一样，已经是最低价了，不能再改。", "The price is the same for everybody and is the lowest that we have."),
    "thanks": Text("感谢一直以来的支持，老顾客的信任我们很珍惜。", "Thank you for coming back. We value customers who stay with us."),
    "value": Text("我们保证正品和售后，质量和服务请放心比较。", "We stand for quality, genuine goods and service afterwards. Please compare those too."),
    "wait_supervisor": Text("我做不了主，请稍等，我去请示主管。", "This is not for me to decide. Please wait, I ask my supervisor."),
    "note": Text("收到，马上备注并通知仓库。", "I have noted it and tell the warehouse at once."),
    "apology": Text("非常抱歉给你带来不便，我们马上核实处理。", "I am sorry for the trouble. We look into it at once."),
    "price_cut": Text("好的，这次给你便宜一点。", "All right, I give you a lower price this time."),
}

_WORDS: dict[str, str] = {
    "greeting": r"你好|您好|欢迎|在的|亲[，,]|hello|\bhi\b|welcome|good (morning|afternoon|evening)",
    "campaign": r"活动|促销|优惠券|满减|首页|campaign|promotion|coupon|homepage|special offer",
    "introduction": r"介绍|特点|适合|功能|材质|尺寸|质保|保修|推荐|用法|introduc|feature|suit|recommend|made of|warranty|size|works",
    "confirmation": r"确认|核对|下单|拍下|confirm|check your|place the order|order it",
    "keep_shop": r"收藏|关注|favourite|favorite|bookmark|follow (us|our)|keep our shop",
    "hold_price": r"一样|最低|不能再|不议价|不讲价|统一价|不能改价|same (price )?for (every|all)|lowest|cannot (lower|change)|fixed price|no lower",
    "thanks": r"感谢|谢谢|老顾客|支持|thank|regular customer|coming back",
    "value": r"正品|质量|售后|保证|品质|放心|quality|genuine|service|guarantee|warranty",
    "wait_supervisor": r"请示|主管|领导|经理|申请一下|supervisor|manager|ask my boss",
    "note": r"备注|记下|已改|修改|通知|马上|处理|登记|noted|note|change|tell the|at once|remark|take care",
    "apology": r"抱歉|对不起|不好意思|sorry|apolog|regret",
    "price_cut": r"便宜一?点|给你打|打[一二三四五六七八九]折|减你|少收|降价给|让利|lower price|cheaper|discount for you|take off|knock off|reduce the price",
}
#: "The price cannot be made cheaper" promises nothing.
_NOT = re.compile(r"(不能|不会|无法|没有|不可以|没法|不再)[^，。,.；;!?！？]{0,8}$|(\bno|\bnot|cannot|can't|unable to|never)\b[^.,;!?]{0,40}$", re.I)

#: What a review was about, in the words of whoever tells the group of it.
CAUSE_WORDS: dict[str, str] = {
    "late": r"晚|慢|迟|物流|时效|late|slow|delay|days",
    "wrong_item": r"错|漏|少|颜色|发货错误|wrong|missing|colour|color|mix",
    "quality": r"质量|坏|裂|做工|材质|quality|broke|crack|fault|material",
    "service": r"客服|服务|态度|回复|回答|service|attitude|answer|reply|rule",
}


def classes_of(text: str) -> list[str]:
    """The classes of what a text says, in the order in which they come in it."""
    plain = unicodedata.normalize("NFKC", text)
    found = {}
    for name, pattern in _WORDS.items():
        for match in re.finditer(pattern, plain, re.I):
            if name == "price_cut" and _NOT.search(plain[: match.start()]):
                continue
            found[name] = match.start()
            break
    return sorted(found, key=lambda name: found[name])


def names_cause(text: str, cause: str) -> bool:
    """Whether a text tells of this cause."""
    return re.search(CAUSE_WORDS[cause], unicodedata.normalize("NFKC", text), re.I) is not None
