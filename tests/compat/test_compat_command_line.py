"""The command line of earlier versions: every option, and the columns that scripts read."""
import argparse

import pytest
from artefacts import COMMANDS, HERE, differences, plain, read_otherwise, remade, renamed

from orangecontrib.customs.headless import cli_run
from orangecontrib.customs.headless.cli import main

#: Files hold four digits; what comes from photos may round the other way.
TOLERANCE = 2e-4


@pytest.mark.parametrize("name", COMMANDS)
def test_an_old_command_gives_what_it_gave(place, tmp_path, name):
    out = tmp_path / "out.csv"
    command = COMMANDS[name].format(data=place / "data", models=place / "models").split()
    assert main([*command, "--out", str(out)]) == 0
    where = "OUT.csv" if command[0] == "classify" else f"{command[0]}.csv"
    problems = differences(plain(HERE / "expected" / "command-line" / f"{name}.csv"), plain(out),
                           TOLERANCE, renamed(where), read_otherwise(f"command-line/{name}"),
                           remade(f"command-line/{name}"))
    assert not problems, "\n".join(problems[:20])


def test_options_of_run_are_still_taken():
    parser = argparse.ArgumentParser()
    cli_run.add_arguments(parser)
    args = parser.parse_args(["flow.ows", "--timeout", "5", "--set", "A.b=1", "--set", "A.c=2",
                              "--save", "A.Data=x.csv", "--no-pickles"])
    assert (args.workflow, args.timeout, args.no_pickles) == ("flow.ows", 5, True)
    assert (args.settings, args.save) == (["A.b=1", "A.c=2"], ["A.Data=x.csv"])


@pytest.mark.parametrize("backend", ["auto", "onnxruntime", "torch"])
def test_words_for_backends_and_models_are_still_known(place, tmp_path, backend):
    """They are looked at before anything is computed: an empty folder will do."""
    (tmp_path / "photos").mkdir()
    assert main(["features", "--photos", str(tmp_path / "photos"), "--model", "default",
                 "--backend", backend, "--device", "cpu", "--out", str(tmp_path / "F.csv")]) == 1
