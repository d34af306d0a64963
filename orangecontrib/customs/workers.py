"""Where worker processes come from: of this process they inherit no threads and no locks.

Where the system can, they are forked from a clean process that has loaded the program once, beside
this one; else each loads it anew.
"""
from __future__ import annotations

import multiprocessing
import signal
from multiprocessing.context import BaseContext

__all__ = ["WARM", "context", "load_beside"]

#: What that process imports.
WARM = "orangecontrib.customs.batch.warm"
_FORKS = "forkserver" in multiprocessing.get_all_start_methods()


def context() -> BaseContext:
    """What makes worker processes."""
    if not _FORKS:
        return multiprocessing.get_context("spawn")
    load_beside()
    return multiprocessing.get_context("forkserver")


def load_beside() -> None:
    """Let that process begin to load the program, while this one does other things."""
    if not _FORKS:
        return
    from multiprocessing import forkserver, resource_tracker
    forkserver.set_forkserver_preload([WARM])
    resource_tracker.ensure_running()  # which unblocks the signal
    # it ends with this process, which says when workers end: not by a signal to all of a group
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
    try:
        forkserver.ensure_running()
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
