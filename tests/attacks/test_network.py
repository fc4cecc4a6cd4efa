"""No test reaches beyond this machine: what holds of the whole suite is tried here (`tests/network.py`)."""

from __future__ import annotations

import socket
from collections.abc import Callable

import pytest

from tests import network


@pytest.mark.parametrize(
    "call",
    [
        lambda: socket.create_connection(("192.0.2.1", 80), timeout=1),
        lambda: socket.create_connection(("2001:db8::1", 443), timeout=1),
        lambda: socket.getaddrinfo("example.org", 443),
        lambda: socket.gethostbyname("example.org"),
        lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"x", ("192.0.2.1", 53)),
    ],
)
def test_whatever_wants_to_go_further_is_stopped(call: Callable[[], object]) -> None:
    with pytest.raises(PermissionError):
        call()
    assert len(network.ASKED) == 1
    network.ASKED.clear()


def test_this_machine_is_reached() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname(), timeout=5) as client:
        assert client.getpeername() == server.getsockname()
    assert socket.getaddrinfo("localhost", 80) and network.ASKED == []
