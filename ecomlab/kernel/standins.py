"""Who stands in for the roles that a student does not play: the library, once or from now on, by policies that are stated.

What is switched on lasts as long as the laboratory is open; what the library has done stands in the logbook under its own mark, so that a replay needs
no switch, and earns nothing.
"""

from __future__ import annotations

from .command import COMMANDS, ROLES
from .doing import AUTO
from .plays import AUTOPLAYS, Autoplay, Player
from .refusals import Refusal, refusal
from .table import Table
from .texts import Text
from .world import World

NOT_PLAYED = refusal("not_played", "实验室不代为扮演“{role}”。请选择：{known}。", "The laboratory does not play {role}. Choose one of: {known}.")


class StandIns:
    """The roles of one student's world that the library plays."""

    def __init__(self, world: World):
        self._world = world
        #: the roles switched on, each with what it was stopped by last
        self._on: dict[str, Text | None] = {}

    def of(self, role: str) -> Autoplay:
        """How a role is played. Refuses 'not_played', naming those that this world has."""
        known = self._known()
        if role not in known:
            raise NOT_PLAYED("role", role=str(role)[:40], known=", ".join(known))
        return known[role]

    def _known(self) -> dict[str, Autoplay]:
        """How each role of this world is played, in the order of packages, which is that of the work."""
        roles = {played.play: role for role, played in AUTOPLAYS.items()}
        return {roles[play]: AUTOPLAYS[roles[play]] for play in self._world.state.scenario.those(roles)}

    def switch(self, role: str, on: bool) -> None:
        """From now on the library plays a role after each of the student's entries, or no longer."""
        self.of(role)
        if on:
            self._on.setdefault(role, None)
        else:
            self._on.pop(role, None)

    def play(self, role: str) -> list[tuple[int, str]]:
        """Plays a role once; gives what was done: number of the entry, command. Raises the Refusal at which it had to stop; what was done stands."""
        played = self.of(role)
        self._world.catch_up()
        self._world.state.actor_in(ROLES[role])
        first = len(self._world.entries)
        played.play(Player(lambda name, /, **given: self._world.call(name, given, mark=AUTO), lambda: self._world.state.look, live=True))
        return [(e.n, e.do) for e in self._world.entries[first:]]

    def follow(self, command: str) -> bool:
        """After a command of the student's: every role that is switched on and signed in does what waits for it, in the order of the work.

        What stops one is kept for `table`, and does not stop the student. A look changes nothing that could wait for anybody. Gives whether anything was done.
        """
        if not self._on or COMMANDS[command].query:
            return False
        before = len(self._world.entries)
        for role in [name for name in self._known() if name in self._on and self._world.state.look.sessions(name)]:
            self._on[role] = None
            try:
                self.play(role)
            except Refusal as stopped:
                self._on[role] = stopped.text
        return len(self._world.entries) > before

    def table(self) -> Table:
        """The roles of this world that can be played: name, title, played (from now on), policy, stopped (by what, at the last time)."""
        rows = [(name, ROLES[name].title, name in self._on, played.policy, self._on.get(name)) for name, played in self._known().items()]
        return Table(("name", "title", "played", "policy", "stopped"), rows)
