"""A tap on a wire: passes bytes on to a service and keeps every one that was sent to it."""

import socket
import threading
from contextlib import suppress
from dataclasses import dataclass, field


@dataclass
class Wiretap:
    """A listener on loopback in front of a service; `sent` is everything that anybody sent to it."""

    target: tuple[str, int]
    sent: bytearray = field(default_factory=bytearray)
    _listener: socket.socket = field(default_factory=lambda: socket.create_server(("127.0.0.1", 0)))

    def __post_init__(self) -> None:
        """Begin to listen."""
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def address(self) -> str:
        """Give the address to call instead of the service's own."""
        return f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def close(self) -> None:
        """Stop listening."""
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                near, _ = self._listener.accept()
                far = socket.create_connection(self.target)
                threading.Thread(
                    target=self._pass_on, args=(near, far), kwargs={"keep": True}, daemon=True
                ).start()
                threading.Thread(
                    target=self._pass_on, args=(far, near), kwargs={"keep": False}, daemon=True
                ).start()

    def _pass_on(self, source: socket.socket, sink: socket.socket, *, keep: bool) -> None:
        with suppress(OSError):
            while content := source.recv(65_536):
                if keep:
                    self.sent += content
                sink.sendall(content)
        for end in (source, sink):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
        source.close()
