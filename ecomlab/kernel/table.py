"""Tables: what a query gives. Rows with named columns whose headings exist in both languages."""

from __future__ import annotations

import datetime
import functools
import html
from collections.abc import Callable, Iterable, Iterator, Sequence
from decimal import Decimal
from itertools import repeat
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from .command import ROLES
from .terms import term
from .texts import Language, Text, default_language


class Row(tuple[Any, ...]):
    """A row of a result: a tuple whose values are also attributes, by column name, but where that is an attribute of every tuple."""

    __slots__ = ()
    columns: tuple[str, ...] = ()

    if TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any: ...

    def asdict(self) -> dict[str, Any]:
        return dict(zip(type(self).columns, self, strict=True))


@functools.lru_cache(maxsize=1024)
def row_type(columns: tuple[str, ...]) -> type[Row]:
    values = {name: property(itemgetter(i)) for i, name in reversed(list(enumerate(columns))) if not hasattr(Row, name)}
    return type("Row", (Row,), {**values, "__slots__": (), "columns": columns})


#: A cost per piece is kept with six places and shown with two; files and frames have them all.
UNIT_COST_PLACES = -6
#: A bar behind a number, in the style itself because a notebook shows tables without our style sheet; on light and on dark ground.
#: Words begin at the left, also where Jupyter would have them at the right; said at the cell, for an untrusted notebook keeps no style sheet.
_LEFT = ' style="text-align:left"'
#: The note of a heading that is a term, and the sign that opens it: also where no stylesheet of ours is.
_NOTE = "display:inline-block;vertical-align:top;max-width:24em;font-weight:400;white-space:normal;text-align:left"
_SIGN = "display:inline-block;margin-left:4px;width:16px;border:1px solid;border-radius:50%;font-size:11px;line-height:14px;text-align:center;cursor:help"
_BAR = "min-width:260px;background:linear-gradient(to right,rgba(0,114,178,.32) {0:.1f}%,rgba(0,114,178,.07) {0:.1f}%) content-box"


class Table(Sequence[Row]):
    """Rows in a stated order. `df()` is the pandas DataFrame with the column names of the code.

    bars: columns of percentages, 0 to 100, that HTML shows as a bar chart: each with a bar of that length behind the number.
    """

    language: Language | None = None
    #: the module whose words headings and values are said in, or one for each row where they come from several
    module: str | Sequence[str] = ""
    #: what a heading means if it is a term, else nothing; HTML then has a sign beside it that opens
    means: Callable[[Text, Language], str] | None = None
    #: columns whose values are names in the code, or were given by people, shown as they are: a student may be called as a state is
    as_is: Sequence[str] = ("student", "user_name")

    def __init__(self, columns: Sequence[str], rows: Sequence[Sequence[Any]], note: Text | None = None, bars: Sequence[str] = ()):
        self.columns = tuple(columns)
        #: said below the rows, or in their place if there are none: why it is empty, what the figures rest on
        self.note = note
        self.bars = tuple(bars)
        kind = row_type(self.columns)
        self.rows: list[Row] = [kind(r) for r in rows]

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, index: Any) -> Any:
        return self.rows[index]

    def __iter__(self) -> Iterator[Row]:
        return iter(self.rows)

    def record(self) -> dict[str, Any]:
        return {"columns": list(self.columns), "rows": [list(r) for r in self.rows]}

    def df(self) -> Any:
        """The table as a pandas DataFrame (needs the extra `lab`): amounts as floats, days as dates. The exact amounts are in `rows`, as Decimal."""
        import pandas

        made = pandas.DataFrame([tuple(r) for r in self.rows], columns=list(self.columns))
        for name in [c for c, kind in made.dtypes.items() if str(kind) == "object"]:
            kinds = {type(v) for v in made[name] if v is not None}
            if kinds and kinds <= {Decimal, int}:
                made[name] = made[name].astype("float64")
            elif kinds == {datetime.date}:
                made[name] = made[name].astype("datetime64[us]")
        return made

    def names(self) -> list[Text]:
        """What the columns are called."""
        return [term(c, self.module if isinstance(self.module, str) else "") for c in self.columns]

    def headings(self, language: Language) -> list[str]:
        return [name.say(language) for name in self.names()]

    def shown(self, language: Language, limit: int) -> list[list[str]]:
        """The values of the first rows as a reader expects them."""
        return [
            [str(v or "") if c in self.as_is else show(v, language, module) for c, v in zip(self.columns, row, strict=True)]
            for row, module in zip(self.rows[:limit], self.modules(), strict=False)
        ]

    def modules(self) -> Iterable[str]:
        """In whose words each row is said."""
        return repeat(self.module) if isinstance(self.module, str) else self.module

    def html(self, language: Language, limit: int = 200) -> str:
        """The table as escaped HTML in `language`; beyond `limit` rows it says how many more there are."""
        right = [any(isinstance(r[i], (int, Decimal)) and not isinstance(r[i], bool) for r in self.rows) for i in range(len(self.columns))]

        def cell(i: int, value: Any, said: str) -> str:
            bar = f' style="{_BAR.format(float(value))}"' if self.columns[i] in self.bars and value is not None else ""
            return f"<td{' class=ecl-num' if right[i] else '' if bar else _LEFT}{bar}>{html.escape(said)}</td>"

        body = "".join(
            f"<tr>{''.join(cell(i, v, s) for i, (v, s) in enumerate(zip(row, said, strict=True)))}</tr>"
            for row, said in zip(self.rows, self.shown(language, limit), strict=False)
        )
        if not self.rows:
            none = self.note or Text("没有记录", "No rows")
            body = f'<tr><td colspan="{len(self.columns)}" class="ecl-empty">{html.escape(none.say(language))}</td></tr>'
        more = len(self.rows) - limit
        tail = ""
        if more > 0:
            tail = f"<p>… 另有 {more} 行</p>" if language == "zh" else f"<p>… and {more} more rows</p>"
        if self.rows and self.note:
            tail += f"<p>{html.escape(self.note.say(language))}</p>"

        def heading(name: Text) -> str:
            said, note = html.escape(name.say(language)), html.escape(self.means(name, language)) if self.means else ""
            return f'{said}<details style="{_NOTE}"><summary style="{_SIGN}" title="{note}">?</summary>{note}</details>' if note else said

        head = "".join(f'<th scope="col"{" class=ecl-num" if right[i] else _LEFT}>{heading(name)}</th>' for i, name in enumerate(self.names()))
        return f'<div class="ecl-table"><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{tail}</div>'

    def _repr_html_(self) -> str:
        return self.html(self.language or default_language())

    def __repr__(self) -> str:
        return self.text(self.language or default_language())

    def text(self, language: Language, limit: int = 50) -> str:
        """The table as aligned text for a terminal; Chinese characters count as two columns."""
        lines = [self.headings(language), *self.shown(language, limit)]
        widths = [max(wide(line[i]) for line in lines) for i in range(len(self.columns))]
        out = ["  ".join(c + " " * (w - wide(c)) for c, w in zip(line, widths, strict=True)).rstrip() for line in lines]
        if len(self.rows) > limit:
            out.append(f"… +{len(self.rows) - limit}")
        if self.note:
            out.append(self.note.say(language))
        return "\n".join(out)


def show(value: Any, language: Language, module: str = "") -> str:
    """A value as a reader expects it: thousands separated, yes and no in words, states and kinds in the module's terms, whoever acted by their role."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return {"zh": "是" if value else "否", "en": "yes" if value else "no"}[language]
    if isinstance(value, Decimal):
        return f"{value:,.2f}" if value.as_tuple().exponent == UNIT_COST_PLACES else f"{value:,}"
    if isinstance(value, Text):
        return value.say(language)
    if isinstance(value, str):
        role, _, actor = value.partition(":")
        if role in ROLES and (actor or not term.known(role, module)):
            return f"{ROLES[role].title.say(language)} {actor}".rstrip()
        if value.isidentifier() and value.islower():
            return term(value, module).say(language)
    return str(value)


def wide(text: str) -> int:
    import unicodedata

    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)
