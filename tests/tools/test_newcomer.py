"""The script that follows the pages stops at the first thing that is not as a page says."""
import sys
from pathlib import Path

import pytest

from tools.newcomer import Failed, Newcomer, leaves


@pytest.fixture
def follow(tmp_path):
    """What happened on a page with this text."""
    def follow(text):
        page, desk = tmp_path / "page.md", tmp_path / "desk"
        page.write_text(text, encoding="utf-8")
        desk.mkdir()
        return Newcomer(tmp_path, "ru").follow(page, desk)
    return follow


def test_a_command_is_run_as_it_is_written_with_a_home_of_its_own(follow, tmp_path):
    line, = follow('```sh\ntest "$HOME" = "' + str(tmp_path / "home-ru") + '"\n```\n')
    assert line.startswith("  0   test ")


def test_a_command_that_fails_is_the_last(follow):
    said = follow("```sh\ntrue\nsh -c 'echo it is so; exit 3'\ntrue\n```\n")
    assert next(said).startswith("  0   true")
    with pytest.raises(Failed, match=r"(?s)^  3 .*it is so"):
        next(said)


def test_a_command_that_leaves_no_file_that_it_names_has_failed(follow):
    with pytest.raises(Failed, match=r"no file codes\.csv"):
        list(follow("```sh\necho --out codes.csv\n```\n"))


def test_files_that_commands_leave_are_known_by_their_options():
    assert leaves('x --out a.csv --summary b.json --save "HS Code Fusion.Codes=c.csv" --lang en') \
        == ["a.csv", "b.json", "c.csv"]


def test_a_file_of_a_page_is_written_and_what_is_not_run_is_told_with_the_reason(follow, tmp_path):
    said = list(follow("So says `answers.csv`:\n\n```csv\na,b\n```\n\n"
                       "<!-- not run: half an hour -->\n```text\nmake test\n```\n"))
    assert (tmp_path / "desk" / "answers.csv").read_text(encoding="utf-8") == "a,b\n"
    assert said[1].endswith("make test   (not run: half an hour)")


def test_a_window_is_waited_for_and_a_program_without_one_fails(follow, tmp_path):
    program = tmp_path / "window.py"
    program.write_text(
        "from AnyQt.QtWidgets import QApplication, QWidget\n"
        "app = QApplication([])\n"
        "class Window(QWidget):\n    current_document = None\n"
        "window = Window(windowTitle='[*]Mine')\nwindow.show()\napp.exec()\n", encoding="utf-8")
    said = follow("<!-- not run: opens a window -->\n```text\n"
                  f"{sys.executable} {program}\n{Path(sys.executable)} -c 'print(2)'\n```\n")
    assert next(said).endswith("window “Mine”)")
    with pytest.raises(Failed, match="no window"):
        next(said)
