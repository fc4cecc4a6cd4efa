"""The glossary: concepts in both languages, found by either name, and never two for one name."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

import ecomlab
from ecomlab.glossary import concept, concepts
from ecomlab.kernel.refusals import Refusal


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
