"""The variants of a task: what an honest student, or one who did something else, might have done in the model student's place.

    A  something that is asked is another: points drop
    B  something that it leaves open is another: points stay
    C  first wrong, then put right: full points
    D  another lawful act afterwards: points stay
    E  a bilingual value as one half, or spelt differently: full points
    F  in several steps, or in another order: full points

Two kinds have no verdict: R, another thing of those that a field offers, or another value than the one that the task itself shows; and U,
what the brief says but the text does not name, where it stands in a longer text by the way.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from typing import Any

from ecomlab.kernel.command import COMMANDS, Command, Param
from ecomlab.kernel.evidence import EXCEPTIONS
from ecomlab.kernel.refusals import Refusal

from .order import HELD, ROWS
from .rehearsal import Origin, Rehearsal
from .stage import Call, Do, Path, Stage, path_name, value_at, with_value
from .values import made_of, spellings

#: Commands that put right what another made, where their names do not tell: by default create_x and add_x have change_x.
PUT_RIGHT = {
    "email.save_draft": "email.change_draft",
    "b2b.place_order": "b2b.change_order",
    "b2c.add_product": "b2c.change_product",
    "finance.advance_fee": "finance.change_advance",
    "finance.compensate": "finance.change_compensation",
    "finance.vouch": "finance.change_compensation",
    "floor.hand_over": "floor.sign_list_again",
    "floor.pack": "floor.seal_again",
    "floor.pick": "floor.sign_wave_again",
    "netsell.order_listing": "netsell.change_listing",
}
#: Commands that take back what another made, tried where the same once more is refused, with what they are told besides its number.
TAKES_BACK: dict[str, tuple[str, dict[str, Any]]] = {
    "ebank.pay_corporate": ("ebank.recall_transfer", {"reason": "金额有误 Wrong amount"}),
    "ebank.pay_personal": ("ebank.recall_personal", {"reason": "金额有误 Wrong amount"}),
    "lgs.add_warehouse": ("lgs.retire_warehouse", {}),
    "netsell.order_international": ("netsell.cancel_order", {}),
    "netsell.order_chinese": ("netsell.cancel_order", {}),
    "netsell.vote": ("netsell.withdraw_vote", {}),
    "shop.take_off": ("shop.put_on_shelf", {}),
    "shop.print_waybill": ("shop.void_waybill", {}),
    "service.request_change": ("service.refuse_change", {"reason": "记错了 A mistake"}),
    "finance.request_refund": ("finance.decide", {"decision": "rejected", "reason": "填错了 A mistake"}),
    "finance.spend": ("finance.reverse_receipt", {}),
    "finance.ask_float": ("finance.decide", {"decision": "rejected", "reason": "填错了 A mistake"}),
    "finance.renew_float": ("finance.decide", {"decision": "rejected", "reason": "填错了 A mistake"}),
}
#: What else puts a wrong one right: whoever got a copy by mistake hands it on; goods that are sound after all go back on the shelf; and what pictures of
#: another size had pushed out of their folder is filed again.
BY_HAND: dict[str, Callable[[Do, Call, Any, list[Call]], Any]] = {
    "finance.hand_copy_from_stock": lambda do, c, wrong, before: do(
        {"ecommerce": "finance.hand_copy", "finance": "finance.hand_copy_from_finance"}[wrong], **c.given
    ),
    "service.sort_return": lambda do, c, wrong, before: do("service.restock", entry=c.given["entry"]),
    "shop.file_pictures": lambda do, c, wrong, before: [do(b.name, **b.given) for b in [*before, c] if b.name == c.name][-1],
}
#: Commands that set what is there anew: done twice with half each, they leave one half.
SETS = (
    "b2b.add_to_cart",
    "b2b.publish",
    "b2c.add_to_cart",
    "b2c.save_opening",
    "b2c.tally",
    "floor.tally_zone",
    "netsell.change_mailing_list",
    "service.plan_shifts",
    "shop.place_in_channel",
    "teaching.assign",
    "teaching.differentiate",
    "teaching.order_steps",
    "teaching.script",
    "teaching.write_phases",
)
#: In its place the next larger value is the honest one: a shorter wait may be too short.
MORE = ("lab.advance.days",)


class NoWayBack(Exception):
    """What was made with a wrong value cannot be put right: the refusal that stands in the way."""


class FoundNothing(Exception):
    """A query that found something finds nothing now, so that the variant is another question, not another way to ask."""


Instead = Callable[[Do, Call], Any]


@dataclass(frozen=True)
class Variant:
    """One way to do a task: its kind, what is different (`command.field`), the value there, and how it is done."""

    kind: str
    what: str
    value: str
    run: Callable[[Stage], None]
    #: variants of one group are tries at the same thing: the first one that the product accepts counts
    group: str = ""
    #: the call in whose place it asks; if that is a query, the same answer means that it was the same question
    same_as: Call | None = None

    @property
    def name(self) -> str:
        return f"{self.kind} {self.what}"


def _twisted(code: str, at: int, instead: Instead, finds: bool = False) -> Callable[[Stage], None]:
    """The task as it was rehearsed, but for the call in that place. finds: if it is a query, it must still find something."""

    def run(stage: Stage) -> None:
        seen = itertools.count()

        def do(name: str, /, **given: Any) -> Any:
            if next(seen) != at:
                return stage.call(name, **given)
            result = instead(stage.call, Call(name, given, ""))
            if finds and COMMANDS[name].query and not len(result):
                raise FoundNothing(name)
            return result

        try:
            stage.play(code, do)
        except NoWayBack as stuck:  # then from the beginning of the task, with another thing
            try:
                stage.play(code)
            except Refusal as refused:
                raise NoWayBack(f"{stuck}; all again: {refused.code}") from refused

    return run


# --- the kinds -----------------------------------------------------------------------------------------------------------------


def variants_before(seen: Rehearsal) -> Iterator[Variant]:
    """The variants that are done instead of the task: A, B, C, E and F."""
    yield from _asked_otherwise(seen)
    for at, call, path, p, origin in seen.arguments():
        yield from _another(seen, at, call, path, p, origin)
        if seen.kind_of(at, path, p, origin) == "A":
            yield from _put_right(seen, at, call, path, p, origin)
            yield from _spelt(seen, at, call, path, p)
    for at, call in enumerate(seen.calls):
        yield from _swapped(seen, at, call)
        yield from _split(seen, at, call)
        yield from _never_together(seen, at, call)
    yield from _reordered(seen)
    yield from _too_late(seen)


def _asked_otherwise(seen: Rehearsal) -> Iterator[Variant]:
    """The model student believes that another thing is asked, and does all for that one."""
    by_the_way = {o.key for at, _, path, p, o in seen.arguments() if o and seen.kind_of(at, path, p, o) == "U"} - seen.named
    for key, ways in seen.asked_otherwise.items():
        for value, _ in ways:
            run = lambda stage, key=key, value=value: stage.play(seen.code, asked={key: value})  # noqa: E731
            kind = "U" if key in by_the_way else "A"
            yield Variant(kind, f"brief.{key}", str(value), run, f"A brief.{key}")


def _another(seen: Rehearsal, at: int, call: Call, path: Path, p: Param, origin: Origin | None) -> Iterator[Variant]:
    what = f"{call.name}.{path_name(path)}"
    asked = seen.brief[origin.key] if origin and origin.how == "holds" else None
    kind = seen.kind_of(at, path, p, origin)
    found = seen.others(at, path, p, origin, narrower=kind == "A")
    for i, other in enumerate(sorted(found, reverse=True) if what in MORE else found):
        near = asked is not None and isinstance(asked, (int, Decimal)) and i
        yield Variant(kind, what, str(other), _with(seen.code, at, path, other, kind == "B"), f"{kind} {at} {path}{' near' if near else ''}", call)
    if kind == "A" and len(path) == 1 and not p.required and call.given[path[0]] != p.default:
        instead: Instead = lambda do, c: do(c.name, **{k: v for k, v in c.given.items() if k != path[0]})  # noqa: E731
        yield Variant("A", what, "(left out)", _twisted(seen.code, at, instead), f"A {at} {path} left out", same_as=call)


def _with(code: str, at: int, path: Path, value: Any, finds: bool = False) -> Callable[[Stage], None]:
    return _twisted(code, at, lambda do, c: do(c.name, **with_value(c.given, path, value)), finds)


def _swapped(seen: Rehearsal, at: int, call: Call) -> Iterator[Variant]:
    """Two fields that choose from the same list, the one's value in the other: goods moved the wrong way round."""
    refs = [p for p in call.command.params if p.kind == "ref" and p.name in call.given and p.ask.choose]
    for i, one in enumerate(refs):
        for other in refs[i + 1 :]:
            a, b = call.given[one.name], call.given[other.name]
            if one.ask.choose == other.ask.choose and a != b and all(seen.origin(at, (p.name,), p) for p in (one, other)):
                instead: Instead = lambda do, c, o=one.name, t=other.name: do(c.name, **{**c.given, o: c.given[t], t: c.given[o]})  # noqa: E731
                yield Variant("A", f"{call.name}.{one.name}", f"swapped with {other.name}", _twisted(seen.code, at, instead), f"A swap {at} {one.name}")


def _never_together(seen: Rehearsal, at: int, call: Call) -> Iterator[Variant]:
    """Done twice: each time one of two things is right, and the other is wrong, so that what is asked never comes to be."""
    if call.command.query:
        return
    asked = [
        (path, p, origin)
        for i, _, path, p, origin in seen.arguments()
        if i == at and origin and seen.kind_of(at, path, p, origin) == "A" and f"A {call.name}.{path_name(path)}" not in EXCEPTIONS.get(seen.code, {})
    ]
    for (one, p, o), (two, q, r) in zip(asked, asked[1:], strict=False):
        for other in itertools.product(seen.others(at, one, p, o)[:2], seen.others(at, two, q, r)[:2]):

            def run(do: Do, c: Call, one: Path = one, two: Path = two, other: tuple[Any, Any] = other) -> Any:
                return _first(*(do(c.name, **with_value(c.given, path, value)) for path, value in zip((one, two), other, strict=True)))

            what, value = f"{call.name}.{path_name(one)}", f"and {path_name(two)} each right once, never together ({other[0]}; {other[1]})"
            yield Variant("A", what, value, _twisted(seen.code, at, run), f"A apart {at} {one} {two}")


def _put_right(seen: Rehearsal, at: int, call: Call, path: Path, p: Param, origin: Origin | None) -> Iterator[Variant]:
    """First with a wrong value, then put right by the module's own means: its change, the same once more, or away with it and made anew."""
    command, what = call.command, f"{call.name}.{path_name(path)}"
    if command.query:
        return
    change = change_of(command)
    changes = bool(change and any(q.name == path[0] for q in change.params))
    if change and changes and not p.required and len(path) == 1:
        yield Variant("C", what, f"(left out), then {change.name}", _twisted(seen.code, at, _corrected(seen, at, path, None)), f"C {at} {path} out")
    for other in seen.others(at, path, p, origin):
        how = change.name if change and changes else "again"
        yield Variant("C", what, f"{other}, then {how}", _twisted(seen.code, at, _corrected(seen, at, path, other)), f"C {at} {path}")


def change_of(command: Command) -> Command | None:
    """The command by which a module corrects what this one made."""
    if command.name in PUT_RIGHT:
        return COMMANDS[PUT_RIGHT[command.name]]
    verb, _, thing = command.short.partition("_")
    named = f"{command.module}.change_{thing or 'registration'}"
    return COMMANDS.get(named) if verb in ("create", "add", "new", "save", "register") else None


def _corrected(seen: Rehearsal, at: int, path: Path, wrong: Any) -> Instead:
    """Makes it wrong (None: leaves the field out) and puts it right in the first way that the product accepts. Raises NoWayBack if there is none."""
    stage = seen.stage

    def instead(do: Do, c: Call) -> Any:
        change, back = change_of(c.command), TAKES_BACK.get(c.name)
        offered = [(command, _offered(stage, command)) for command in (change, COMMANDS[back[0]] if back else None) if command]
        first = {k: v for k, v in c.given.items() if k != path[0]} if wrong is None else with_value(c.given, path, wrong)
        result = do(c.name, **first)
        made = {
            command.name: next((v for v in _offered(stage, command) if v not in before), c.given.get(_target(command).name, result))
            for command, before in offered
        }
        if change and _target(change).name != path[0] and any(q.name == path[0] for q in change.params):
            right = {q.name: c.given[q.name] for q in change.params if q.name in c.given and (q.required or q.name == path[0])}
            ways = [partial(do, change.name, **{_target(change).name: made[change.name], **right})]
            _one_of(ways)
            return result
        if c.name in BY_HAND:
            return BY_HAND[c.name](do, c, wrong, seen.calls[:at])
        ways = [partial(do, c.name, **c.given)]
        right = value_at(c.given, path)
        if back:
            ways.append(lambda: (do(back[0], **{_target(COMMANDS[back[0]]).name: made[back[0]], **back[1]}), do(c.name, **c.given))[1])
        if isinstance(right, (int, Decimal)) and wrong is not None and type(right)(wrong) < right:
            ways.append(partial(do, c.name, **with_value(c.given, path, right - wrong)))  # what is missing, besides
        if not next(p for p in c.command.params if p.name == path[0]).required:
            ways.append(partial(do, c.name, **{q.name: c.given[q.name] for q in c.command.params if q.required or q.name == path[0]}))  # that alone
        if c.command.short.startswith("change_") and path == (_target(c.command).name,):  # another thing has got the name: it gets another
            lines = {q.name: "别的 Something else" for q in c.command.params if q.kind == "line" and q.name in c.given}
            ways.append(lambda: (do(c.name, **{**first, **lines}), do(c.name, **c.given))[1])
        return _one_of(ways)

    return instead


def _target(command: Command) -> Param:
    """The field of a command that names what it is done to."""
    return next(p for p in command.params if p.kind == "ref")


def _offered(stage: Stage, command: Command) -> list[str]:
    return [v for v, _ in stage.choices(command, _target(command))]


def _one_of(ways: Iterable[Callable[[], Any]]) -> Any:
    """What the first of these ways gives that is not refused."""
    refusals = []
    for way in ways:
        try:
            return way()
        except Refusal as refused:
            refusals.append(refused.code)
    raise NoWayBack(", ".join(refusals))


def _spelt(seen: Rehearsal, at: int, call: Call, path: Path, p: Param) -> Iterator[Variant]:
    """A bilingual value of the brief as one half, or in another spelling; in a longer text, it alone."""
    if p.kind not in ("line", "prose"):
        return
    value, what = value_at(call.given, path), f"{call.name}.{path_name(path)}"
    for key in sorted(seen.keys):
        asked = seen.brief[key]
        if made_of(value, p.kind, asked) in ("equal", "holds") and isinstance(asked, str):
            for how, text in spellings(asked):
                yield Variant("E", what, f"{how}: {text}", _with(seen.code, at, path, value.replace(asked, text), finds=True), f"E {at} {path} {how}")


def _split(seen: Rehearsal, at: int, call: Call) -> Iterator[Variant]:
    """The same in two calls: each row of goods in two parts, an amount in two, or one half of the optional fields after the other."""
    if call.command.query:
        return
    for p in call.command.params:
        if p.kind == "rows" and p.name in call.given:
            yield from _split_rows(seen, at, call, p)
        if p.kind in ("money", "count") and p.name in ("amount", "quantity") and p.name in call.given and call.name not in SETS:
            whole = Decimal(str(call.given[p.name]))
            part = (whole * 2 / 5).quantize(Decimal("0.01")) if p.kind == "money" else whole * 2 // 5  # not a half: the same sum twice may be a slip
            if part:
                parts = [{p.name: x if p.kind == "money" else int(x)} for x in (part, whole - part)]
                yield Variant("F", f"{call.name}.{p.name}", "in two parts", _in_parts(seen.code, at, parts), f"F {at} {p.name}")
    loose = [p.name for p in call.command.params if not p.required and p.name in call.given]
    if call.name not in SETS and len(loose) > 1 and any(p.kind == "ref" and p.required for p in call.command.params):  # it is done to something, twice
        for half in (loose[: len(loose) // 2], loose[len(loose) // 2 :]):
            bit: Instead = lambda do, c, half=half: _first(  # noqa: E731
                *(do(c.name, **{k: v for k, v in c.given.items() if (k in loose and k in half) == first or k not in loose}) for first in (True, False))
            )
            yield Variant("F", f"{call.name}.{half[0]}", "its fields in two calls", _twisted(seen.code, at, bit), f"F {at} fields {half[0]}")


def _split_rows(seen: Rehearsal, at: int, call: Call, p: Param) -> Iterator[Variant]:
    what, rows = f"{call.name}.{p.name}", call.given[p.name]
    count = next((c.name for c in p.columns if c.kind == "count" and not c.name.endswith("_no")), None)  # box 2 is not half of box 4
    if count and any(int(r[count]) > 1 for r in rows):
        parts = [[{**r, count: h(int(r[count]))} for r in rows if h(int(r[count]))] for h in (lambda n: n // 2, lambda n: n - n // 2)]
        if call.name not in SETS:
            yield Variant("F", what, "each row in two calls", _in_parts(seen.code, at, [{p.name: part} for part in parts]), f"F {at} {p.name} calls")
        doubled: Instead = lambda do, c, n=p.name, parts=parts: do(c.name, **{**c.given, n: [*parts[0], *parts[1]]})  # noqa: E731
        yield Variant("F", what, "each row as two rows", _twisted(seen.code, at, doubled), f"F {at} {p.name} rows")
    if len(rows) > 1:
        if call.name not in SETS:
            yield Variant("F", what, "a call for each row", _in_parts(seen.code, at, [{p.name: [row]} for row in rows]), f"F {at} {p.name} each")
        turned: Instead = lambda do, c, n=p.name: do(c.name, **{**c.given, n: c.given[n][::-1]})  # noqa: E731
        kind = "A" if ROWS.get(seen.code) == what else "F"
        yield Variant(kind, what, "rows in another order", _twisted(seen.code, at, turned), f"{kind} {at} {p.name} order")


def _in_parts(code: str, at: int, parts: list[dict[str, Any]]) -> Callable[[Stage], None]:
    """The call in that place once with each of these arguments; and what the task does afterwards to the first thing made, to the others, too."""

    def run(stage: Stage) -> None:
        seen, beside = itertools.count(), dict[str, list[str]]()

        def note(results: list[Any]) -> None:
            for made in zip(*map(_numbers, results), strict=False):
                if len(set(made)) == len(made):
                    beside.setdefault(made[0], list(made[1:]))

        def do(name: str, /, **given: Any) -> Any:
            if next(seen) == at:
                results = [stage.call(name, **{**given, **part}) for part in parts]
            else:
                field = next((k for k, v in given.items() if isinstance(v, str) and v in beside), "")
                results = [stage.call(name, **given), *(stage.call(name, **{**given, field: n}) for n in beside.get(given.get(field, ""), ()))]
            note(results)
            return results[0]

        stage.play(code, do)

    return run


def _numbers(result: Any) -> list[str]:
    """The numbers of documents that a result consists of."""
    found = result.values() if isinstance(result, dict) else [result]
    return [v for v in found if isinstance(v, str) and re.fullmatch(r"[A-Z]+-\d+-\d+", v)]


def _first(*results: Any) -> Any:
    return results[0]


def _reordered(seen: Rehearsal) -> Iterator[Variant]:
    """Two neighbouring commands, or two queries, the second first."""
    for at in range(len(seen.calls) - 1):
        one, two = seen.calls[at], seen.calls[at + 1]
        if one.command.query == two.command.query and (one.name, two.name) not in HELD.get(seen.code, ()):
            run = partial(_in_order, calls=[*seen.calls[:at], two, one, *seen.calls[at + 2 :]])
            yield Variant("F", f"{two.name}", f"before {one.name}", run, f"F order {at}")


def _too_late(seen: Rehearsal) -> Iterator[Variant]:
    """What the text says comes first, only done after what should follow it (`order`)."""
    for first, then in HELD.get(seen.code, ()):
        names = [c.name for c in seen.calls]
        if first not in names or then not in names:
            continue  # an earlier task did it
        last = len(names) - names[::-1].index(then)
        calls = [c for c in seen.calls[:last] if c.name != first]
        late = [c for c in seen.calls if c.name == first]
        rest = [c for c in seen.calls[last:] if c.name != first]
        yield Variant("A", first, f"only after {then}", partial(_in_order, calls=[*calls, *late, *rest]), f"A order {first} {then}")


def _in_order(stage: Stage, calls: list[Call]) -> None:
    """These calls, one after the other; what gets another number than it had is called by it afterwards."""
    renamed: dict[str, str] = {}
    for call in calls:
        result = stage.call(call.name, **_renamed(call.given, renamed))
        renamed |= dict(zip(_numbers(call.result), _numbers(result), strict=False))


def _renamed(value: Any, names: Mapping[str, str]) -> Any:
    if isinstance(value, dict):
        return {k: _renamed(v, names) for k, v in value.items()}
    if isinstance(value, list):
        return [_renamed(v, names) for v in value]
    return names.get(value, value) if isinstance(value, str) else value
