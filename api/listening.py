"""The socket that a process answers on."""

import errno
import socket

from api.settings import Settings
from api.stop import Stop

BACKLOG = 2048


def listen(settings: Settings, option: str = "--port") -> socket.socket:
    """The socket; who connects before the service is ready waits. `option`: where the port stands.
    Raises Stop.
    """
    host = "127.0.0.1" if settings.host == "localhost" else settings.host
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, settings.port))
        listener.listen(BACKLOG)
    except OSError as error:
        listener.close()
        if error.errno == errno.EADDRINUSE:
            told = f"port {settings.port} of {host} is in use; choose another one with {option}."
            raise Stop(told) from error
        raise Stop(f"port {settings.port} of {host} cannot be used: {error.strerror}.") from error
    return listener
