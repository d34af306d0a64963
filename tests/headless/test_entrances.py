"""The command line, the hook in Canvas, and what only shows in a process of its own."""
import argparse
import os
import pickle
import subprocess
import sys
from pathlib import Path

import pytest
from Orange.data import Table
from orangecanvas.registry import WidgetRegistry
from orangewidget.workflow.discovery import WidgetDiscovery

from orangecontrib.customs.headless import cli_run, environment
from orangecontrib.customs.headless import loader as loader_module
from orangecontrib.customs.headless.environment import web_engine_flags
from orangecontrib.customs.headless.outcome import Outcome
from orangecontrib.customs.headless.registry import LOADER
from orangecontrib.customs.headless.supervisor import Ending, ending, supervise

HERE = Path(__file__).parent
PACKAGE = HERE.parents[1]


# -- in this process

def parse(*argv):
    parser = argparse.ArgumentParser()
    cli_run.add_arguments(parser)
    return parser.parse_args([*map(str, argv)])


@pytest.mark.parametrize("argv", [
    (), ("a.ows", "b.ows"), ("a.ows", "--timeout", "soon"), ("a.ows", "--timeout", "0"),
    ("a.ows", "--timeout", "nan"), ("a.ows", "--timeout", "inf"), ("a.ows", "--what")])
def test_bad_arguments(argv, capsys):
    with pytest.raises(SystemExit) as stop:
        parse(*argv)
    assert stop.value.code == 2


@pytest.mark.parametrize("argv, lang", [((), "ru"), (("--lang", "en"), "en")])
def test_the_process_of_a_run_is_told_the_language_russian_by_default(monkeypatch, argv, lang):
    told = []
    monkeypatch.setattr("orangecontrib.customs.headless.supervisor.supervise",
                        lambda *args: told.append(args[-1]) or ending_of(0))
    assert cli_run.main(parse("a.ows", *argv)) == 0
    assert told[0]["language"] == lang


def ending_of(code):
    return Ending(code, code, False, [], "")


def test_report(capsys):
    outcome = Outcome(widgets=["Fusion", "Photos", "Silent"], seconds=1.23)
    outcome.outputs = {("Photos", "Images"): Table("iris")[:1], ("Photos", "Skipped"): None,
                       ("Fusion", "Codes"): Table("iris"), ("Fusion", "Model"): object()}
    outcome.add("Photos", "Warning", "2 photos\nskipped")
    outcome.add("Fusion", "Error", "no priors", 1)
    outcome.add("", "Error", "all is lost", 2)
    cli_run.report(outcome, "flow.ows")
    out, err = capsys.readouterr()
    assert out.splitlines() == [
        "Fusion: Codes 150 rows x 5 columns, Model object",
        "Photos: 1 row x 5 columns; Warning: 2 photos skipped",
        "flow.ows: not run to its end, 1.2 s"]
    assert err.splitlines() == ["Fusion: no priors", "flow.ows: all is lost"]


@pytest.mark.parametrize("flags, root, expected", [
    ("", False, "--disable-gpu"),
    ("", True, "--disable-gpu --no-sandbox"),
    ("--disable-gpu --lang=ru", True, "--disable-gpu --lang=ru --no-sandbox"),
])
def test_web_engine_flags(flags, root, expected):
    assert web_engine_flags(flags, root) == expected


@pytest.mark.parametrize("user", [0, 1000])
def test_environment_for_qt(monkeypatch, user):
    monkeypatch.setattr(environment.os, "geteuid", lambda: user, raising=False)
    monkeypatch.setenv("QTWEBENGINE_CHROMIUM_FLAGS", "--lang=ru")
    monkeypatch.delenv("QT_QPA_PLATFORM", raising=False)
    environment.prepare_environment(offscreen=True)
    assert os.environ["QT_QPA_PLATFORM"] == "offscreen"
    flags = os.environ["QTWEBENGINE_CHROMIUM_FLAGS"]
    assert flags == "--lang=ru --disable-gpu" + " --no-sandbox" * (user == 0)
    monkeypatch.setenv("QT_QPA_PLATFORM", "xcb")
    environment.prepare_environment(offscreen=True)
    assert os.environ["QT_QPA_PLATFORM"] == "xcb", "the user's choice stands"


class LoaderEntry:
    name, value, dist = "customs-headless", LOADER, None

    @staticmethod
    def load():
        return loader_module.loader


@pytest.fixture
def canvas(monkeypatch):
    """Canvas' discovery with our loader; returns the exit codes the process would have had."""
    codes = []
    monkeypatch.setattr(environment, "leave", codes.append)
    monkeypatch.setattr(loader_module, "_running", False)

    def start(*argv):
        monkeypatch.setattr(sys, "argv", ["orange-canvas", *argv])
        WidgetDiscovery(WidgetRegistry()).run(iter([LoaderEntry]))
        return codes
    return start


def test_loader_does_nothing_in_an_ordinary_canvas(canvas, monkeypatch):
    monkeypatch.setattr(cli_run, "main", lambda *_, **__: pytest.fail("must not run"))
    assert canvas("flow.ows") == []


def test_loader_runs_once(canvas, monkeypatch):
    runs = []

    def main(args, cached_descriptions, configuration):
        runs.append(args)
        assert cached_descriptions is not None and isinstance(configuration, type)
        # the discovery inside of a run, with our own entry point not left out
        WidgetDiscovery(WidgetRegistry()).run(iter([LoaderEntry]))
        return 1

    monkeypatch.setattr(cli_run, "main", main)
    codes = canvas("--no-splash", "--no-gui", "Поток.ows", "-l", "2", "-platform", "offscreen",
                   "--timeout", "5", "--set", "A.b=c", "--set", "A.d=-e")
    assert codes == [1] and len(runs) == 1
    args, = runs
    assert args.workflow == "Поток.ows" and args.timeout == 5
    assert args.settings == ["A.b=c", "A.d=-e"] and args.save == []


@pytest.mark.parametrize("error", [RuntimeError("bug"), KeyboardInterrupt()])
def test_an_exception_in_the_loader_ends_canvas(canvas, monkeypatch, capsys, error):
    def main(*_, **__):
        raise error
    monkeypatch.setattr(cli_run, "main", main)
    assert canvas("--no-gui", "flow.ows") == [2]
    assert type(error).__name__ in capsys.readouterr().err


@pytest.mark.parametrize("argv", [("--no-gui",), ("--no-gui", "a.ows", "b.ows"),
                                  ("--no-gui", "a.ows", "--timeout", "x"),
                                  ("--no-gui", "a.ows", "--unknown")])
def test_bad_arguments_end_canvas(canvas, capsys, argv):
    assert canvas(*argv) == [2]
    assert "usage: orange-canvas --no-gui" in capsys.readouterr().err


def test_loader_is_light():
    code = ("import sys; import orangecontrib.customs.headless.loader as l; l.loader(None);"
            "heavy = {'numpy', 'Orange', 'AnyQt', 'PyQt5', 'orangecanvas'} & set(sys.modules);"
            "sys.exit(str(heavy) if heavy else 0)")
    done = subprocess.run([sys.executable, "-c", code], env=environ(), timeout=600,
                          capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


# -- in a process of its own

def environ(**more):
    paths = [str(PACKAGE), str(HERE)]
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(paths), "PYTHONIOENCODING": "utf-8"}
    env.pop("QTWEBENGINE_CHROMIUM_FLAGS", None)
    return {**env, **more}


@pytest.fixture
def home(tmp_path):
    """
    Variables of an environment with a home in which the user has used a widget before, and
    with a distribution that registers the tests' widgets and the loader.
    """
    site, user = tmp_path / "site", tmp_path / "home"
    info = site / "headless_tests-0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: headless-tests\nVersion: 0\n")
    (info / "entry_points.txt").write_text(
        f"[orange.widgets]\ncustoms-headless = {LOADER}\ntests = headless_widgets:discover\n"
        "hostile = hostile_widgets:discover\n")
    from Orange.version import version
    folder = user / ".local" / "share" / "Orange" / version / "widgets"
    folder.mkdir(parents=True)
    with open(folder / "headless_widgets.Source.pickle", "wb") as file:
        pickle.dump({"rows": 77}, file)
    env = environ(HOME=str(user))
    for name in ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "QT_QPA_PLATFORM"):
        env.pop(name, None)
    env["PYTHONPATH"] += os.pathsep + str(site)
    return env, folder


def start(argv, env, timeout=600):
    return subprocess.run([sys.executable, *map(str, argv)], env=env, timeout=timeout,
                          capture_output=True, text=True, encoding="utf-8", check=False)


def the_users_settings_are_as_before(folder):
    file, = (each for each in folder.rglob("*") if each.is_file())
    with open(file, "rb") as stream:
        return pickle.load(stream) == {"rows": 77}


def test_command_line(home, flow, tmp_path):
    env, _ = home
    path = flow("Source", "LeavesThread", links=["Source.Data > LeavesThread.Data"])
    file = tmp_path / "ф.csv"
    # a thread of the workflow lives on: the process ends nevertheless
    done = start(["-m", "orangecontrib.customs.headless.cli_run", path, "--timeout", "60",
                  "--set", "Source.label=Обувь", "--save", f"Source.Data={file}"], env)
    assert done.returncode == 0, done.stderr
    assert "Source: Data 3 rows x 1 column" in done.stdout
    assert file.read_text(encoding="utf-8").split() == ["Обувь", "0", "1", "2"]
    assert the_users_settings_are_as_before(Path(env["HOME"])), "nothing else was written"


@pytest.mark.skipif(sys.platform != "linux", reason="needs Qt's offscreen platform and a HOME")
def test_canvas(home, flow, tmp_path):
    env, folder = home
    path = flow("Source: Товары", "InThread", links=["Товары.Data > InThread.Data"],
                name="Поток.ows")
    file = tmp_path / "out.csv"
    # a C locale, where Qt loses Cyrillic arguments; and no other way than ours to say offscreen
    done = start(["-m", "Orange.canvas", "--no-splash", "-platform", "offscreen", "--no-gui",
                  path, "--timeout", "60", "--set", "Товары.label=Обувь",
                  "--save", f"InThread.Data={file}"], {**env, "LC_ALL": "C"})
    assert done.returncode == 0, done.stderr
    assert "Товары: " in done.stdout and "InThread: 3 rows x 1 column" in done.stdout
    assert file.read_text(encoding="utf-8").split() == ["Обувь", "0", "1", "2"]
    assert the_users_settings_are_as_before(folder)


@pytest.mark.skipif(sys.platform != "linux", reason="needs Qt's offscreen platform and a HOME")
def test_both_entrances_give_the_same_whatever_the_user_chose_last(home, flow, tmp_path):
    env, folder = home
    path = flow("Source", "InThread", links=["Source.Data > InThread.Data"])
    written = []
    for entrance in ("orangecontrib.customs.headless.cli_run",), ("Orange.canvas", "--no-gui"):
        file = tmp_path / f"{len(written)}.csv"
        done = start(["-m", *entrance, path, "--timeout", "60", "--save",
                      f"InThread.Data={file}"], {**env, "QT_QPA_PLATFORM": "offscreen"})
        assert done.returncode == 0, done.stderr
        written.append(file.read_text(encoding="utf-8"))
    assert written[0] == written[1]
    assert written[0].split() == ["x", "0", "1", "2"], "the user's last choice was 77 rows"
    assert the_users_settings_are_as_before(folder)


def test_canvas_fails(home, flow):
    env, _ = home
    path = flow("Source", "Raises", links=["Source.Data > Raises.Data"])
    done = start(["-m", "Orange.canvas", "--no-splash", "--no-gui", path, "--timeout", "60"],
                 {**env, "QT_QPA_PLATFORM": "offscreen"})
    assert done.returncode == 1, done.stderr
    assert "Raises: raised ValueError: no such luck" in done.stderr


def hostile(flow, kind, place):
    return flow("Source", (f"hostile_widgets.{kind}: It", {"place": place}),
                links=["Source.Data > It.Data"])


@pytest.mark.parametrize("kind, place, code, text", [
    ("Leaves", "constructor", 1, "It: raised SystemExit"),
    ("Hogs", "timer", 2, "flow.ows: no end after 60 s while running in It"),
])
def test_command_line_says_how_it_ended(home, flow, kind, place, code, text):
    done = start(["-m", "orangecontrib.customs.headless.cli_run", hostile(flow, kind, place),
                  "--timeout", "60"], home[0])
    assert done.returncode == code, done.stderr
    assert text in done.stderr.splitlines()
    result = "failed" if code == 1 else "not run to its end"
    assert done.stdout.splitlines()[-1].startswith(f"flow.ows: {result}, ")
    if code == 1:
        assert "Source: Data 3 rows x 1 column" in done.stdout
    else:
        assert "hostile_widgets.py" in done.stderr, "the stack should show where"


@pytest.mark.parametrize("kind, place, code, text", [
    ("LeavesInC", "handler", 1,
     "It: ended the process with exit code 0 while running"),
    ("Hogs", "on_done", 2, "flow.ows: no end after 60 s while running in It"),
])
def test_canvas_says_how_it_ended(home, flow, kind, place, code, text):
    done = start(["-m", "Orange.canvas", "--no-splash", "--no-gui", hostile(flow, kind, place),
                  "--timeout", "60"],
                 {**home[0], "QT_QPA_PLATFORM": "offscreen"})
    assert done.returncode == code, done.stderr
    assert text in done.stderr.splitlines()
    result = "failed" if code == 1 else "not run to its end"
    assert done.stdout.splitlines()[-1].startswith(f"flow.ows: {result}, ")


def test_a_handler_that_never_returns(flow, capfd):
    path = flow("Source", "Sleeps", links=["Source.Data > Sleeps.Data"])
    end = supervise("hostile_widgets:run_one", str(path), 60)
    assert end.code is None
    outcome = ending(end)
    assert outcome.exit_code == 2
    assert outcome.messages[-1].text == "no end after 60 s while running in Sleeps"
    assert "headless_widgets.py" in end.stack, "the stack should show where"


# -- no network

SPY = """
import os, socket

def nobody(*address, **_):
    with open(os.environ["ASKED"], "a") as file:
        print(*address[:1], file=file)
    raise OSError("there is no network")

socket.getaddrinfo = nobody
"""

FETCH = "import urllib.request; urllib.request.urlopen('https://fetched.example', timeout=9)"


@pytest.mark.skipif(sys.platform != "linux", reason="needs Qt's offscreen platform and a HOME")
@pytest.mark.parametrize("entrance, asked", [
    (["-c", FETCH], ["fetched.example"]),  # the spy sees it
    (["-m", "orangecontrib.customs.headless.cli", "run"], []),
    (["-m", "orangecontrib.customs.headless.cli", "canvas", "--no-splash", "--no-gui"], []),
])
def test_what_we_start_asks_nobody_and_says_nothing_of_it(home, flow, tmp_path, entrance, asked):
    env, _ = home
    (tmp_path / "site" / "sitecustomize.py").write_text(SPY)
    log = tmp_path / "asked"
    log.touch()
    done = start([*entrance, flow("Source")],
                 {**env, "ASKED": str(log), "QT_QPA_PLATFORM": "offscreen"})
    assert log.read_text().split() == asked
    if not asked:
        assert done.returncode == 0, done.stderr
        assert "Traceback" not in done.stderr and "nltk" not in done.stderr


def test_who_asks_nltk_for_a_list_gets_it(monkeypatch):
    """Only what Orange3-Text fetches unasked is left out."""
    import nltk
    from orangecontrib.text.misc import nltk_data_download

    from orangecontrib.customs.headless import environment
    fetched = []
    monkeypatch.setattr(environment, "_nltk_seen_to", False)
    monkeypatch.setattr(nltk, "download", lambda what, **_: fetched.append(what))
    environment.no_nltk_download()
    nltk.download(nltk_data_download.NLTK_DATA, download_dir="anywhere")
    nltk.download("stopwords")
    assert fetched == ["stopwords"]
