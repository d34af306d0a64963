"""Screens for windows: a laptop's, where the machine has Xvfb."""
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

#: Of a common laptop.
LAPTOP = (1366, 768)


@contextmanager
def laptop() -> Iterator[dict[str, str] | None]:
    """Variables of a program that shows its windows on a screen of that size; None without Xvfb."""
    program = shutil.which("Xvfb")
    if program is None:
        yield None
        return
    listen, tell = os.pipe()
    width, height = LAPTOP
    server = subprocess.Popen(
        [program, "-displayfd", str(tell), "-screen", "0", f"{width}x{height}x24",
         "-nolisten", "tcp"], pass_fds=[tell], stderr=subprocess.DEVNULL)
    os.close(tell)
    try:
        with os.fdopen(listen) as told:
            number = told.readline().strip()
        yield {"DISPLAY": f":{number}", "QT_QPA_PLATFORM": "xcb"} if number else None
    finally:
        server.terminate()
        server.wait()
