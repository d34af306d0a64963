"""Does what the pages say, as somebody who has just found the project.

::

    python -m tools.newcomer FOLDER [--lang en ru] [--pages README tutorial ...]

A clean clone and an empty HOME are made in FOLDER; the README is followed in the clone, each
tutorial on a desk of its own, with the ``.venv`` that ``make demo`` has made. Where FOLDER has a
clone, from a run that failed, it is brought up to date and keeps its ``.venv``; all else is new.
Every command is taken from the pages as it is written. Each is printed with its exit code and
seconds; the first that fails, or does not leave a file that it names, is the end (exit code 1).
What opens a window runs until the window is there. What is not run is told, with the reason.

Commits count, changes that are not committed do not. Takes ten minutes and 10 GB for the most part
to install.
"""
from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from tools.pages import PAIRS, READMES, ROOT, Block, blocks, lay_desk

#: Pages by language.
PAGES = {language: [READMES[at], *(pair[at] for pair in PAIRS)]
         for at, language in enumerate(("en", "ru"))}

#: The reason of blocks that are run none the less, until their window is open.
WINDOW = "opens a window"

#: Put before a program's own start: tells of its window, and ends it.
WATCH = Path(__file__).with_name("newcomer_window")

#: Longest time of a command and of the opening of a window, in seconds.
PATIENCE, OPENING = 3600, 300

#: Options whose value, or what stands in it behind "=", is a file that the command leaves.
_LEAVES = re.compile(r'--(?:out|summary|bad-rows|save) ("[^"]*"|\S+)')


class Failed(Exception):
    """A command did not do what its page says."""


class Newcomer:
    """Somebody with a clone and an empty HOME.

    Parameters
    ----------
    folder : Path
        Has ``clone``, gets ``home-LANGUAGE``.
    language : str
        Of her system.
    """

    def __init__(self, folder: Path, language: str):
        self.folder, self.language = folder, language
        self.clone = folder / "clone"
        self.environment = self.clone / ".venv"
        self.home = _empty(folder / f"home-{language}")

    def follow(self, page: Path, desk: Path) -> Iterator[str]:
        """Do what a page says, in a folder; what happened, line by line.

        Raises
        ------
        Failed
        """
        for block in blocks(page):
            if block.kind == "sh":
                for command in block.commands():
                    yield self._run(command, desk)
            elif block.does:
                (desk / block.name).write_text(block.content, encoding="utf-8")
                yield f"      wrote {block.name}"
            else:
                yield from self._other(block, desk)

    def _other(self, block: Block, desk: Path) -> Iterator[str]:
        for command in block.commands():
            yield self._open(command, desk) if block.why == WINDOW \
                else f"  –   {command}   (not run: {block.why})"

    def variables(self) -> dict[str, str]:
        """Her environment: nothing of ours but where programs and packages come from."""
        kept = {name: value for name, value in os.environ.items()
                if not name.startswith(("XDG_", "PYTHON", "VIRTUAL_ENV", "QT_API", "LC_"))}
        return {**kept, "HOME": str(self.home), "QT_QPA_PLATFORM": "offscreen",
                "LANG": {"ru": "ru_RU.UTF-8", "en": "en_US.UTF-8"}[self.language],
                "QTWEBENGINE_CHROMIUM_FLAGS": "--disable-gpu --no-sandbox",
                "PATH": os.pathsep.join([str(self.environment / "bin"), os.environ["PATH"]])}

    def _run(self, command: str, desk: Path) -> str:
        begun = time.monotonic()
        done = subprocess.run(command, shell=True, cwd=desk, env=self.variables(),
                              timeout=PATIENCE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              encoding="utf-8", errors="replace")
        line = f"{done.returncode:3d}   {command}   ({time.monotonic() - begun:.0f} s)"
        missing = [name for name in leaves(command) if not (desk / name).is_file()]
        if done.returncode or missing:
            raise Failed("\n".join([line, *(f"no file {name}" for name in missing), done.stdout]))
        return line

    def _open(self, command: str, desk: Path) -> str:
        begun = time.monotonic()
        told = self.folder / "window.txt"
        told.unlink(missing_ok=True)
        watched = {**self.variables(), "PYTHONPATH": str(WATCH), "NEWCOMER_WINDOW": str(told)}
        try:
            done = subprocess.run(command, shell=True, cwd=desk, env=watched, timeout=OPENING,
                                  stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                  encoding="utf-8", errors="replace")
        except subprocess.TimeoutExpired as error:
            raise Failed(f"{command}: no window in {OPENING} s") from error
        if not told.is_file():
            raise Failed(f"{done.returncode:3d}   {command}: no window\n{done.stdout}")
        title = told.read_text(encoding="utf-8")
        return (f"{done.returncode:3d}   {command}   ({time.monotonic() - begun:.0f} s; "
                f"window “{title}”)")


def leaves(command: str) -> list[str]:
    """The files that a command says it leaves."""
    return [value.strip('"').rpartition("=")[2] for value in _LEAVES.findall(command)]


def size(folder: Path) -> float:
    """What a folder takes on the disk, in GB; a file with several names counts once."""
    seen = {}
    for path in folder.rglob("*"):
        if path.is_file() and not path.is_symlink():
            about = path.stat()
            seen[about.st_dev, about.st_ino] = about.st_blocks * 512
    return sum(seen.values()) / 1e9


def _empty(folder: Path) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def _settle(clone: Path) -> None:
    """What she has before she reads the first page."""
    command = ["git", "-C", str(clone), "pull", "--ff-only"] if clone.exists() else [
        "git", "clone", "--no-hardlinks", str(ROOT), str(clone)]
    subprocess.run([*command, "--quiet"], check=True)


def main(arguments=None) -> int:
    """Follow the pages; 1 at the first command that fails."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folder", type=Path, help="for the clone, HOME and desks")
    parser.add_argument("--lang", nargs="+", default=list(PAGES), choices=list(PAGES))
    parser.add_argument("--pages", nargs="+", default=[], metavar="WORD",
                        help="parts of names of the pages after the README; all without any")
    options = parser.parse_args(arguments)
    folder = options.folder.resolve()
    _settle(folder / "clone")
    for language in options.lang:
        newcomer = Newcomer(folder, language)
        readme, *tutorials = PAGES[language]
        wanted = [page for page in tutorials if not options.pages
                  or any(word in page.name for word in options.pages)]
        for page in (readme, *wanted):
            print(f"\n{language}: {page.relative_to(ROOT)}", flush=True)
            desk = newcomer.clone
            if page != readme:
                desk = _empty(folder / f"desk-{language}-{page.stem}")
                lay_desk(page, desk)
            try:
                for line in newcomer.follow(page, desk):
                    print(line, flush=True)
            except Failed as error:
                print(error, flush=True)
                return 1
        print(f"\n{size(newcomer.environment):.1f} GB .venv, {size(newcomer.home):.1f} GB in HOME "
              f"(downloads that pip keeps, for the most part)")
    return 0


if __name__ == "__main__":
    sys.exit(main())
