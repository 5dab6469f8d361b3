"""Ctrl-Z. The terminal stops the executor's process, but not its workers, which lead
process groups of their own. The manager stops them as long as that process is
stopped, whatever lets it go on. The manager itself runs on."""

from __future__ import annotations

import os
import signal
import time

MOMENT = 1.0  # seconds that a process may take to stop
LOOK = 0.02


def is_stopped(pid: int) -> bool:
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:
            return file.read().rsplit(b")", 1)[1].split()[0] == b"T"
    except OSError:
        return False


def watch(manager) -> None:
    """Unless the program does something else with SIGTSTP."""
    if signal.getsignal(signal.SIGTSTP) == signal.SIG_DFL:
        signal.signal(signal.SIGTSTP, lambda *_: suspend(manager))
        signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGTSTP])
        manager.pauses = True


def become_worker(manager) -> None:
    if manager.pauses:
        signal.signal(signal.SIGTSTP, signal.SIG_DFL)


def suspend(manager) -> None:
    end = time.monotonic() + MOMENT
    while not is_stopped(manager.parent) and time.monotonic() < end:
        time.sleep(0.002)
    if not is_stopped(manager.parent):
        return  # it does something else
    begin = time.monotonic()
    manager.signal_workers(signal.SIGSTOP)
    while os.getppid() == manager.parent and is_stopped(manager.parent):
        time.sleep(LOOK)
    manager.limits.add_stop(time.monotonic() - begin)
    manager.signal_workers(signal.SIGCONT)
