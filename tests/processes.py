"""What tests ask of the processes they leave behind."""

import socket
import time

import psutil


def is_running(pid: int) -> bool:
    """Whether a process lives; one that has ended and waits for its parent to notice does not."""
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def until_open(port: int) -> None:
    """Wait until a server listens on this machine's `port`."""
    for _ in range(100):
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise TimeoutError(f"nobody listens on {port}")
