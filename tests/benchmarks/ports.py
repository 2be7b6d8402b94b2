"""A port that nobody listens on."""

import socket


def free_port() -> int:
    """Return one; a server takes it a moment later, since not every server can be asked for its."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
