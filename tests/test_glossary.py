"""The glossary: concepts in both languages, found by either name, and never two for one name."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

import ecomlab
from ecomlab import classroom, dashboards
from ecomlab.dashboards.bars import Move, Waterfall
from ecomlab.glossary import concept, concepts, meaning, named_by
from ecomlab.kernel.command import COMMANDS, Param
from ecomlab.kernel.refusals import Refusal
from ecomlab.kernel.table import Table
from ecomlab.kernel.texts import Text
from ecomlab.widgets.fields import field
from ecomlab.widgets.results import result_view


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
    """Whoever adds a field either gives its term a sentence, in `concepts.toml`, or says in `everyday.txt` that nobody needs one."""
    shown = {label for command in COMMANDS.values() for label in labels(command.params)}
    linked = {label for label in shown if named_by(label)}
    left = sorted(str(label) for label in shown - linked if label.zh.replace(" ", "") not in EVERYDAY)
    assert left == [], f"{len(left)} labels are terms of the trade without a link"
    assert len(linked) > 160


def test_every_filter_and_key_figure_of_a_board_leads_to_a_term_or_is_a_word_of_everyday() -> None:
    files = [file for room in (dashboards, classroom) for file in Path(room.__file__ or "").parent.glob("*.py")]
    calls = [node for file in files for node in ast.walk(ast.parse(file.read_text("utf-8"))) if isinstance(node, ast.Call)]
    made = [call for call in calls if isinstance(call.func, ast.Name) and call.func.id in ("KeyFigure", "Filter")]
    firsts = [next((a for a in call.args if isinstance(a, ast.Call)), None) for call in made]
    pairs = [[a.value for a in first.args if isinstance(a, ast.Constant)] for first in firsts if first]
    shown = {Text(*map(str, pair)) for pair in pairs if len(pair) == 2}
    left = sorted(str(label) for label in shown if not named_by(label) and label.zh.replace(" ", "") not in EVERYDAY)
    assert left == [] and len(shown) > 50


def test_no_label_leads_to_two_terms() -> None:
    assert [pair for pair, n in Counter(pair for c in concepts().values() for pair in c.called).items() if n > 1] == []


#: Labels in Chinese that say what they mean without a glossary.
EVERYDAY = frozenset((Path(__file__).parent / "everyday.txt").read_text("utf-8").split())


def test_a_field_whose_label_is_a_term_says_what_it_means_in_the_language_of_the_desk(tmp_path: Path) -> None:
    lab = ecomlab.open(tmp_path, student="s1", scenario="email", language="zh")
    corporate, pin = COMMANDS["ebank.register_corporate"], {"zh": "支付密码（PIN）：", "en": "PIN (支付密码): "}
    for language, start in pin.items():
        lab.language = language
        means = {p.name: field(lab, corporate, p)["means"] for p in corporate.params}
        assert any(said.startswith(start) for said in means.values()), means
        assert "" in means.values(), "what is no term has none"


def test_headings_of_tables_and_figures_of_boards_say_what_they_mean(tmp_path: Path) -> None:
    lab = ecomlab.open(tmp_path, student="s1", scenario="email", language="en")
    made = lab._spoken(Table(("gross_profit", "subject"), [(1, 2)]))
    opened = re.findall(r"<th[^>]*>([^<]*)<details[^>]*><summary[^>]*>[?]</summary>([^<]*)</details></th>", made.html("en"))
    said = concept("gross-profit").said("en")
    assert opened == [("Gross profit", said)], "a term has a sign that opens, without any stylesheet or script"
    record = result_view({"gross_profit": 1, "subject": 2}, "en")["card"]
    assert [line["means"] for line in record] == [said, ""] and said in result_view(Table(("gross_profit",), []), "en")["html"]
    chart = Waterfall((Move(Text("毛利", "Gross profit"), 1), Move(Text("其他", "Other"), 2)))
    assert [meaning(name, "en") for name in chart.names()] == [said, ""]
