"""What a person may type into a field, what is read from it, and what is said when it cannot be read."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from ecomlab.kernel import values
from tests.each import each
from tests.worlds import assert_both


def read(kind: Any, value: Any) -> Any:
    return TypeAdapter(kind).validate_python(value)


def problem(kind: Any, value: Any) -> str:
    """The code of the message that a value gets."""
    with pytest.raises(ValidationError) as caught:
        read(kind, value)
    code, text = values.explain(caught.value.errors()[0], None)
    assert_both(text)
    return code


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("1250", "1250.00"),
        ("1250.5", "1250.50"),
        (" ¥ 1,250.00 ", "1250.00"),
        ("1,234,567.89", "1234567.89"),
        ("１２５０．００", "1250.00"),  # full width, as Chinese input methods give it
        ("￥1，250", "1250.00"),
        ("0", "0.00"),
        ("18.0100", "18.01"),
        ("007", "7.00"),
        (18, "18.00"),
        (Decimal("18.01"), "18.01"),
        (18.01, "18.01"),
        ("999999999999.99", "999999999999.99"),
    ],
)
def test_money_is_read_as_it_is_written(typed: object, meant: str) -> None:
    amount = read(values.Money, typed)
    assert (str(amount), type(amount)) == (meant, Decimal)


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "money_format"),
        ("abc", "money_format"),
        ("-1", "money_negative"),
        ("-1,250.00", "money_negative"),
        (-5, "money_negative"),
        ("NaN", "money_format"),
        (float("nan"), "money_format"),
        (float("inf"), "money_format"),
        (Decimal("NaN"), "money_format"),
        (Decimal("-Infinity"), "money_format"),
        ("1e5", "money_format"),
        (Decimal("1E+5"), "money_format"),
        (1e22, "money_format"),
        ("18.001", "money_places"),
        (0.1 + 0.2, "money_places"),
        ("0." + "0" * 100_000 + "1", "money_places"),
        ("1000000000000", "money_huge"),
        ("9" * 400, "money_huge"),
        (10**30, "money_huge"),
        (10**6000, "invalid"),  # more digits than Python turns into text
        ("1,50", "money_format"),  # 1.50 or 150?
        ("1,2,3", "money_format"),
        ("12,34.56", "money_format"),
        ("1 250", "money_format"),
        ("١٢", "money_format"),  # digits of another script
        ("0x10", "money_format"),
        ("1_000", "money_format"),
        ("+5", "money_format"),
        ("5.", "money_format"),
        (".5", "money_format"),
        ("5\u202e0", "money_format"),
        ("5\x00", "money_format"),
        (True, "money_format"),
        (None, "money_format"),
        ([5], "money_format"),
        ({"amount": 5}, "money_format"),
    ],
    ids=lambda v: repr(v)[:20] if not isinstance(v, int) or abs(v) < 10**9 else "huge",
)
def test_money_that_is_none_is_refused_with_its_reason(typed: object, code: str) -> None:
    assert problem(values.Money, typed) == code


@given(st.decimals(min_value=0, max_value=Decimal("999999999999.99"), places=2, allow_nan=False))
def test_money_survives_being_written_and_read(amount: Decimal) -> None:
    assert read(values.Money, str(amount)) == read(values.Money, f"¥{amount:,}") == read(values.Money, amount) == amount


@pytest.mark.parametrize(("typed", "meant"), [("12", 12), (" 12 ", 12), ("１２", 12), (0, 0), ("-3", -3), ("012", 12)])
def test_counts_are_whole_numbers(typed: object, meant: int) -> None:
    assert read(values.Count, typed) == meant


@pytest.mark.parametrize("typed", ["", "1.5", "1,000", 1.0, True, None, "1e3", "twelve", "9" * 13, 10**13, "٣", [], "1\n2"])
def test_a_count_that_is_none_is_refused(typed: object) -> None:
    assert problem(values.Count, typed) == "count_format"


@pytest.mark.parametrize(
    "typed", ["2026-09-01", "2026/9/1", "2026年9月1日", "2026.9.1", "２０２６－０９－０１", datetime.date(2026, 9, 1), datetime.datetime(2026, 9, 1, 23)]
)
def test_days_are_read_as_people_write_them(typed: object) -> None:
    assert read(values.Day, typed) == datetime.date(2026, 9, 1)


@pytest.mark.parametrize("typed", ["", "2026-02-30", "2026-13-01", "0000-01-01", "01-09-2026", "tomorrow", "20260901", 20260901, None, True, "99999-01-01"])
def test_a_day_that_is_none_is_refused(typed: object) -> None:
    assert problem(values.Day, typed) == "day_format"


@pytest.mark.parametrize(
    "typed",
    ["hello", "你好，世界", "<b>bold</b> & \"quotes\"", "emoji 😀👩‍👩‍👧", "שלום مرحبا", "zero\u200bwidth", "x" * 10_000, "a\tb", "'; drop table mailbox; --"],
)
def test_texts_are_taken_as_they_are(typed: str) -> None:
    assert read(values.Line, typed) == read(values.Prose, typed) == typed


def test_texts_are_normalised_and_stripped_of_blanks_around_them() -> None:
    assert read(values.Line, "  e\u0301  ") == "é"
    assert read(values.Prose, "one\r\ntwo\n") == "one\ntwo"


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("ＷＨ－０４１７－０００１", "WH-0417-0001"),
        ("ｇｕ．ｙａｎ＠ｅｃｏｍｌａｂ．ｔｅｓｔ", "gu.yan@ecomlab.test"),
        ("江南\u3000Ａ１，你好！（甲）", "江南 A1，你好！（甲）"),
        ("\u3000", ""),
    ],
)
def test_a_line_has_letters_and_digits_of_one_width(typed: str, kept: str) -> None:
    assert read(values.Line, typed) == read(values.Ref, typed) == kept
    assert read(values.Prose, typed) == typed.strip(), "a longer text stays as it was written"


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("a\x00b", "text_control"),
        ("a\x1b[31mb", "text_control"),
        ("a\x7fb", "text_control"),
        ("a\ud800b", "text_control"),
        ("a\u202eb", "text_bidi"),
        ("a\u2066b", "text_bidi"),
        ("a\nb", "text_one_line"),
        ("a\r\nBcc: x@y.test", "text_one_line"),
        ("a\u2028b", "text_one_line"),
        ("a\x85b", "text_one_line"),
        (5, "text_format"),
        (None, "text_format"),
        (b"bytes", "text_format"),
        (["a"], "text_format"),
    ],
    ids=repr,
)
def test_a_line_that_is_none_is_refused(typed: object, code: str) -> None:
    assert problem(values.Line, typed) == code


def test_prose_keeps_its_lines_but_no_control_characters() -> None:
    assert read(values.Prose, "one\n\n\ttwo") == "one\n\n\ttwo"
    assert problem(values.Prose, "one\x0btwo") == "text_control"
    assert problem(values.Prose, "one\u2029two") == "text_control"


@given(st.one_of(st.text(), st.integers(), st.floats(), st.decimals(), st.none(), st.booleans(), st.binary(), st.lists(st.text(), max_size=2)))
def test_whatever_is_typed_is_read_or_refused_in_both_languages(typed: object) -> None:
    for kind in (values.Money, values.Count, values.Day, values.Line, values.Prose, values.Ref, values.Secret, values.Flag):
        try:
            read(kind, typed)
        except ValidationError as error:
            code, text = values.explain(error.errors()[0], None)
            assert code in values.MESSAGES
            assert_both(text)


@each("code", values.MESSAGES)
def test_every_message_is_in_both_languages(code: str) -> None:
    text = values.MESSAGES[code]
    assert_both(text.fill(field="x", max=1, bound=1, options="x"))
