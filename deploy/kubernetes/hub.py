"""What the hub of Kubernetes does for this course; the chart reads it among its settings (README.md, `--set-file`).

The key is a file of the hub's pod alone. Each account has a number of its own on the volumes, so that files in the exchange have owners.
"""

import os
from pathlib import Path

from ecomlab.hub import seeds
from ecomlab.kernel.scenario import scenario_names

TEACHERS = {"prof"}
#: From when on each assignment may be begun: ISO 8601 with its offset, or None for at any time.
OPENS = {name: None for name in scenario_names()}
#: Accounts get numbers from here on; below are those of the images.
FIRST_UID = 10_000

c = get_config()

give_seeds = seeds(key=Path("/etc/ecomlab/key").read_text("utf-8").strip(), opens=OPENS, teachers=TEACHERS)


def begin(spawner) -> None:
    """What a server is given: seeds or the key, and the settings of its part. Only a teacher's has the formgrader."""
    give_seeds(spawner)
    part = "teacher" if spawner.user.name in TEACHERS else "student"
    spawner.environment["JUPYTER_CONFIG_PATH"] = os.pathsep.join(f"/srv/ecomlab/{folder}" for folder in (part, "everyone"))


c.Spawner.pre_spawn_hook = begin
c.Authenticator.admin_users = TEACHERS
c.KubeSpawner.uid = lambda spawner: FIRST_UID + spawner.user.id
