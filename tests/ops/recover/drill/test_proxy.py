"""The double's place before the emulator: who is killed while it is asked is no news."""

from __future__ import annotations

import socket
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import pytest

from ops.recover.drill.proxy import Answer, Handler, Server

if TYPE_CHECKING:
    from collections.abc import Callable

HEAD = b"POST / HTTP/1.1\r\nHost: here\r\nContent-Length: 4\r\n\r\n"


class Emulator(Handler):
    """Its answer comes from here: unit tests reach no network."""

    answers: Any = MappingProxyType({})
    emulator_port = 0
    disable_nagle_algorithm = False  # which a pair of sockets does not know
    asked: list[bytes]
    meanwhile: Callable[[], None]

    def _forwarded(self, body: bytes) -> Answer:
        self.asked.append(body)
        type(self).meanwhile()
        return Answer(200, [], b"told" * 100_000)


@pytest.fixture
def emulator() -> type[Emulator]:
    class Fresh(Emulator):
        asked: list[bytes] = []  # noqa: RUF012  (the class is the test's own)
        meanwhile = staticmethod(lambda: None)

    return Fresh


def serve(emulator: type[Emulator], sent: bytes, *, killed: bool = True) -> None:
    """One connection of a client that sends so much, and is ``killed`` when it would be answered.

    If not, it is already before.
    """
    client, ours = socket.socketpair()
    client.sendall(sent)
    if killed:
        emulator.meanwhile = client.close
    else:
        client.close()
    server = Server.__new__(Server)
    server.RequestHandlerClass = emulator
    server.process_request_thread(ours, ("", 0))


def test_a_client_that_was_killed_is_no_news(
    emulator: type[Emulator], capfd: pytest.CaptureFixture[str]
) -> None:
    serve(emulator, HEAD + b"body")
    assert emulator.asked == [b"body"]
    assert capfd.readouterr().err == ""


def test_half_a_request_is_not_handed_on(
    emulator: type[Emulator], capfd: pytest.CaptureFixture[str]
) -> None:
    serve(emulator, HEAD + b"bo", killed=False)
    assert emulator.asked == []
    assert capfd.readouterr().err == ""


def test_what_is_our_mistake_is_told(
    emulator: type[Emulator], capfd: pytest.CaptureFixture[str]
) -> None:
    def fail() -> None:
        raise ZeroDivisionError

    emulator.meanwhile = staticmethod(fail)
    client, ours = socket.socketpair()
    client.sendall(HEAD + b"body")
    server = Server.__new__(Server)
    server.RequestHandlerClass = emulator
    server.process_request_thread(ours, ("", 0))
    client.close()
    assert "ZeroDivisionError" in capfd.readouterr().err
