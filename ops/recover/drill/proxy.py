"""The double's place: an HTTP server on loopback that stands before the emulator.

It hands every request on as it came, and the answer back, but for those that the double plays.
"""

from __future__ import annotations

import http.client
import json
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, NamedTuple, Self
from urllib.parse import urlsplit

from ops.local.emulator import HOST
from ops.recover.drill.recovery_double import Refused

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ops.recover.drill.recovery_double import RecoveryDouble

_SERVICE = "DynamoDB_20120810."
# Those of the one connection, which the next one makes for itself.
_OF_THE_CONNECTION = {"connection", "keep-alive", "expect", "transfer-encoding"}
_SECONDS = 120


class Answer(NamedTuple):
    status: int
    headers: Sequence[tuple[str, str]]
    body: bytes

    @classmethod
    def of(cls, told: Any, status: int = 200) -> Answer:
        body = json.dumps(told).encode()
        return cls(status, [("Content-Type", "application/x-amz-json-1.0")], body)


class Proxy:
    """Stands before the emulator while it is entered."""

    def __init__(self, emulator_url: str, double: RecoveryDouble) -> None:
        port = urlsplit(emulator_url).port or 80

        class OfThese(Handler):
            answers = double.answers()
            emulator_port = port

        self._server = Server((HOST, 0), OfThese)
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    @property
    def endpoint_url(self) -> str:
        return f"http://{HOST}:{self._server.server_address[1]}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that was killed while it was served is no news; all else is told."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # Else the body of each answer waits 40 ms for the client's system to confirm the head.
    disable_nagle_algorithm = True
    answers: Any
    emulator_port: int

    def _serve(self) -> None:
        if "chunked" in self.headers.get("Transfer-Encoding", "").lower():
            self.send_error(http.client.NOT_IMPLEMENTED)  # no command sends that
            return
        length = int(self.headers.get("Content-Length", 0))
        body = self.rfile.read(length)
        if len(body) < length:  # its client was killed
            self.close_connection = True
            return
        self._send(self._answer(body))

    def __getattr__(self, name: str) -> Any:
        """``do_GET`` and all of its kind."""
        if name.startswith("do_"):
            return self._serve
        raise AttributeError(name)

    def _answer(self, body: bytes) -> Answer:
        target = self.headers.get("X-Amz-Target", "")
        play = self.answers.get(target.removeprefix(_SERVICE))
        if play is None or not target.startswith(_SERVICE):
            return self._forwarded(body)
        try:
            return Answer.of(play(json.loads(body), lambda: self._told(body)))
        except Refused as error:
            return Answer.of({"__type": error.code, "message": str(error)}, 400)
        except _EmulatorRefused as error:
            return error.answer

    def _told(self, body: bytes) -> Any:
        """What the emulator says to this request. Raises _EmulatorRefused for an error."""
        answer = self._forwarded(body)
        if answer.status != http.client.OK:
            raise _EmulatorRefused(answer)
        return json.loads(answer.body)

    def _forwarded(self, body: bytes) -> Answer:
        connection = http.client.HTTPConnection(HOST, self.emulator_port, timeout=_SECONDS)
        try:
            connection.putrequest(
                self.command, self.path, skip_host=True, skip_accept_encoding=True
            )
            for name, value in self.headers.items():
                if name.lower() not in _OF_THE_CONNECTION:
                    connection.putheader(name, value)
            connection.endheaders(body or None)
            answer = connection.getresponse()
            return Answer(answer.status, answer.getheaders(), answer.read())
        finally:
            connection.close()

    def _send(self, answer: Answer) -> None:
        self.send_response_only(answer.status)
        told = False
        for name, value in answer.headers:
            if name.lower() == "content-length":
                told = self.command == "HEAD"  # which tells of a body that does not come
                if not told:
                    continue
            if name.lower() not in _OF_THE_CONNECTION:
                self.send_header(name, value)
        if not told:
            self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        self.wfile.write(answer.body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  (its name there)
        """Say nothing on the terminal."""


class _EmulatorRefused(Exception):
    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.status)
        self.answer = answer
