"""`ecomlab edi FILE...`: reads any EDIFACT interchange; segments with their meaning, counters, problems.

Needs no world. Exit status: 0 nothing wrong, 1 problems found, 2 a file that cannot be read or a wrong call.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ..edifact import explain, read
from ..edifact.directory import message_name
from ..edifact.reading import Finding, Reading
from ..kernel.files import why
from ..kernel.refusals import Refusal, refusal
from ..kernel.texts import Language

#: Bytes that are read of one file at most; interchanges of a day's orders stay far below.
MAX_BYTES = 64 * 1024 * 1024
TOO_LONG = refusal(
    "interchange_too_long",
    "文件超过 {most:,} 字节，没有读取。请先拆分。",
    "This file has more than {most:,} bytes and was not read. Split it first.",
)


def show(files: Sequence[str], form: str, language: Language, segments: bool = True) -> int:
    """Reads the files named (`-`: standard input) and prints what is in them, as `table` or `json`; gives the exit status."""
    status, records = 0, []
    for name in files:
        try:
            data = _bytes(name)
        except (OSError, Refusal) as error:
            said = error.text if isinstance(error, Refusal) else why(error)
            print(f"{name}: {said.say(language)}", file=sys.stderr)
            status = 2
            continue
        reading = read(data)
        status = max(status, 1 if reading.findings else 0)
        if form == "json":
            records.append(record(name, reading, segments))
        else:
            print("\n".join(lines(name, reading, language, segments)))
    if form == "json":
        print(json.dumps(records, ensure_ascii=False, indent=1))
    return status


def _bytes(name: str) -> bytes:
    if name == "-":
        data = sys.stdin.buffer.read(MAX_BYTES + 1)
    else:
        with Path(name).open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise TOO_LONG("file", most=MAX_BYTES)
    return data


def record(name: str, reading: Reading, segments: bool = True) -> dict[str, Any]:
    """A reading as JSON types: interchanges with their messages, segments with both explanations, findings."""
    made: dict[str, Any] = {
        "file": name,
        "interchanges": [
            {
                "level": i.level, "syntax": i.version, "sender": i.sender, "recipient": i.recipient, "reference": i.reference,
                "prepared": i.prepared.isoformat() if i.prepared else None, "groups": len(i.groups),
                "messages": [{"reference": m.reference, "identifier": list(m.identifier), "group": m.group, "segments": len(m.segments)} for m in i.messages],
            }
            for i in reading.interchanges
        ],
        "findings": [{**f._asdict(), "text": f.text._asdict()} for f in reading.findings],
    }  # fmt: skip
    if segments:
        made["segments"] = [
            {
                "number": s.number, "offset": s.offset, "tag": s.tag, "elements": [list(e) for e in s.elements],
                "repeats": [{"element": at, "components": list(again)} for at, again in s.repeats], "meaning": explain(s)._asdict(),
            }
            for s in reading.segments
        ]
    return made


def lines(name: str, reading: Reading, language: Language, segments: bool = True) -> list[str]:
    """A reading in words, line by line."""
    zh = language == "zh"
    made = [f"== {name}"]
    if segments:
        made += [f"{s.number:>6} @{s.offset:<8} {explain(s).say(language)}" for s in reading.segments]
    for i in reading.interchanges:
        counted = f"{len(i.messages)} 份报文，{len(i.groups)} 个功能组" if zh else f"messages: {len(i.messages)}, functional groups: {len(i.groups)}"
        made.append(f"-- {'交换' if zh else 'interchange'} {i.reference}: {i.sender} → {i.recipient}, {i.level} {i.version}, {counted}")
        made += [
            f"   {m.reference}: {':'.join(m.identifier)} {message_name(m.type).say(language)}, {'段数' if zh else 'segments'} {len(m.segments)}"
            for m in i.messages
        ]
    made += [_line(f, language) for f in reading.findings]
    made.append(f"{'问题' if zh else 'problems'}: {len(reading.findings)}")
    return made


def _line(finding: Finding, language: Language) -> str:
    place = f"{finding.tag or '-'} {finding.element}/{finding.component}" if finding.element else finding.tag or "-"
    where = f"字节 {finding.offset}，第 {finding.segment} 段" if language == "zh" else f"byte {finding.offset}, segment {finding.segment}"
    return f"!! {finding.code} {where} ({place}): {finding.text.say(language)}"
