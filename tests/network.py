"""The network as tests see it: this machine, and nothing else. Whatever of a test's process wants to go further is stopped, and the test fails."""

from __future__ import annotations

import ipaddress
import socket
import sys
from typing import Any

#: What was asked for beyond this machine since the last test.
ASKED: list[str] = []


def close() -> None:
    """From now on this process reaches 127.0.0.1 and ::1 only, and looks up no name but its own. Cannot be undone, as no audit hook can."""
    sys.addaudithook(_watch)


def _watch(event: str, arguments: tuple[Any, ...]) -> None:
    if event == "socket.getaddrinfo" and not _is_here(arguments[0]) or event == "socket.gethostbyname" and not _is_here(arguments[0]):
        _stop(f"the address of {arguments[0]}")
    elif event in ("socket.connect", "socket.sendto") and arguments[0].family in (socket.AF_INET, socket.AF_INET6):
        told, (host, *_) = arguments[0].type, arguments[1]
        # to connect a datagram's socket sends nothing: it is how a program asks which of its own addresses it has
        if not _is_here(host) and not (event == "socket.connect" and told == socket.SOCK_DGRAM):
            _stop(f"a connection to {host}")


def _is_here(host: Any) -> bool:
    name = host.decode("ascii", "replace") if isinstance(host, bytes) else host
    if not name or name in ("localhost", "ip6-localhost", socket.gethostname()):
        return True
    try:
        return ipaddress.ip_address(name.partition("%")[0]).is_loopback or name in ("0.0.0.0", "::")
    except ValueError:
        return False


def _stop(what: str) -> None:
    ASKED.append(what)
    raise PermissionError(f"a test asked for {what}")
