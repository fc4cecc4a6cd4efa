"""Records that a member keeps: created, changed, deleted while nothing uses them. Written once for every family of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ...kernel.doing import Doing, Looking
from ...kernel.refusals import refusal
from ...kernel.texts import Text

NOT_KEPT = refusal("not_kept", "您没有编号为“{number}”的{kind}。请从列表中选择。", "You keep no {kind} {number}; choose one from the list.")
KEPT_TWICE = refusal(
    "kept_twice",
    "{kind}“{value}”已经在册（{number}）。请改用已有的一条，或填写不同的内容。",
    "The {kind} {value} is kept already ({number}). Use that one, or enter another.",
)
IN_USE = refusal(
    "in_use",
    "{kind}“{number}”正被 {user} 使用，不能删除。请先处理 {user}，或改为修改此条。",
    "The {kind} {number} is used by {user} and cannot be deleted. See to {user} first, or change this one instead.",
)
NOTHING_CHANGED = refusal("no_new_value", "没有填写任何要修改的内容，请至少改一项。", "Nothing is to be changed; enter at least one new value.")


@dataclass(frozen=True)
class Family:
    """One kind of record: its table (with `number` and `member`), and what sets its records apart.

    field: how commands call a record. unique: the column that no two records of a member share, and the field it is
    entered in. used: SQL that gives one number of what uses the record $number, if anything does.
    """

    table: str
    prefix: str
    field: str
    title: Text
    unique: str
    used: str

    def row(self, look: Looking, member: str, number: str, field: str | None = None) -> Any:
        """The member's record of that number. Refuses 'not_kept', also for somebody else's."""
        found = look.one(f"select * from {self.table} where number = $number and member = $member", number=number, member=member)
        if found is None:
            raise NOT_KEPT(field or self.field, kind=self.title, number=number)
        return found

    def create(self, do: Doing, member: str, **values: Any) -> str:
        """Keeps a new record; gives its number. Refuses 'kept_twice'."""
        self._only_once(do, member, "", values)
        number = do.number(self.prefix)
        columns = ["number", "member", *values]
        do.execute(f"insert into {self.table} ({', '.join(columns)}) values ({', '.join('$' + c for c in columns)})", number=number, member=member, **values)
        return number

    def change(self, do: Doing, member: str, number: str, **values: Any) -> str:
        """Writes the values given (None or "": as it was); gives the number. Refuses 'no_new_value' and 'kept_twice'."""
        before = self.row(do, member, number)
        new = {k: v for k, v in values.items() if v not in (None, "") and v != getattr(before, k)}
        if not new:
            raise NOTHING_CHANGED(next(iter(values)))
        self._only_once(do, member, number, new)
        do.execute(f"update {self.table} set {', '.join(f'{c} = ${c}' for c in new)} where number = $number", number=number, **new)
        return number

    def delete(self, do: Doing, member: str, number: str) -> str:
        """Deletes a record that nothing uses; gives its number. Refuses 'in_use'."""
        self.row(do, member, number)
        user = do.value(self.used, number=number)
        if user is not None:
            raise IN_USE(self.field, kind=self.title, number=number, user=user)
        do.execute(f"delete from {self.table} where number = $number", number=number)
        return number

    def offered(self, look: Looking, member: str, *shown: str) -> list[tuple[str, Text | str]]:
        """The member's records for a list of choices: the number, and it with the columns shown."""
        rows = look.all(f"select number, {', '.join(shown)} from {self.table} where member = $member order by number", member=member)
        return [(r[0], " · ".join(str(v) for v in r)) for r in rows]

    def _only_once(self, look: Looking, member: str, number: str, values: dict[str, Any]) -> None:
        if self.unique not in values:
            return
        other = look.value(
            f"select number from {self.table} where member = $member and {self.unique} = $value and number <> $number",
            member=member, value=values[self.unique], number=number,
        )  # fmt: skip
        if other is not None:
            raise KEPT_TWICE(self.unique, kind=self.title, value=values[self.unique], number=other)
