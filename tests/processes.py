"""What tests ask of the processes they leave behind."""

import psutil


def is_running(pid: int) -> bool:
    """Whether a process lives; one that has ended and waits for its parent to notice does not."""
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
