"""The glossary: concepts in both languages, found by either name, and never two for one name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

import ecomlab
from ecomlab.glossary import concept, concepts, named_by
from ecomlab.kernel.command import COMMANDS, Param
from ecomlab.kernel.refusals import Refusal
from ecomlab.kernel.texts import Text
from ecomlab.widgets.fields import field


def test_there_are_at_least_120_concepts_each_with_two_names_and_two_sentences() -> None:
    assert len(concepts()) >= 120
    for c in concepts().values():
        assert all(part.strip() for part in (*c.term, *c.means)), c.key
        assert c.means.zh.endswith("。") and c.means.en.endswith("."), c.key
        assert len(c.means.zh) <= 60 and len(c.means.en.split()) <= 32, (c.key, "a sentence or two")


def test_no_name_means_two_things() -> None:
    named = Counter(name.casefold() for c in concepts().values() for name in {c.key.casefold(), c.term.zh.casefold(), c.term.en.casefold()})
    assert [name for name, n in named.items() if n > 1] == []


@pytest.mark.parametrize("name", ["O2O", "o2o", " 线上到线下 ", "Online to Offline (O2O)"])
def test_a_concept_is_found_by_either_name_whatever_its_case(name: str) -> None:
    assert concept(name).key == "O2O"


def test_a_name_that_nobody_knows_is_refused_with_those_that_are_close() -> None:
    with pytest.raises(Refusal) as refused:
        concept("gros profit")
    assert refused.value.code == "no_such_term" and "gross profit" in refused.value.text.en and "毛利" in refused.value.text.zh
    with pytest.raises(Refusal):
        concept("")


def test_the_laboratory_says_it_in_its_language(tmp_path: Path) -> None:
    lab = ecomlab.open(tmp_path, student="s1", scenario="email", language="zh")
    assert repr(lab.term("GTIN")).startswith("商品条码（global trade item number (GTIN)）：")
    lab.language = "en"
    assert repr(lab.term("商品条码")).startswith("global trade item number (GTIN) (商品条码): ")
    assert len(lab.terms()) == len(concepts())


def test_a_label_is_a_term_only_if_it_is_one_in_both_languages() -> None:
    named = {str(label): found.key for label in LABELS if (found := named_by(label))}
    assert named == LABELS_LEAD_TO
    for zh, en in (("邮件", "Return"), ("申报表", "Message"), ("退货", "Statement"), ("段", "Section")):
        assert named_by(Text(zh, en)) is None, "a word of one language is not enough"


#: The last three share a word with another term in one language: a letter is no message of EDI's, a tax return no goods that come back.
LABELS = (
    Text("支付密码", "PIN"),
    Text("参与方位置代码（GLN）", "GLN"),
    Text("数字证书", "Digital certificate"),
    Text("邮件", "Message"),
    Text("申报表", "Return"),
    Text("对账单", "Reconciliation"),
)
LABELS_LEAD_TO = dict(zip(map(str, LABELS), ("PIN", "GLN", "certificate", "email", "VAT-return", "reconciliation"), strict=True))


def labels(params: Iterable[Param]) -> Iterator[Text]:
    for p in params:
        yield p.label
        yield from labels(p.columns)


def test_every_label_of_a_form_leads_to_a_term_or_is_a_word_of_everyday() -> None:
    """Whoever adds a field either gives its term a sentence, in `concepts.toml`, or says here that nobody needs one."""
    shown = {label for command in COMMANDS.values() for label in labels(command.params)}
    linked = {label for label in shown if named_by(label)}
    left = sorted(str(label) for label in shown - linked if label.zh.replace(" ", "") not in EVERYDAY)
    assert left == [], f"{len(left)} labels are terms of the trade without a link"
    assert len(linked) > 160
    assert EVERYDAY <= {label.zh.replace(" ", "") for label in shown - linked}, "what no form says any more"


def test_no_label_leads_to_two_terms() -> None:
    assert [pair for pair, n in Counter(pair for c in concepts().values() for pair in c.called).items() if n > 1] == []


#: Labels in Chinese that say what they mean without a glossary.
EVERYDAY = frozenset(
    """
    网络营销订单 下架原因 下载密码 不满 主题 事由 交易身份 交给 交货方式 交货日 人工 付款账户 代码 件数 企业名称 会员 会员名 会员组 会员组名称 位置
    作废原因 信息内容 信息标题 信息类型 关键词 其中邮费 内容 决定 凭据编号 分区 分拣结果 分类名称 列表名称 刷卡单 包括已清空的条目 包装费
    协议编号 单位 单据 单据号 卖家 卖方 卡号（账号） 原因 参考价值 取出的商品 取回什么 变更原因 只看未付清 只订购这种商品 同意 同意交易规则
    同意服务协议 同意物流服务许可协议 同时拍品数上限 名称 名称含有 命名规则 哪一边 售价 商业信息 商品 商品名称 商品和价格 商品和数量
    商品（按展示顺序） 商店 国家代码 图片 图片组 在售 型号和数量 型号（商品） 城市 处理意见 备注 天数 奖或罚 姓名 存放地点 实到商品和数量
    实点数量 审批意见 客户号 客服人员 容量 密码 封箱方式 岗位 工号 差异 已关闭系统和设备 已收到 已清点未发订单 已登录的用户 年数 广告内容
    广告分类 广告图片 广告标题 库存不足时 应拣的商品 开始日期 往来单位 快捷回复 快递员签字 快递责任 快递费 我同意收录协议 截止日 截止日期
    手工处理的订单 手机号码 打包 打单 扫描 批准 拍品说明 拍照顺序 拒收的箱 拣货 拣错的商品 损坏箱数 损失原因 推广名称 推广计划 推广费
    支付卡号 支付手段 支票 收件人 收据内容 收据号码 收款单位 收款户名 收款记录 收款账户 收货人 收货地址 收银台 改价或改量的商品 数量 文件夹
    文件格式 新内容 新数量 方向 方案 日期 星期一的日期 是否批准 是否破损 显示名称 更正后的金额 最低金额 最高金额 月份 服务 服务申请
    期刊内容 期刊标题 期间销售额 未到的商品 未结事项 本店行号 查找内容 标题 标题或内容包含 栏目 检验方法 正文 每日预算 每种商品留存 水印文字
    汇总方式 汇款 汇款日 汇款查询 汇款金额 活动名称 满多少元包邮（含税） 满多少元（含税） 照片 状态 现金 用户名 用途 由谁承担 电话 登录身份
    登记表 相同的行 省份 确认密码 称呼 等到 答案 签字人 签收人 简介 管理员 箱号 箱型 箱数 类别 类型名称 红旗备注 经营类别 结束日期 结果
    编号或商品含有 编码规则 网址 网站分类 网站名称 网站简介 联系人 自己写的内容 船名 船型 船长 行、售价和进价 行号 行和问题 要求 要求送达日
    规格 角色 订单号 订单数 订阅密码 评价 评语 询价说明 说明 谁的账簿 财务行号 账户 质量要求 赠品 车型 车牌号 车辆 转发到 载重（公斤）
    进价 退订代码 送货方式 选项 选项序号 通讯地址 邮件地址 部门 金额 链接 问题 附言 限时价商品或赠品 限时价或优惠金额 项目 顾客 顾客的要求
    预算 频道 频道名称 颜色 驾驶员
    """.split()
)


def test_a_field_whose_label_is_a_term_says_what_it_means_in_the_language_of_the_desk(tmp_path: Path) -> None:
    lab = ecomlab.open(tmp_path, student="s1", scenario="email", language="zh")
    corporate, pin = COMMANDS["ebank.register_corporate"], {"zh": "支付密码（PIN）：", "en": "PIN (支付密码): "}
    for language, start in pin.items():
        lab.language = language
        means = {p.name: field(lab, corporate, p)["means"] for p in corporate.params}
        assert any(said.startswith(start) for said in means.values()), means
        assert "" in means.values(), "what is no term has none"
