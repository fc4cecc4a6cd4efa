"""The witness as a process: a managed service of a JupyterHub, or a plain one on 127.0.0.1 with tokens that the teacher gives out.

    POST {prefix}append    a `Message` as JSON; answers the signed receipt, 409 {"code": "unknown", "n": last entry held}, or 4xx {"code", "zh", "en"}
    GET  {prefix}key       the public key, PEM

Who sends is told by the hub (`GET /user` of its REST API with the sender's token), or by the table of tokens; never by the message.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import os
import secrets
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from urllib.parse import urlsplit

import tornado.httpclient
import tornado.httpserver
import tornado.web

from ..kernel.foreign import from_json
from ..kernel.refusals import Refusal, refusal
from .log import Log, Message, Unknown
from .receipts import Signer

#: Bytes of one message: AT_ONCE hashes take about 70,000.
LARGEST = 200_000
#: Seconds for which the hub's word about a token is believed.
TRUST = 60.0
TOKENS = "tokens.json"
LOG = "witness.db"

NOBODY = refusal("unknown_token", "令牌无效或已过期。请向老师领取新的令牌。", "The token is not valid or has expired. Ask your teacher for a new one.")
NO_HUB = refusal("hub_unreachable", "暂时无法向 JupyterHub 核实身份。请稍后重试。", "JupyterHub cannot confirm who you are now. Try again later.")
Identify = Callable[[str], Awaitable[str | None]]


def identified_by_tokens(folder: Path) -> Identify:
    """Who has a token of the folder's table. The table holds digests, so that whoever reads it can send for nobody."""

    async def identify(token: str) -> str | None:
        try:
            known = dict(from_json((folder / TOKENS).read_text("utf-8")))
        except (OSError, ValueError, TypeError):
            return None
        given = _digest(token).encode()
        return next((str(user) for user, kept in known.items() if hmac.compare_digest(str(kept).encode("utf-8", "surrogatepass"), given)), None)

    return identify


def give_token(folder: Path, student: str) -> str:
    """A new token for a student, which replaces an earlier one. It is told once; the table keeps its digest."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path, token = folder / TOKENS, secrets.token_urlsafe(24)
    known = json.loads(path.read_text("utf-8")) if path.exists() else {}
    known[student] = _digest(token)
    fresh = path.with_suffix(".new")
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as f:
        json.dump(known, f, ensure_ascii=False, indent=1)
    fresh.replace(path)
    return token


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def identified_by_hub(api: str) -> Identify:
    """Who has a token, as the hub's REST API at `api` says; its word is believed for a minute."""
    believed: dict[str, tuple[float, str | None]] = {}

    async def identify(token: str) -> str | None:
        when, user = believed.get(_digest(token), (0.0, None))
        if time.monotonic() - when < TRUST and when:
            return user
        request = tornado.httpclient.HTTPRequest(f"{api.rstrip('/')}/user", headers={"Authorization": f"token {token}"}, request_timeout=5)
        try:
            answer = await tornado.httpclient.AsyncHTTPClient().fetch(request, raise_error=False)
        except OSError:
            raise NO_HUB() from None
        if answer.code >= 500 or answer.code == 599:
            raise NO_HUB()
        said = from_json(answer.body) if answer.code == 200 else {}
        user = said.get("name") if said.get("kind", "user") == "user" else None
        if len(believed) > 10_000:
            believed.clear()
        believed[_digest(token)] = (time.monotonic(), user)
        return user

    return identify


class _Append(tornado.web.RequestHandler):
    """Takes entries. No cookie is read, so no other site's page can send in a student's name."""

    def initialize(self, log: Log, identify: Identify) -> None:
        self.log, self.identify = log, identify

    def check_xsrf_cookie(self) -> None:
        """The token in the header stands for it."""

    async def post(self) -> None:
        scheme, _, token = self.request.headers.get("Authorization", "").partition(" ")
        try:
            user = await self.identify(token) if scheme.lower() in ("token", "bearer") and token else None
            if user is None:
                return self._refuse(403, NOBODY())
            message = Message.read(from_json(self.request.body))
            receipt = await asyncio.get_running_loop().run_in_executor(None, self.log.accept, user, message)
            self.finish(json.loads(receipt.line()))
        except Unknown as unknown:
            self.set_status(409)
            self.finish({"code": "unknown", "n": unknown.n})
        except Refusal as refused:
            self._refuse(503 if refused.code == NO_HUB.code else 400, refused)
        except ValueError:
            self.set_status(400)
            self.finish({"code": "malformed_message", "zh": "不是 JSON", "en": "no JSON"})

    def _refuse(self, status: int, refused: Refusal) -> None:
        self.set_status(status)
        self.finish({"code": refused.code, "zh": refused.text.zh, "en": refused.text.en})


class _Key(tornado.web.RequestHandler):
    def initialize(self, pem: bytes) -> None:
        self.pem = pem

    def get(self) -> None:
        self.set_header("Content-Type", "application/x-pem-file")
        self.finish(self.pem)


def application(log: Log, identify: Identify, pem: bytes, prefix: str = "/") -> tornado.web.Application:
    """The service under a prefix that ends with a slash."""
    return tornado.web.Application([(f"{prefix}append", _Append, {"log": log, "identify": identify}), (f"{prefix}key", _Key, {"pem": pem})])


async def serve(folder: Path, port: int | None = None, ready: Callable[[str], None] = print) -> None:
    """Runs the witness whose log and key lie in `folder`, until it is stopped; `ready` is told its address.

    A hub that manages it says where to listen and whom to ask (`JUPYTERHUB_SERVICE_URL`, `_PREFIX`, `JUPYTERHUB_API_URL`); without a hub it
    listens on 127.0.0.1 at `port` (0: a free one) and knows the tokens of the folder.
    """
    signer = Signer.kept_in(folder)
    log = Log(folder / LOG, signer)
    api, where = os.environ.get("JUPYTERHUB_API_URL"), urlsplit(os.environ.get("JUPYTERHUB_SERVICE_URL", ""))
    prefix = os.environ.get("JUPYTERHUB_SERVICE_PREFIX", "/")
    identify = identified_by_hub(api) if api else identified_by_tokens(folder)
    server = tornado.httpserver.HTTPServer(application(log, identify, signer.pem(), prefix), max_body_size=LARGEST)
    host = where.hostname or "127.0.0.1"
    sockets = tornado.netutil.bind_sockets(where.port or 0 if port is None else port, host)
    server.add_sockets(sockets)
    ready(f"http://{host}:{sockets[0].getsockname()[1]}{prefix}")
    try:
        await asyncio.Event().wait()
    finally:
        server.stop()
        log.close()
