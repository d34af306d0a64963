"""The ledger from the command line."""
import csv

import pytest

from orangecontrib.customs.headless.cli import main

SAID, ANOTHER = "6403999600", "6402999100"


@pytest.fixture
def ledger(tmp_path, capsys):
    path = tmp_path / "office.ledger"

    def run(job, *options):
        code = main(["ledger", job, "--ledger", str(path), *map(str, options)])
        told = capsys.readouterr()
        return code, told.out, told.err
    run.path = path
    return run


def test_a_decision_is_added_once(ledger):
    given = ("--good", "A-1", "--said", "6403 99 960 0", "--found", SAID, "--p", ".9",
             "--who", "Ann", "--when", "2026-07-01")
    code, out, _ = ledger("add", *given)
    assert code == 0 and " confirmed -> " in out
    assert "was there already" in ledger("add", *given)[1]


@pytest.mark.parametrize("options, said", [
    (("--found", SAID), "--who must be given"), (("--found", "x", "--who", "A"), "--found"),
    (("--found", "64", "--who", "A"), "4, 6, 8 or 10"),
    (("--found", SAID, "--who", "A", "--when", "soon"), "'soon' is not a time"),
    (("--found", SAID, "--who", "A", "--p", "2"), "not a probability")])
def test_bad_arguments_are_said(ledger, options, said):
    code, _, err = ledger("add", "--good", "A-1", *options)
    assert code == 2 and said in err and not ledger.path.exists()


def fill(ledger, tmp_path, drift=True):
    path = tmp_path / "history.csv"
    with open(path, "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["key", "said", "p", "found", "who", "at"])
        for month in range(1, 9):
            for n in range(60):
                wrong = n < (24 if drift and month > 6 else 3)
                writer.writerow([f"{month}-{n}", SAID, .95, ANOTHER if wrong else SAID, "Ann",
                                 f"2026-{month:02d}-11"])
        writer.writerow(["x", SAID, .95, "no idea", "Ann", "2026-01-01"])
    return ledger("import", "--table", path, "--bad-rows", tmp_path / "bad.csv")


def test_a_history_is_imported_and_its_bad_rows_are_put_aside(ledger, tmp_path):
    code, out, err = fill(ledger, tmp_path)
    assert code == 0 and "480 entries, 0 were there already, 1 rows put aside" in out
    assert "line 482" in err and "no idea" in err
    bad, = csv.DictReader(open(tmp_path / "bad.csv", encoding="utf-8"))
    assert bad["line"] == "482" and bad["found"] == "no idea"
    assert "0 entries, 480 were there already" in fill(ledger, tmp_path)[1]


def test_errors_over_time_and_by_code_and_a_drift_are_shown(ledger, tmp_path):
    fill(ledger, tmp_path)
    code, out, _ = ledger("show", "--lang", "en")
    assert code == 1 and "The error has risen" in out
    assert "2026-07      60     24" in out
    assert f"{ANOTHER} (100 %)" in out and "\\x" not in out and "the program – Ann" in out


def test_without_a_drift_the_exit_code_is_zero(ledger, tmp_path):
    fill(ledger, tmp_path, drift=False)
    assert ledger("show", "--digits", 6)[0] == 0


def test_an_entry_is_taken_back(ledger, tmp_path):
    id_ = ledger("add", "--good", "A", "--found", SAID, "--who", "Ann")[1].split()[0]
    assert ledger("withdraw", "--entry", id_[:8], "--who", "Ann")[0] == 0
    assert ledger("show", "--lang", "en")[1].startswith("The ledger has no entries.")
    assert ledger("withdraw", "--entry", "zz", "--who", "Ann")[0] == 2


def test_entries_are_exported(ledger, tmp_path):
    fill(ledger, tmp_path)
    assert ledger("export", "--out", tmp_path / "out.csv")[0] == 0
    rows = list(csv.DictReader(open(tmp_path / "out.csv", encoding="utf-8")))
    assert len(rows) == 480 and rows[0]["outcome"] == "overturned"


def test_priors_of_a_history_are_taken_by_classify(ledger, tmp_path):
    fill(ledger, tmp_path)
    priors = tmp_path / "priors.csv"
    assert ledger("priors", "--group", "footwear", "--out", priors)[0] == 0
    goods = tmp_path / "goods.csv"
    goods.write_text("good_id,description\nA,Ботинки\n", encoding="utf-8")
    assert main(["classify", "--declarations", str(goods), "--priors", str(priors), "--out",
                 str(tmp_path / "out.csv")]) == 0


@pytest.mark.parametrize("job", ["show", "export", "priors"])
def test_a_ledger_that_is_not_there_is_said(ledger, tmp_path, job):
    out = () if job == "show" else ("--out", tmp_path / "out.csv")
    code, _, err = ledger(job, *out)
    assert code == 2 and "there is no ledger" in err and not (tmp_path / "out.csv").exists()


def test_a_table_is_not_taken_for_a_ledger(ledger):
    ledger.path.write_text("a,b\n", encoding="utf-8")
    code, _, err = ledger("show")
    assert code == 2 and "not a ledger of this program" in err
