"""A class on one machine: `jupyterhub --config deploy/jupyterhub/jupyterhub_config.py`, then http://127.0.0.1:8000.

One teacher, two students, nbgrader's exchange and formgrader, and the witness. Whoever names an account is signed in as it, and all servers
belong to the operating system's user who started the hub: this is for trying, on a machine of your own. deploy/kubernetes is for a class.

Everything that it keeps lies in one folder, ./hub or $ECOMLAB_HUB; $ECOMLAB_HUB_PORT is the first of the four ports that it listens on.
"""

import os
import secrets
import shutil
import sysconfig
from pathlib import Path

from ecomlab.hub import seeds
from ecomlab.kernel.scenario import scenario_names, share

TEACHERS = {"prof"}
STUDENTS = {"alice", "bob"}
#: From when on each assignment may be begun: ISO 8601 with its offset, or None for at any time.
OPENS = {name: None for name in scenario_names()}

HERE = Path(__file__).resolve().parent
KEPT = Path(os.environ.get("ECOMLAB_HUB", "hub")).resolve()
PORT = int(os.environ.get("ECOMLAB_HUB_PORT", "8000"))
#: Seconds that a server may take to start: a class that signs in at once on a small machine starts them one beside the other, each slowly.
PATIENCE = 600

c = get_config()


def prepare() -> str:
    """Makes what is not there yet: the folders, the teachers' course, and the course's key, which is the answer."""
    for folder in (KEPT, KEPT / "witness"):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    (KEPT / "exchange").mkdir(mode=0o777, exist_ok=True)
    for teacher in TEACHERS:
        course = KEPT / "home" / teacher / "course"
        if not course.exists():
            shutil.copytree(share("assignments"), course)
    key = KEPT / "key"
    if not key.exists():
        key.touch(mode=0o600)
        key.write_text(secrets.token_hex(32) + "\n", "utf-8")
    return key.read_text("utf-8").strip()


give_seeds = seeds(key=prepare(), opens=OPENS, teachers=TEACHERS)


def begin(spawner) -> None:
    """What a server is given: seeds or the key, and the settings of its part. Only a teacher's has the formgrader."""
    give_seeds(spawner)
    part = "teacher" if spawner.user.name in TEACHERS else "student"
    spawner.environment["JUPYTER_CONFIG_PATH"] = os.pathsep.join(str(HERE / folder) for folder in (part, "everyone"))


# --- the hub: on this machine only, nobody proves who they are ---------------------------------------------------
c.JupyterHub.bind_url = f"http://127.0.0.1:{PORT}"
c.JupyterHub.hub_port = PORT + 2
c.JupyterHub.db_url = f"sqlite:///{KEPT / 'hub.sqlite'}"
c.JupyterHub.cookie_secret_file = str(KEPT / "cookie_secret")
c.ConfigurableHTTPProxy.api_url = f"http://127.0.0.1:{PORT + 1}"
c.ConfigurableHTTPProxy.pid_file = str(KEPT / "proxy.pid")
# The proxy in Python gives an answer on when it is whole, and gives up after 20 seconds: a page that waits for its server to start would wait for ever.
c.ConfigurableHTTPProxy.command = ["configurable-http-proxy", "--proxy-timeout", f"{PATIENCE * 1000}"]

c.JupyterHub.authenticator_class = "dummy"
c.Authenticator.allowed_users = TEACHERS | STUDENTS

# --- a server for each account -----------------------------------------------------------------------------------
# Commands of this environment are found wherever the hub was started from.
os.environ["PATH"] = os.pathsep.join([sysconfig.get_path("scripts"), os.environ.get("PATH", os.defpath)])
c.JupyterHub.spawner_class = "simple"
c.SimpleLocalProcessSpawner.home_dir_template = str(KEPT / "home" / "{username}")
c.Spawner.args = ["--allow-root"] if os.geteuid() == 0 else []
c.Spawner.default_url = "/lab"
c.Spawner.start_timeout = c.Spawner.http_timeout = PATIENCE
c.Spawner.env_keep = ["PATH", "PYTHONPATH", "VIRTUAL_ENV", "LANG", "LC_ALL", "ECOMLAB_LANGUAGE"]
c.Spawner.environment = {
    "ECOMLAB_EXCHANGE": str(KEPT / "exchange"),
    "ECOMLAB_WITNESS": f"http://127.0.0.1:{PORT}/services/witness/",
}
c.Spawner.pre_spawn_hook = begin

# --- the witness, who asks the hub whose an entry is (docs/witness.md) -------------------------------------------
c.JupyterHub.services = [
    {
        "name": "witness",
        "url": f"http://127.0.0.1:{PORT + 3}",
        "command": ["ecomlab", "witness", "serve", "--folder", str(KEPT / "witness")],
    }
]
