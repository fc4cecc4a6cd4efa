"""A world on disk: a state kept in step with the logbook that lies in a folder.

Any number of kernels may have one world open: each keeps its own state, and before it does a command it takes the
lock, reads what the others appended and applies that. So nobody forks a world.
"""

from __future__ import annotations

import atexit
import contextlib
import json
import shutil
import tempfile
import weakref
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from .. import __version__
from . import canonical, files, keys, logbook, shelf
from .command import STUDENT
from .guard import EXCHANGED, Guard
from .holding import held, lock_of
from .keys import Granted
from .logbook import ATTEMPTS, LOGBOOK, BadLine, Entry, Finding, Header
from .refusals import CANNOT_WRITE, IS_FINAL, NOTHING_TO_UNDO, READ_ONLY, Declined, Refusal, refusal
from .rounds import all_at_once
from .rules import RULES
from .scenario import scenario
from .shelf import Shelf
from .snapshot import Snapshot
from .state import UNDO, State, standing
from .texts import Text
from .upkeep import recover

#: What is told of a long replay: how many entries are done, and of how many.
Progress = Callable[[int, int], None]
#: Where a state stands of which nothing is known.
NOWHERE = -1
#: The worlds of this process, which leave a snapshot when it ends.
_OPEN: weakref.WeakSet[World] = weakref.WeakSet()

CANNOT_READ = refusal(
    "cannot_read", "无法读取日志（{why}）。请检查文件夹权限后重试。", "The logbook cannot be read ({why}). Check the folder's permissions, then try again."
)
OTHER_STUDENT = refusal(
    "other_student",
    "此文件夹里的日志属于“{theirs}”，不属于“{ours}”。请换一个文件夹。",
    "The logbook in this folder belongs to {theirs}, not to {ours}. Use another folder.",
)
WHO = refusal(
    "who_are_you",
    "还不知道你是谁。请用 `ecomlab.open(student='学号')` 打开。",
    "Your student id is not known yet. Open with `ecomlab.open(student='your id')`.",
)

_PAST = Text("它是第 {n} 条记录之后的样子。请回到当前的实验环境操作。", "It shows the state after entry {n}. Go back to the current laboratory to act.")


class World:
    """The world whose logbook lies in `folder`. `call` does a command; `undo` withdraws the last one."""

    def __init__(self, folder: Path, header: Header, *, read_only: Text | None = None, progress: Progress | None = None):
        self.folder = folder
        self.header = header
        self.path = folder / LOGBOOK
        self.read_only = read_only
        self.notices: list[Text] = []
        #: in a throwaway copy: the logbook as it was submitted, which is what gets graded
        self.submitted: Path | None = None
        self.progress = progress
        self._lock = lock_of(folder / LOGBOOK)
        self._shelf = Shelf(folder)
        self._state: State | None = None
        self._forget()
        _OPEN.add(self)

    @property
    def state(self) -> State:
        """The state after all entries that have been taken in."""
        if self._state is None:
            self.catch_up()
        assert self._state
        return self._state

    # --- opening ---

    @classmethod
    def open(cls, folder: str | Path, student: str | None, scenario_name: str, source: Granted | str, progress: Progress | None = None) -> World:
        """Opens the world in `folder`, making it on first use. Raises a Refusal that names line and reason if it is damaged.

        source: whence a new world has its seed, as `keys.at_hand()` gives it: what a hub has given, or a key.
        progress: is told after each entry that is done again how many are, and of how many (`waiting`).
        """
        folder = Path(folder)
        path = folder / LOGBOOK
        if not path.exists():
            if not student:
                raise WHO("student")
            made = Header(scenario_name, scenario(scenario_name).digest, keys.seed(source, student, scenario_name), student, logbook.now(), __version__, RULES)
            try:
                files.folder(folder)
                with held(lock_of(path)):
                    if not path.exists():  # another kernel may have been first: its header holds
                        logbook.create(path, made)
            except OSError as error:
                raise CANNOT_WRITE(why=files.why(error)) from None
        try:
            header = logbook.read_header(logbook.text_of(next(logbook.lines(path), (b"", False))[0]))
        except logbook.BadLine as bad:
            raise logbook.NOT_A_LOGBOOK(line=1, why=bad.text) from None
        except OSError as error:
            raise CANNOT_READ(why=files.why(error)) from None
        if student and student != header.student:
            raise OTHER_STUDENT("student", theirs=header.student, ours=student)
        files.own(path)
        world = cls(folder, header, progress=progress)
        world.catch_up()  # the long part, without the lock: nobody waits for it
        try:
            with world._locked():
                pass  # in step, with what others have written meanwhile
        except Refusal as refused:
            if refused.code != CANNOT_WRITE.code:
                raise
            world.read_only = refused.text
            world.catch_up()
        return world

    @classmethod
    def rehearse(cls, folder: str | Path, student: str | None, scenario_name: str, source: Granted | str) -> World:
        """A throwaway copy of the world in `folder`, for nbgrader to execute a notebook on: the submitted file never changes.

        It opens whatever was submitted: of a damaged logbook what still replays, and where there is none, or
        another student's, an empty world. `submitted` is the logbook as it was handed in.
        """
        folder = Path(folder)
        copy = Path(tempfile.mkdtemp(prefix="ecomlab-"))
        atexit.register(shutil.rmtree, copy, ignore_errors=True)
        handed_in, path, mine = folder / LOGBOOK, copy / LOGBOOK, copy / "submitted.jsonl"
        with contextlib.suppress(OSError):
            shutil.copyfile(folder / "preferences.json", copy / "preferences.json")
        if there := handed_in.is_file():
            shutil.copyfile(handed_in, mine)
        whose = logbook.submitter(folder)
        if whose:
            student = whose[0]
        world = None
        if there:
            with contextlib.suppress(Refusal):
                shutil.copyfile(mine, path)
                world = cls.open(copy, whose and student, scenario_name, source)
            if world is None:
                path.unlink()
                with contextlib.suppress(Refusal):
                    recover(mine, path)
                    world = cls.open(copy, whose and student, scenario_name, source)
        if world is None:
            path.unlink(missing_ok=True)
            world = cls.open(copy, student or "nobody", scenario_name, source)
        if not there:
            shutil.copyfile(path, mine)
        world.submitted = mine
        return world

    def _forget(self) -> None:
        """Knows nothing any more; what is asked next reads the file from its start."""
        if self._state:
            self._state.close()
        self._state = None
        #: the number of the entry after which the state stands, and of that after which the last snapshot was taken
        self._stands = self._kept = NOWHERE
        self._firsthand = True
        self.entries: list[Entry] = []
        self._offset = 0
        self._last_hash = ""
        self._guard = Guard()

    # --- keeping in step ---

    def catch_up(self) -> int:
        """Applies what others appended; how many entries. Raises a Refusal naming the line that cannot be."""
        size = self._in_step()
        if size == self._offset and self._state:
            return 0
        fresh: list[Entry] = []
        offset, last = self._offset, self._last_hash
        for raw, whole in logbook.lines(self.path, offset):
            line = 2 + len(self.entries) + len(fresh)
            if not whole and len(raw) <= logbook.MAX_LINE:
                break  # being written by somebody, or torn: set aside under the lock, never read
            try:
                text = logbook.text_of(raw)
                if offset == 0:
                    if logbook.read_header(text) != self.header:
                        raise EXCHANGED()
                else:
                    entry = logbook.read_entry(text)
                    if entry.prev != last:
                        raise BadLine("它与上一行接不上：上一行被改动、删除或移动过", "it does not follow the line above, which was changed, removed or moved")
                    if entry.n != line - 1:
                        raise BadLine(f"它的序号是 {entry.n}，应为 {line - 1}", f"its number is {entry.n}, expected {line - 1}")
                    fresh.append(entry)
            except BadLine as bad:
                raise logbook.DAMAGED(line=line, why=bad.text) from None
            offset += len(raw)
            last = logbook.hash_line(text)
        with self._or_afresh():
            problems = self._follow([*self.entries, *fresh], last)
            if problems:
                self._stands = NOWHERE
                self._follow(self.entries, self._last_hash)
        if problems:
            raise logbook.DAMAGED(line=problems[0].line, why=problems[0].text)
        self.entries += fresh
        self._offset, self._last_hash = offset, last
        with contextlib.suppress(OSError):  # it has gone meanwhile: whoever comes next says so
            self._guard.read(self.path, offset)
        if min(len(fresh), self._stands - self._kept) >= shelf.NEAR:
            self._keep(last)
        return len(fresh)

    def _in_step(self) -> int:
        """The size of the logbook on disk. Raises a Refusal if it does not begin with what was read of it."""
        try:
            size = self.path.stat().st_size
            if size >= self._offset:
                self._guard.check(self.path)
                return size
            first, _ = next(logbook.lines(self.path), (b"", False))
        except OSError as error:
            raise CANNOT_READ(why=files.why(error)) from None
        if first.strip() and first != f"{self.header.line()}\n".encode():
            raise EXCHANGED()
        raise logbook.DAMAGED(line=len(self.entries) + 1, why=Text("文件变短了，后面的行不见了", "the file has become shorter; lines are missing"))

    def _follow(self, entries: list[Entry], last_hash: str) -> list[Finding]:
        """Brings the state to where it stands after these entries; what does not replay. The hash is that of the last one's line.

        It goes on from where it is, or from the latest snapshot, if all that led there still stands.
        """
        numbered, end = list(enumerate(entries, start=2)), len(entries)
        hashes = [*(entry.prev for entry in entries), last_hash]
        through = standing(numbered)
        if self._stands > end or self._stands != NOWHERE and not through[self._stands]:
            self._stands = NOWHERE
        worth = -1 if self._stands == NOWHERE else self._stands + shelf.NEAR
        if found := self._shelf.latest((n, hashes[n]) for n in range(end, worth, -1) if through[n]):
            self._begin_at(*found)
        elif self._stands == NOWHERE:
            self._begin_at(0, None)
            self._keep(hashes[0])
        start = self._stands

        def each(n: int, sound: bool) -> None:
            self._stands = n
            if self.progress:
                self.progress(n - start, end - start)
            if sound and through[n] and n < end and shelf.wanted(n, end):
                self._keep(hashes[n])

        assert self._state
        problems = self._state.replay(numbered, start, each)
        self._stands = end
        return problems

    def _begin_at(self, n: int, snapshot: Snapshot | None) -> None:
        if snapshot and self._state:
            self._state.restore(snapshot)
        else:
            if self._state:
                self._state.close()
            self._state = State(self.header, snapshot=snapshot)
        self._stands = n
        self._kept = n if snapshot else NOWHERE
        self._firsthand = not snapshot

    def _keep(self, last_hash: str) -> None:
        """Takes a snapshot of the state where it stands, after the entry whose line has this hash."""
        self._kept = self._stands
        if self._state and not self.read_only:
            self._shelf.keep(self._stands, last_hash, self._state.snapshot())

    @contextlib.contextmanager
    def _or_afresh(self) -> Iterator[None]:
        """What is interrupted in here leaves the state in doubt; then only the file counts, and is read again from its start."""
        try:
            yield
        except BaseException:
            self._forget()
            raise

    @contextlib.contextmanager
    def _locked(self) -> Iterator[None]:
        """Holds the logbook, in step with what others have appended."""
        if self.read_only:
            raise READ_ONLY(why=self.read_only)
        with held(self._lock):
            if self._in_step() != self._offset or not self._state:  # before anything is set aside: that would change somebody else's file
                self._set_aside_torn_line()
                self.catch_up()
            yield

    def _set_aside_torn_line(self) -> None:
        try:
            aside = logbook.set_aside_torn_line(self.path)
        except OSError as error:
            raise CANNOT_WRITE(why=files.why(error)) from None
        if aside:
            self.notices.append(
                Text(
                    f"日志的最后一行不完整（可能因断电），已移到 {aside}；此前的操作都在。",
                    f"The last line of the logbook was incomplete, as after a power cut; it was moved to {aside}. All before it is there.",
                )
            )

    # --- doing ---

    def call(self, name: str, given: dict[str, Any], mark: str = "") -> Any:
        """Does a command: state and logbook entry appear together or not at all. Returns its result.

        mark: added to who acts in the entry (`doing.AUTO`).

        Raises the command's Refusal; also the one of a remembered "no", which stays in the logbook as such.
        """
        command = self.state.find(name)
        typed = {p.name: given[p.name] for p in command.params if p.kind != "secret" and p.name in given}
        try:
            arguments = command.parse(typed := command.digest_secrets(self.header.seed, given))
            with self._locked():
                by = self.state.actor(command) + mark
                n = len(self.entries) + 1
                day = self.state.day
                kept: list[tuple[Entry, str]] = []

                def keep(result: Any) -> None:
                    entry = Entry(
                        n, logbook.now(), day.isoformat(), by, name, command.record(arguments), canonical.digest(result), self._last_hash,
                        RULES if self.header.rules < RULES else None,
                    )  # fmt: skip
                    kept.append((entry, self._append(entry)))

                try:
                    result, doing = self.state.transact(command, arguments, n, by, keep)
                    self._took(*kept[0])
                    self.state.note(kept[0][0], command, arguments, result, day)
                except BaseException:
                    if kept:  # interrupted between file and state
                        self._forget()
                    raise
                self._stands = n
            if n % shelf.EVERY == 0:
                self._keep(self._last_hash)
        except Refusal as first:
            refused = all_at_once(self.state, command, first, typed, len(self.entries) + 1)
            self._note_attempt(name, refused)
            raise refused from None
        for path, make in doing.deliveries:
            self._deliver(path, make())
        if isinstance(result, Declined):
            raise result.refusal
        return result

    def undo(self) -> str:
        """Withdraws the last command that stands by appending an undo entry; the history stays. Returns its name."""
        with self._locked():
            if not self.state.done:
                raise NOTHING_TO_UNDO()
            last = self.state.done[-1]
            if (command := self.state.find(last.do)).final:
                raise IS_FINAL(what=command.title)
            entry = Entry(
                len(self.entries) + 1, logbook.now(), self.state.day.isoformat(), STUDENT.name, UNDO, {"n": last.n}, canonical.digest(last.do), self._last_hash
            )
            with self._or_afresh():
                self._took(entry, self._append(entry))
                self._follow(self.entries, self._last_hash)
        return last.do

    def at(self, n: int) -> World:
        """The world as of entry n (0: before the first), to be looked at only."""
        self.catch_up()
        past = World(self.folder, self.header, read_only=_PAST.fill(n=n), progress=self.progress)
        past.entries = self.entries[: max(0, n)]
        past._follow(past.entries, self.entries[n].prev if 0 <= n < len(self.entries) else self._last_hash)
        past.catch_up = lambda: 0  # type: ignore[method-assign]
        return past

    def _append(self, entry: Entry) -> str:
        line = entry.line()
        try:
            logbook.append(self.path, line)
            self._guard.wrote(self.path, f"{line}\n".encode())
        except OSError as error:
            raise CANNOT_WRITE(why=files.why(error)) from None
        return line

    def _took(self, entry: Entry, line: str) -> None:
        self.entries.append(entry)
        self._offset += len(line.encode("utf-8")) + 1
        self._last_hash = logbook.hash_line(line)

    def _deliver(self, path: str, data: bytes) -> None:
        with contextlib.suppress(OSError):  # a courtesy: the command itself has been done
            files.write(self.folder, path, data)

    def _note_attempt(self, name: str, refused: Refusal) -> None:
        """Refused attempts go to a side file for the teacher: which command, which field, why; never what was typed."""
        note = {"at": logbook.now(), "n": len(self.entries), "do": name, "refused": [{"code": p.code, "field": p.field} for p in refused.problems]}
        with contextlib.suppress(OSError):
            files.append(self.folder / ATTEMPTS, f"{json.dumps(note, ensure_ascii=False)}\n".encode(errors="backslashreplace"))

    # --- looking ---

    @contextlib.contextmanager
    def firsthand(self) -> Iterator[State]:
        """The state as the logbook alone has it: made anew if a snapshot had a part in what is in memory."""
        if self._firsthand:
            yield self.state
            return
        state = State(self.header)
        try:
            state.replay(list(enumerate(self.entries, start=2)))
            yield state
        finally:
            state.close()

    def problems(self) -> list[Finding]:
        """What is wrong with the logbook on disk, line by line."""
        return logbook.survey(self.path).findings

    def close(self) -> None:
        self.settle()
        if self._state:
            self._state.close()

    def settle(self) -> None:
        """Keeps a snapshot for the next opening, if there is anything new."""
        if self._state and self._last_hash and self._stands == len(self.entries) > self._kept:
            self._keep(self._last_hash)


@atexit.register
def _settle() -> None:
    for world in list(_OPEN):
        with contextlib.suppress(Exception):  # a courtesy to the next process; and a world that was closed has nothing to keep
            world.settle()
