"""What stands in deploy/: settings that a hub reads, and files for Kubernetes. A hub at work is in tests/browser/test_hub.py."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit

import pytest

from ecomlab.kernel import keys

yaml = pytest.importorskip("yaml")
traitlets = pytest.importorskip("traitlets.config")

DEPLOY = Path(__file__).resolve().parent.parent / "deploy"
KUBERNETES = DEPLOY / "kubernetes"
KEY = "k" * 40


def read(file: Path, text: str = "", **given: Any) -> Any:
    """The settings that such a file makes, executed as JupyterHub and nbgrader do."""
    c = traitlets.Config()
    exec(compile(text or file.read_text("utf-8"), file, "exec"), {"__file__": str(file), "get_config": lambda: c, **given})
    return c


def begun(c: Any, name: str) -> dict[str, str]:
    """The environment that a server of this account starts with."""
    spawner = SimpleNamespace(user=SimpleNamespace(name=name, id=7), environment={**c.Spawner.get("environment", {})}, env_keep=["PATH"])
    c.Spawner.pre_spawn_hook(spawner)
    return spawner.environment


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("ECOMLAB_HUB", str(tmp_path / "hub"))
    monkeypatch.setenv("ECOMLAB_HUB_PORT", "9000")
    monkeypatch.setenv("PATH", os.environ["PATH"])  # the settings put this environment's commands before it
    return read(DEPLOY / "jupyterhub" / "jupyterhub_config.py")


@pytest.fixture
def cluster(tmp_path: Path) -> Any:
    """hub.py, with a key of ours where the secret would be mounted."""
    file = KUBERNETES / "hub.py"
    (tmp_path / "key").write_text(KEY + "\n")
    return read(file, file.read_text("utf-8").replace("/etc/ecomlab/key", str(tmp_path / "key")))


def test_the_hub_listens_on_this_machine_only(hub: Any) -> None:
    witness = hub.JupyterHub.services[0]["url"]
    addresses = (hub.JupyterHub.bind_url, hub.ConfigurableHTTPProxy.api_url, witness)
    assert {urlsplit(a).hostname for a in addresses} == {"127.0.0.1"}
    assert sorted([*(urlsplit(a).port for a in addresses), hub.JupyterHub.hub_port]) == [9000, 9001, 9002, 9003]


def test_the_proxy_waits_for_an_answer_as_long_as_a_server_may_take_to_start(hub: Any) -> None:
    """The one in Python gives up after 20 seconds unless told otherwise, and whoever signs in looks at a page that never ends."""
    said = hub.ConfigurableHTTPProxy.command
    assert int(said[said.index("--proxy-timeout") + 1]) >= 1000 * hub.Spawner.start_timeout


def test_what_the_hub_keeps_of_the_class_is_its_owners(hub: Any, tmp_path: Path) -> None:
    kept = tmp_path / "hub"
    assert kept.stat().st_mode & 0o077 == 0 and (kept / "key").stat().st_mode & 0o077 == 0
    assert (kept / "home" / "prof" / "course" / "nbgrader_config.py").exists()
    before = (kept / "key").read_text()
    read(DEPLOY / "jupyterhub" / "jupyterhub_config.py")
    assert (kept / "key").read_text() == before, "a course keeps its key"


@pytest.mark.parametrize("place", ["hub", "cluster"])
def test_a_teacher_is_given_the_key_and_a_student_seeds(place: str, request: pytest.FixtureRequest) -> None:
    c = request.getfixturevalue(place)
    teacher, student = begun(c, "prof"), begun(c, "alice")
    assert keys.KEY in teacher and keys.KEY not in student and keys.SEEDS in student
    assert teacher[keys.KEY] not in json.dumps(student)
    parts = [[Path(p).name for p in given["JUPYTER_CONFIG_PATH"].split(os.pathsep)] for given in (teacher, student)]
    assert parts == [["teacher", "everyone"], ["student", "everyone"]]
    assert begun(c, "mallory").keys() == student.keys(), "whoever is not named a teacher is none"


def test_a_students_server_has_nothing_of_the_formgrader() -> None:
    student = DEPLOY / "jupyterhub" / "student"
    page = json.loads((student / "labconfig" / "page_config.json").read_text())
    assert page["disabledExtensions"] == page["lockedExtensions"] and page["disabledExtensions"]["@jupyter/nbgrader:formgrader"]
    server = json.loads((student / "jupyter_server_config.d" / "students.json").read_text())["ServerApp"]["jpserver_extensions"]
    assert server == {"nbgrader.server_extensions.formgrader": False, "nbgrader.server_extensions.course_list": False}


def test_accounts_on_the_cluster_own_their_files(cluster: Any) -> None:
    numbers = {cluster.KubeSpawner.uid(SimpleNamespace(user=SimpleNamespace(id=i))) for i in range(1, 50)}
    assert len(numbers) == 49 and min(numbers) > 1000


def test_the_values_fit_what_stands_beside_the_chart() -> None:
    """Each volume, secret, image and address that one file names, another makes or says how to make."""
    values = yaml.safe_load((KUBERNETES / "values.yaml").read_text("utf-8"))
    made = list(yaml.safe_load_all((KUBERNETES / "witness.yaml").read_text("utf-8")))
    readme, dockerfile = ((KUBERNETES / name).read_text("utf-8") for name in ("README.md", "Dockerfile"))
    claims = {m["metadata"]["name"]: m["spec"]["accessModes"] for m in made if m["kind"] == "PersistentVolumeClaim"}
    (exchange,) = values["singleuser"]["storage"]["extraVolumes"]
    assert claims[exchange["persistentVolumeClaim"]["claimName"]] == ["ReadWriteMany"]
    assert values["singleuser"]["storage"]["extraVolumeMounts"][0]["mountPath"] == values["singleuser"]["extraEnv"]["ECOMLAB_EXCHANGE"]
    assert f"secret generic {values['hub']['extraVolumes'][0]['secret']['secretName']} " in readme
    assert f"{values['hub']['extraVolumeMounts'][0]['mountPath']}/key" in (KUBERNETES / "hub.py").read_text("utf-8")
    for part, target in (("hub", "hub"), ("singleuser", "user")):
        image = values[part]["image"]
        assert f"--target {target} -t {image['name']}:{image['tag']}" in dockerfile
    (service,), (deployment,) = ([m for m in made if m["kind"] == kind] for kind in ("Service", "Deployment"))
    where = urlsplit(values["hub"]["services"]["witness"]["url"])
    assert (where.hostname, where.port) == (service["metadata"]["name"], service["spec"]["ports"][0]["port"])
    assert service["spec"]["selector"].items() <= deployment["spec"]["template"]["metadata"]["labels"].items()
    container = deployment["spec"]["template"]["spec"]["containers"][0]
    told = {e["name"]: e["value"] for e in container["env"]}
    assert values["singleuser"]["extraEnv"]["ECOMLAB_WITNESS"].endswith(told["JUPYTERHUB_SERVICE_PREFIX"])
    assert container["readinessProbe"]["httpGet"]["path"] == told["JUPYTERHUB_SERVICE_PREFIX"] + "key"


def test_nothing_runs_as_root_or_names_a_registry() -> None:
    dockerfile = (KUBERNETES / "Dockerfile").read_text("utf-8")
    stages = {re.search(r" AS (\w+)", s)[1]: s for s in re.split(r"^FROM ", dockerfile, flags=re.M)[1:]}  # type: ignore[index]
    for stage in ("user", "hub"):
        assert re.findall(r"^USER (\d+)", stages[stage], flags=re.M)[-1] == "1000"
    pod = [m for m in yaml.safe_load_all((KUBERNETES / "witness.yaml").read_text("utf-8")) if m["kind"] == "Deployment"][0]["spec"]["template"]["spec"]
    assert pod["securityContext"]["runAsNonRoot"] and pod["containers"][0]["securityContext"]["allowPrivilegeEscalation"] is False
    for file in KUBERNETES.iterdir():
        assert not re.search(r"\b[\w-]+\.(io|com|dev)/[\w-]+/", file.read_text("utf-8")), f"{file.name} names a registry"
