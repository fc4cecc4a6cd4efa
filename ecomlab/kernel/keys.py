"""Whose worlds they are: seeds follow from a key that the course keeps, and a student's server has only those that it was given.

    the course's key  --HMAC-SHA-256-->  the seed of one student's world of one assignment

On a hub the key stays with the hub (`ecomlab.hub`): it puts the seeds of the assignments that have opened into the environment of each
student's server, and whoever has a seed learns neither the key nor anybody else's seed. Without a hub teachers and students may share the
key, and then anybody can make anybody's world. Without any key worlds are demonstrations, which everybody can make.
"""

from __future__ import annotations

import datetime
import hashlib
import hmac
import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from .foreign import from_json
from .logbook import Header, course_key, seed_for
from .refusals import refusal

#: The variables of the environment: the course's key, and what a hub has given to one student's server.
KEY, SEEDS = "ECOMLAB_COURSE_KEY", "ECOMLAB_SEEDS"
#: What stands for the key where there is none. Everybody knows it.
DEMONSTRATION = "ecomlab"
#: Characters that a key needs where students see a seed: a short one could be guessed and tried.
LEAST_KEY = 32
_SEED = re.compile(r"[0-9a-f]{64}")

NOT_OPEN = refusal(
    "assignment_not_open",
    "作业“{scenario}”尚未对你开放。若已到开放时间，请在 JupyterHub 的控制面板中停止并重新启动服务器，再打开。",
    "The assignment {scenario} has not opened for you yet. If its time has come, stop and start your server in JupyterHub's control panel, then open it again.",
)
NOT_YOU = refusal(
    "not_your_server",
    "这台服务器属于“{ours}”，不能建立“{theirs}”的实验环境。请用本人的账号登录。",
    "This server belongs to {ours} and cannot make a laboratory for {theirs}. Sign in with your own account.",
)


@dataclass(frozen=True)
class Granted:
    """What a hub has given to a student's server: whose it is, and the seed of each assignment that has opened."""

    student: str
    seeds: Mapping[str, str]

    def text(self) -> str:
        """As it stands in the environment."""
        return json.dumps({"student": self.student, "seeds": dict(self.seeds)}, ensure_ascii=False)

    def seed(self, student: str, scenario: str) -> str:
        """Refuses 'not_your_server', and 'assignment_not_open' where there is no seed."""
        if student != self.student:
            raise NOT_YOU("student", ours=self.student, theirs=student)
        if scenario not in self.seeds:
            raise NOT_OPEN("scenario", scenario=scenario)
        return self.seeds[scenario]


def granted() -> Granted | None:
    """What a hub has given to this process; None without a hub. What cannot be read gives nothing."""
    text = os.environ.get(SEEDS)
    if text is None:
        return None
    try:
        read = from_json(text)
        seeds = {str(name): seed for name, seed in read["seeds"].items() if _SEED.fullmatch(seed)}
        return Granted(str(read["student"]), seeds)
    except (ValueError, TypeError, KeyError, AttributeError):
        return Granted("", {})


def at_hand() -> Granted | str:
    """From what this process makes a world: what a hub has given, else the course's key, else what stands for none."""
    return granted() or course_key()


def seed(source: Granted | str, student: str, scenario: str) -> str:
    """The seed of a new world. Raises a Refusal if there is none to be had."""
    return source.seed(student, scenario) if isinstance(source, Granted) else seed_for(student, source)


def assignment_seed(student: str, scenario: str, key: str) -> str:
    """The seed of a student's world of one assignment: HMAC-SHA-256 of both under the course's key, 64 hex digits."""
    return hmac.new(key.encode(), f"assignment:{scenario}:student:{student}".encode(), hashlib.sha256).hexdigest()


def grant(student: str, opens: Mapping[str, datetime.datetime | None], key: str, now: datetime.datetime) -> Granted:
    """What a student's server is given now. opens: from when on each assignment may be begun; None: at any time."""
    return Granted(student, {name: assignment_seed(student, name, key) for name, moment in opens.items() if moment is None or moment <= now})


def secret(key: str | None = None) -> str | None:
    """The key that a grader goes by: the one given, else the environment's; None where there is none."""
    found = key or os.environ.get(KEY)
    return None if found == DEMONSTRATION else found or None


def withheld(header: Header, what: str, key: str | None = None) -> str | None:
    """The seed of what is true for a student and stays with whoever has the key: of the market of an assignment, say. None where the key is not at hand.

    No world's seed follows from it, nor it from them. Of a demonstration everybody can know it. key: as a grader has it (default: the environment's).
    """
    known = DEMONSTRATION if standing(header, None) == "demonstration" else secret(key)
    return withheld_seed(header.student, what, known) if known else None


def withheld_seed(student: str, what: str, key: str) -> str:
    """The same for a student who has no world yet: HMAC-SHA-256 under the key, 64 hex digits."""
    return hmac.new(key.encode(), f"withheld:{what}:student:{student}".encode(), hashlib.sha256).hexdigest()


def standing(header: Header, key: str | None) -> Literal["course", "demonstration", "other"]:
    """What a world is to the course with this key, or to whoever has none (None)."""
    if header.seed == seed_for(header.student, DEMONSTRATION):
        return "demonstration"
    if (given := granted()) and given.student == header.student and given.seeds.get(header.scenario) == header.seed:
        return "course"  # on the student's own server, which has no key
    if key and header.seed in (seed_for(header.student, key), assignment_seed(header.student, header.scenario, key)):
        return "course"
    return "other"
