"""Reading anybody's interchanges: segments, messages, and findings where the rules of ISO 9735 are broken.

`read` never raises for what is in the data. It goes through the bytes once, and stops with a finding after
`MAX_FINDINGS` problems or at a segment that has no end, so ten megabytes of anything are done with in seconds.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from ..kernel.texts import Text
from . import structure, syntax
from .checks import REMEMBERED, segment_problems
from .reading import Finding, Interchange, Message, Reading
from .syntax import DEFAULT, DEFAULT_REPETITION, LEVEL_B, Segment, ServiceCharacters

MAX_FINDINGS = 200
#: UNA with its six characters: the last may be a line break, with a segment behind it, and line breaks between them wrap the file.
_UNA = re.compile(r"UNA[^\r\n]{5}[\r\n](?=[\r\n]*UN)|U[\r\n]*N[\r\n]*A(?:[\r\n]*[^\r\n]){6}")
_LEVEL_B = re.compile(r"U[\r\n]*N[\r\n]*B[\r\n]*" + LEVEL_B.element)
_BREAKS = str.maketrans("", "", "\r\n")


def read(data: bytes) -> Reading:
    """Reads a file of interchanges. Works for any bytes; what is wrong with them is in `findings`."""
    return _Reader(data).read()


class _TooMany(Exception):
    """There is no sense in going on."""


class _Reader:
    def __init__(self, data: bytes):
        self.text = data.decode("latin-1")
        self.marks = DEFAULT
        self.codec = "ascii"
        self.advised = False
        #: what parts repetitions in the interchange that is being read; a space where nothing does
        self.repetition = " "
        self.wrapped = False
        #: whether an interactive interchange is being passed over, and whether one was seen
        self.interactive = self.interactive_seen = False
        self.segments: list[Segment] = []
        self.interchanges: list[Interchange] = []
        self.findings: list[Finding] = []
        self.seen: set[tuple[str, str, str]] = set()
        self.references: set[tuple[str, str]] = set()
        self.interchange: Interchange | None = None
        self.group: Segment | None = None
        self.group_count = 0
        self.message: Message | None = None
        #: whether the message is of the directory that is known here
        self.d96a = False
        #: segments of a message in which nothing is wrong, taken apart, by their text; and how they were read
        self.plain: dict[str, tuple[str, tuple[tuple[str, ...], ...], tuple[tuple[int, tuple[str, ...]], ...]]] = {}
        self.reading: tuple[object, ...] = ()
        self.envelope = {"UNB": self._unb, "UNZ": self._unz, "UNG": self._ung, "UNE": self._une, "UNH": self._unh, "UNT": self._unt, "UIB": self._uib}

    # --- going through ---

    def read(self) -> Reading:
        start: int | None = self._begin()
        try:
            while start is not None:
                start = self._through(start)
            self._end()
        except _TooMany:
            pass
        return Reading(self.segments, self.interchanges, sorted(self.findings, key=lambda f: (f.offset, f.segment)))

    def _through(self, start: int) -> int | None:
        """Takes in segments up to the end, or to a UNA that opens another interchange; then the byte behind it."""
        for raw in syntax.split(self.text, start, self.marks):
            if self.interchange is None and raw.text.startswith("UNA") and (advice := _UNA.match(self.text, raw.offset)):
                self._una(raw.offset, advice.group())
                return advice.end()
            self._take(raw)
        return None

    def _begin(self) -> int:
        """Takes in UNA, or the separators of level B; gives the byte where the first segment starts."""
        start = 3 if self.text.startswith("\xef\xbb\xbf") else 0
        while start < len(self.text) and self.text[start] in " \r\n\t":
            start += 1
        if _LEVEL_B.match(self.text, start):
            self.marks = LEVEL_B
        return start

    def _una(self, start: int, text: str) -> None:
        marks = ServiceCharacters(*(text[3:] if text.startswith("UNA") and len(text) == 9 else text.translate(_BREAKS)[3:]))
        again = bool(self.segments) and self.segments[-1].tag == "UNA"
        self.segments.append(Segment(len(self.segments) + 1, start, "UNA", (("".join(marks),),)))
        if again:
            self._find("15", self.segments[-1], "UNA 之后须是 UNB", "UNA must be followed by UNB")
        self._unwrapped(self.segments[-1], len(text) > 9)
        if marks._replace(repetition=" ").sound():
            self.marks, self.advised = marks, True
        else:
            self.marks, self.advised = DEFAULT, False
            self._find(
                "20", self.segments[-1], f"UNA 中的服务字符 {marks.una()[3:]!r} 无法区分，按默认字符读取",
                f"The service characters {marks.una()[3:]!r} in UNA cannot be told apart; the default ones are used",
            )  # fmt: skip

    def _unwrapped(self, segment: Segment, broken: bool) -> None:
        """Says once that the file is wrapped. What is in it has been read as if it were not."""
        if broken and not self.wrapped:
            self.wrapped = True
            self._find(
                "21", segment, "文件被折行：段内有回车或换行，它们不是数据，已略去",
                "The file is wrapped: there are line breaks within segments; they are no data and were left out",
            )  # fmt: skip

    def _take(self, raw: syntax.Raw) -> None:
        number = len(self.segments) + 1
        if self.message and (known := self.plain.get(raw.text)) and not raw.trouble and not raw.wrapped:
            segment = Segment(number, raw.offset, *known)
            self.segments.append(segment)
            self.message.segments.append(segment)
            return
        if raw.trouble == "empty":
            self._find("13", Segment(number, raw.offset, "", ()), "两个段终止符之间没有段", "There is no segment between two terminators")
            return
        tag, elements, repeats = self._apart(raw)
        if self.interactive and tag not in ("UIB", "UNB"):
            self.segments.append(Segment(number, raw.offset, tag, elements))
            self.interactive = tag != "UIZ"
            return
        if tag != tag.strip() and tag.strip():
            self._find("21", Segment(number, raw.offset, tag, ()), f"段 {tag.strip()} 之前有空白", f"There are spaces before the segment {tag.strip()}")
            tag = tag.strip()
        segment = Segment(number, raw.offset, tag, elements, repeats)
        self.segments.append(segment)
        self._unwrapped(segment, raw.wrapped)
        if raw.trouble == "long":
            self._find(
                "18", segment, f"段超过 {syntax.MAX_SEGMENT} 字节，多半缺了终止符；其后不再读取",
                f"The segment is longer than {syntax.MAX_SEGMENT} bytes, so its terminator is probably missing; reading stops here",
            )  # fmt: skip
            raise _TooMany
        if raw.trouble == "unterminated":
            self._find("13", segment, f"段 {tag} 没有终止符", f"The segment {tag} has no terminator")
        if len(tag) != 3 or not (tag.isascii() and tag.isalnum() and tag.isupper()):
            self._find("12", segment, f"段标识 {tag[:20]!r} 不是三个大写字母", f"The tag {tag[:20]!r} is not three capital letters")
            if self.message:
                self.message.segments.append(segment)
            return
        found = len(self.findings)
        trailer = tag in ("UNT", "UNE", "UNZ")
        if trailer:
            self._check(segment)
        handle = self.envelope.get(tag)
        if handle:
            handle(segment)
        elif self.message:
            self.message.segments.append(segment)
        elif tag == "UNA":
            self._find("15", segment, "UNA 只能在最前面", "UNA is allowed only at the beginning")
        else:
            self._find("33", segment, f"段 {tag} 不在任何报文之内", f"The segment {tag} is outside any message")
        if not trailer:
            self._check(segment)
        if self.message and not handle and not raw.wrapped and len(self.findings) == found:
            if len(self.plain) >= REMEMBERED:
                self.plain.clear()
            self.plain[raw.text] = (tag, elements, repeats)

    def _apart(self, raw: syntax.Raw) -> tuple[str, tuple[tuple[str, ...], ...], tuple[tuple[int, tuple[str, ...]], ...]]:
        """Tag, elements and their repeats, decoded in the interchange's repertoire. A segment beyond all bounds is left whole."""
        if raw.trouble and len(raw.text) >= syntax.MAX_SEGMENT:
            return raw.text[:3], (), ()
        repeats: list[tuple[int, list[str]]] = []
        if self.repetition != " " and self.repetition in raw.text:
            parts, repeats = syntax.take_apart_repeating(raw.text, self.marks._replace(repetition=self.repetition))
        else:
            parts = syntax.take_apart(raw.text, self.marks)
        tag = parts[0][0]
        if tag in ("UNB", "UIB") and len(parts) > 1:
            self.codec = syntax.CODECS.get(parts[1][0], "latin-1")
        whole: Callable[[list[str]], tuple[str, ...]] = tuple if raw.text.isascii() else self._decoded
        return tag, tuple(map(whole, parts[1:])), tuple([(at, whole(again)) for at, again in repeats if at])

    def _decoded(self, values: list[str]) -> tuple[str, ...]:
        return tuple([v if v.isascii() else v.encode("latin-1").decode(self.codec, "replace") for v in values])

    # --- the envelope ---

    def _unb(self, segment: Segment) -> None:
        self._close_interchange(segment)
        self.interactive = False
        self.repetition = self._repetition(segment)
        self.interchange = Interchange(segment, self.marks._replace(repetition=self.repetition))
        self.interchanges.append(self.interchange)
        self.references = set()
        key = (self.interchange.sender, self.interchange.recipient, self.interchange.reference)
        if key in self.seen:
            self._find("26", segment, f"交换控制参考号 {key[2]} 重复", f"The interchange control reference {key[2]} has been used before", 5)
        self.seen.add(key)
        if self.interchange.level not in syntax.CODECS:
            self._find("2", segment, f"不支持字符集 {self.interchange.level!r}", f"The character set {self.interchange.level!r} is not supported", 1, 1)
        if self.interchange.version not in ("1", "2", "3", "4"):
            self._find("2", segment, f"不支持语法版本 {self.interchange.version!r}", f"Syntax version {self.interchange.version!r} is not supported", 1, 2)
        if segment.value(4) and self.interchange.prepared is None:
            self._find("12", segment, "编制日期或时间无效", "Date or time of preparation is not valid", 4)

    def _repetition(self, header: Segment) -> str:
        """What parts repetitions in the interchange that begins here: from version 4 on what UNA says, or the default; a space for nothing."""
        if header.value(1, 2) != "4":
            return " "
        mark = self.marks.repetition if self.advised else DEFAULT_REPETITION
        if self.marks._replace(repetition=mark).sound():
            return mark
        self._find(
            "20", header, f"重复分隔符 {mark!r} 与其他服务字符无法区分，不作分隔",
            f"The repetition separator {mark!r} cannot be told from the others; it parts nothing",
        )  # fmt: skip
        return " "

    def _uib(self, segment: Segment) -> None:
        """An interactive interchange (ISO 9735-3) is a dialogue of other segments; it is named and passed over."""
        self._close_interchange(segment)
        self.interactive = self.interactive_seen = True
        self._find(
            "2", segment, "这是交互式 EDIFACT 交换（UIB…UIZ，ISO 9735-3），此处只读批式交换（UNB…UNZ）",
            "This is an interactive EDIFACT interchange (UIB to UIZ, ISO 9735-3); only batch interchanges (UNB to UNZ) are read",
        )  # fmt: skip

    def _unz(self, segment: Segment) -> None:
        self._close_message(segment)
        self._close_group(segment)
        inter = self.interchange
        if inter is None:
            self._find("13", segment, "UNZ 之前没有 UNB", "There is no UNB before this UNZ")
            return
        inter.trailer = segment
        if not inter.messages and not inter.groups:
            self._find("32", segment, "交换里没有报文", "The interchange contains no message")
        counted = len(inter.groups) or len(inter.messages)
        self._count(segment, counted, Text("组" if inter.groups else "报文", "groups" if inter.groups else "messages"))
        if inter.header.number:
            self._same_reference(segment, inter.reference, "UNB")
        self.interchange = None

    def _ung(self, segment: Segment) -> None:
        self._close_message(segment)
        self._close_group(segment)
        if self.interchange is None:
            self._find("33", segment, "功能组不在交换之内", "The functional group is outside any interchange")
        else:
            if self.interchange.messages and not self.interchange.groups:
                self._find("30", segment, "有的报文在功能组内，有的不在", "Some messages are in functional groups and some are not")
            self.interchange.groups.append(segment)
        self.group, self.group_count = segment, 0

    def _une(self, segment: Segment) -> None:
        self._close_message(segment)
        if self.group is None:
            self._find("13", segment, "UNE 之前没有 UNG", "There is no UNG before this UNE")
            return
        self._count(segment, self.group_count, Text("报文", "messages"))
        self._same_reference(segment, self.group.value(5), "UNG")
        self.group = None

    def _unh(self, segment: Segment) -> None:
        self._close_message(segment)
        self.message = Message(segment, [segment], self.group.value(5) if self.group else "")
        self.d96a = self.message.identifier[1:3] == ("D", "96A")
        self._same_reading()
        self.group_count += 1
        if self.interchange is None:
            self._find("13", segment, "报文之前没有 UNB", "There is no UNB before this message")
            self.interchange = Interchange(Segment(0, segment.offset, "UNB", ()), self.marks)
            self.interchanges.append(self.interchange)
        elif self.interchange.groups and self.group is None:
            self._find("30", segment, "有的报文在功能组内，有的不在", "Some messages are in functional groups and some are not")
        self.interchange.messages.append(self.message)
        key = (self.message.group, self.message.reference)
        if key in self.references:
            self._find("26", segment, f"报文参考号 {key[1]} 重复", f"The message reference {key[1]} has been used before", 1)
        self.references.add(key)

    def _same_reading(self) -> None:
        """Forgets the plain segments of before if they would be read otherwise now."""
        inter = self.interchange
        reading = (self.marks, self.repetition, self.codec, self.advised, self.d96a, inter and inter.level, inter and inter.version)
        if reading != self.reading:
            self.plain.clear()
            self.reading = reading

    def _unt(self, segment: Segment) -> None:
        if self.message is None:
            self._find("13", segment, "UNT 之前没有 UNH", "There is no UNH before this UNT")
            return
        self.message.segments.append(segment)
        self.message.trailer = segment
        self._count(segment, len(self.message.segments), Text("段", "segments"))
        self._same_reference(segment, self.message.reference, "UNH")
        self._finish_message()

    def _finish_message(self) -> None:
        """Holds the order of its segments against the directory; in other versions looks only for what every version must hold."""
        assert self.message is not None
        kind, segments = self.message.type, self.message.segments
        if kind == "CONTRL" or self.message.identifier[1:3] == ("D", "96A"):
            for problem, segment in structure.message_problems(kind, segments):
                self._find(problem.code, segment, problem.text.zh, problem.text.en)
        else:
            held = {s.tag for s in segments}
            for tag in structure.needed(kind):
                if tag not in held and tag != "UNT":
                    self._find("13", segments[-1], f"{kind} 报文缺少必备段 {tag}", f"The {kind} message lacks the segment {tag}")
        self.message = None

    def _close_message(self, at: Segment) -> None:
        if self.message:
            self._find("13", at, f"报文 {self.message.reference} 没有 UNT", f"The message {self.message.reference} has no UNT")
            self._finish_message()

    def _close_group(self, at: Segment) -> None:
        if self.group:
            self._find("13", at, f"功能组 {self.group.value(5)} 没有 UNE", f"The functional group {self.group.value(5)} has no UNE")
            self.group = None

    def _close_interchange(self, at: Segment) -> None:
        self._close_message(at)
        self._close_group(at)
        if self.interchange:
            self._find("13", at, f"交换 {self.interchange.reference} 没有 UNZ", f"The interchange {self.interchange.reference} has no UNZ")
            self.interchange = None

    def _end(self) -> None:
        end = Segment(len(self.segments), len(self.text), "", ())
        self._close_interchange(end)
        if not self.interchanges and not self.interactive_seen:
            text = Text("找不到交换头 UNB：这不是 EDIFACT 文件，或已损坏", "There is no interchange header UNB: this is not an EDIFACT file, or it is damaged")
            self._find("13", end, *text)

    # --- checks ---

    def _count(self, segment: Segment, counted: int, what: Text) -> None:
        said = segment.value(1)
        if said and not (said.isascii() and said.isdigit() and len(said) < 12 and int(said) == counted):
            self._find(
                "29", segment, f"{segment.tag} 写着 {said[:20]} 个{what.zh}，实际有 {counted} 个",
                f"{segment.tag} counts {said[:20]} {what.en}; there are {counted}", 1,
            )  # fmt: skip

    def _same_reference(self, segment: Segment, reference: str, header: str) -> None:
        said = segment.value(2)
        if said and said != reference:
            self._find(
                "28", segment, f"{segment.tag} 的参考号 {said[:20]} 与 {header} 的 {reference[:20]} 不一致",
                f"{segment.tag} has the reference {said[:20]}, {header} has {reference[:20]}", 2,
            )  # fmt: skip

    def _check(self, segment: Segment) -> None:
        inter = self.interchange or (self.interchanges[-1] if self.interchanges else None)
        d96a = self.d96a and self.message is not None or segment.tag[:2] in ("UN", "UC")
        mark = self.marks.decimal if self.advised and inter and inter.version < "4" else ""
        for problem in segment_problems(segment, inter.level if inter else "", mark, structure=d96a):
            self._find(problem.code, segment, problem.text.zh, problem.text.en, problem.element, problem.component)

    def _find(self, code: str, segment: Segment, zh: str, en: str, element: int = 0, component: int = 0) -> None:
        inter = len(self.interchanges) - 1 if self.interchange else -1
        message = len(self.interchange.messages) - 1 if self.interchange and self.message else -1
        self.findings.append(Finding(code, segment.offset, segment.number, segment.tag, element, component, inter, message, Text(zh, en)))
        if len(self.findings) == MAX_FINDINGS:
            text = Text(f"已有 {MAX_FINDINGS} 处问题，其后不再读取", f"There are already {MAX_FINDINGS} problems; the rest is not read")
            self.findings.append(Finding("18", segment.offset, segment.number, segment.tag, 0, 0, inter, message, text))
            raise _TooMany
