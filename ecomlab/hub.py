"""For `jupyterhub_config.py`: the hub keeps the course's key, and gives each student's server the seeds of that student's assignments.

    from ecomlab.hub import seeds
    c.Spawner.pre_spawn_hook = seeds(key="...", opens={"email": None, "ca": "2027-03-08T08:00+08:00"}, teachers={"prof"})

So no student's environment holds the key: nobody makes a world for somebody else, or before an assignment opens.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Collection, Mapping
from typing import Any

from .kernel import keys


def seeds(key: str, opens: Mapping[str, str | None], teachers: Collection[str] = ()) -> Callable[[Any], None]:
    """A pre-spawn hook of JupyterHub's.

    key: the course's, at least 32 characters from a good source, such as `openssl rand -hex 32`: a student who sees a seed may try guesses.
    opens: per assignment (the name of its scenario) from when on it may be begun, ISO 8601 with its offset from UTC; None: at any time. A server
    that runs when an assignment opens is given its seed at its next start. teachers: users whose servers are given the key, to grade with.
    Raises ValueError for a key that is too short, a time that is none, and a scenario that there is not.
    """
    from .kernel.scenario import scenario_names

    if len(key) < keys.LEAST_KEY:
        raise ValueError(f"the course's key has {len(key)} characters and needs {keys.LEAST_KEY}: make one by `openssl rand -hex 32`")
    if unknown := set(opens) - set(scenario_names()):
        raise ValueError(f"there is no scenario {', '.join(sorted(unknown))}; there are {', '.join(scenario_names())}")
    moments = {name: None if text is None else _moment(name, text) for name, text in opens.items()}

    def give(spawner: Any) -> None:
        user = spawner.user.name
        spawner.env_keep = [name for name in spawner.env_keep if name not in (keys.KEY, keys.SEEDS)]
        given = {name: value for name, value in spawner.environment.items() if name not in (keys.KEY, keys.SEEDS)}
        if user in teachers:
            given[keys.KEY] = key
        else:
            given[keys.SEEDS] = keys.grant(user, moments, key, datetime.datetime.now(datetime.UTC)).text()
        spawner.environment = given

    return give


def _moment(name: str, text: str) -> datetime.datetime:
    moment = datetime.datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(f"{name} opens at {text}: say in which time zone, such as {text}+08:00")
    return moment
