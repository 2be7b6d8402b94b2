"""Closes a socket in which unread bytes wait.

first-fail: m4_last_word
message: ConnectionResetError
turn: The system answers unread bytes in a socket that is closed with a reset, which may overtake
  your answer: close your half first, and read for a moment.
"""

import socket
from typing import Any

from groundup_course.chapters.tcpserver.steps import step4


class TCPServer(step4.TCPServer):
    """Leaves without a goodbye."""

    def _talk(self, client: socket.socket, peer: Any) -> None:
        with client:
            try:
                self._handler(step4.Connection(client, peer, self._idle_timeout))
            except (ConnectionError, TimeoutError):
                pass
            finally:
                with self._changed:
                    self._open.discard(client)
                    self._changed.notify_all()
