"""
Faults that the tests must notice
=================================

::

    python tests/mutants.py            # all; `make mutants`
    python tests/mutants.py label      # those with the word in their names

Each mutant is a small fault of the kind that a hand makes, put into a copy of the package, on
which the named tests are run: it is killed when one of them fails. A mutant that lives is a
promise without a test. Exit code 0: all are killed; 1: some live; 2: a mutant's text is not in
the package once, or the tests fail without any fault.

A mutant finds its place by its text, wherever in the package that stands, so that files can be
moved; ``tests/core/test_mutants.py`` says when a text is gone.
"""
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[1]
FOLDERS = Path("orangecontrib") / "customs", Path("tools")

#: What hangs has not passed; far above what any of the tests takes.
PATIENCE = 900


class Mutant(NamedTuple):
    """
    A fault.

    Attributes
    ----------
    name : str
    changes : tuple of (str, str)
        Texts, each of which stands in the package once, and what takes their places.
    tests : tuple of str
        As pytest takes them; one of them must fail.
    """
    name: str
    changes: tuple
    tests: tuple


def mutant(name, *changes, tests):
    return Mutant(name, tuple(zip(changes[::2], changes[1::2], strict=True)), tuple(tests))


PROMISES, TRAINER = "tests/cases/test_promises.py", "tests/training/test_trainer.py"

MUTANTS = (
    mutant("safe digits promise more than their goods bear",
           "needed = (1 - error) * (given.sum() + 1)", "needed = (1 - error) * given.sum()",
           tests=["tests/evaluation/test_conformal.py::"
                  "test_the_threshold_is_the_score_of_the_rank_that_theory_names"]),
    mutant("a ruling of many goods is many witnesses",
           "return [1 / sizes[row.by] if row.by else 1. for row in rows]",
           "return [1. for row in rows]",
           tests=["tests/evaluation/test_conformal.py::"
                  "test_a_witness_with_many_goods_is_still_one"]),
    mutant("what was taken back stands",
           "if entry.id not in gone", "if entry.id is not gone",
           tests=["tests/ledger/test_summary.py::"
                  "test_what_was_taken_back_does_not_stand_nor_what_was_decided_before"]),
    mutant("each month has the false alarms of a year",
           "limit = alpha / (A_YEAR * len(WINDOWS))", "limit = alpha",
           tests=["tests/evaluation/test_drift.py::test_without_a_drift_the_years_with_an_alarm_"
                  "are_as_few_as_was_promised"]),
    mutant("an entry of the ledger can be deleted",
           'for event in ("UPDATE", "DELETE")', 'for event in ("UPDATE",)',
           tests=["tests/ledger/test_store.py::test_an_entry_is_neither_changed_nor_deleted"]),
    mutant("the safe code accepts three times the error",
           "mass[i, at[path[depth]]] >= 1 - error", "mass[i, at[path[depth]]] >= 1 - 3 * error",
           tests=[f"{PROMISES}::test_safe_digits_are_the_most_that_hold_the_accepted_error"]),
    mutant("the safe code of a decision accepts three times the error",
           "held = [(node, mass) for node in path if (mass := _mass(of, node)) >= 1 - error]",
           "held = [(node, mass) for node in path if (mass := _mass(of, node)) >= 1 - 3 * error]",
           tests=["tests/fusion/test_pinned.py::"
                  "test_safe_digits_are_the_most_that_hold_the_accepted_error"]),
    mutant("a photo of another good counts as much as the others",
           "weight = np.where(foreign[:, None], FOREIGN * weight, weight)", "pass",
           "MAX_APART = 6.", "MAX_APART = 600.",
           tests=["tests/photos/test_sufficiency.py::"
                  "test_no_single_photo_turns_what_two_or_more_say_plainly"]),
    mutant("a decision that is over counts", "if not decision.in_force(day):", "if False:",
           tests=["tests/cases/test_decisions.py::"
                  "test_a_decision_counts_while_it_is_in_force_and_is_named_when_not"]),
    mutant("a report may lose ten points", "ALLOWED = {4: .01, 6: .02, 8: .03, 10: .03}",
           "ALLOWED = {4: .1, 6: .1, 8: .1, 10: .1}",
           tests=["tests/headless/test_evaluate.py::"
                  "test_a_worse_report_ends_with_1_and_says_what_got_worse"]),
    mutant("the answer that flips the code is the first one, not the likeliest",
           "best = max(best, answer)",
           "best = best if best[1] else answer",
           tests=[f"{PROMISES}::"
                  "test_of_several_answers_that_give_the_runner_up_the_likeliest_is_named"]),
    mutant("a toe-cap of metal is twenty times as frequent",
           "toe_cap,metal,0.015,", "toe_cap,metal,0.3,",
           "toe_cap,no_metal,0.985,", "toe_cap,no_metal,0.7,",
           tests=[f"{PROMISES}::"
                  "test_who_says_nothing_of_a_toe_cap_of_metal_has_hardly_one"]),
    mutant("one duty is ten times what it is",
           "metal toe-cap,пар,\"0,75 евро за 1 пару\"\n640192,",
           "metal toe-cap,пар,\"7,5 евро за 1 пару\"\n640192,",
           tests=[f"{PROMISES}::test_duties_of_group_64_are_those_of_the_tariff"]),
    mutant("a photo model's temperatures are dropped",
           "scale = np.repeat((self.reliability / self.temperatures)[None]",
           "scale = np.repeat(self.reliability[None]",
           tests=["tests/photos/test_model.py::"
                  "test_a_temperature_divides_what_the_scores_say"]),
    mutant("the command line takes every photo for gradable",
           "results.gradability, results.good_ids", "results.gradability * 0 + 1, results.good_ids",
           tests=["tests/headless/test_classify_photos.py::"
                  "test_photos_on_which_nothing_can_be_judged_say_nothing"]),
    mutant("a label 0.5 is learnt as one half",
           "known = (labels == 0) | (labels == 1)\n    target",
           "known = np.isfinite(labels)\n    target",
           tests=[f"{TRAINER}::"
                  "test_a_label_that_cannot_be_judged_pulls_its_feature_nowhere"]),
    mutant("a label 0.5 calibrates as one half",
           "known = np.isin(labels[:, column], (0, 1))",
           "known = np.isfinite(labels[:, column])",
           tests=["tests/training/test_heads.py::"
                  "test_labels_that_cannot_be_judged_calibrate_nothing"]),
    mutant("classes are not balanced",
           "weight, self.offsets = _balanced(target, weight, exclusive)",
           "self.offsets = _log_odds(target, weight, exclusive)",
           tests=[f"{TRAINER}::"
                  "test_with_class_weights_a_rare_answer_weighs_as_much_as_a_common_one"]),
    mutant("a resumed run forgets the optimiser's state",
           "        _fill_optimiser(optimiser, at.optimiser)\n", "",
           tests=[f"{TRAINER}::test_a_resumed_run_is_the_uninterrupted_run"]),
    mutant("the last epoch is taken, not the best",
           "    if at.best:\n        _fill(module, at.best)\n", "",
           tests=[f"{TRAINER}::test_early_stopping_keeps_the_lowest_validation_loss"]),
    mutant("any epoch counts as the best",
           "if measured[0] < at.best_loss:", "if True:",
           tests=[f"{TRAINER}::test_early_stopping_keeps_the_lowest_validation_loss"]),
    mutant("heads are those of the last iteration",
           "np.where(np.isfinite(losses), losses, np.inf).argmin(axis=0)", "last",
           tests=[f"{TRAINER}::"
                  "test_a_head_is_the_one_of_its_best_iteration_on_photos_that_it_did_not_see"]),
    mutant("a fold is judged by an iteration that it chose itself",
           "known & (self.split.fold != number)", "known",
           tests=[f"{TRAINER}::test_a_fold_is_judged_by_the_iteration_that_the_others_chose"]),
    mutant("guesses from a source's class prove that a feature can be measured",
           "positives = ((labels == 1) & sure)[real]", "positives = (labels == 1)[real]",
           tests=[f"{TRAINER}::"
                  "test_weak_labels_are_no_proof_that_a_feature_can_be_measured"]),
    mutant("the bundled model learns from a source under a research licence",
           '("fpi_60x80", "clothing_small_cc0"),', "SOURCES,",
           tests=["tests/tools/test_own_models.py::"
                  "test_the_bundled_model_learns_from_free_sources_and_made_pictures_only"]),
    mutant("photos are not mirrored", "(1.,) if recipe.flip else ()", "()",
           tests=[f"{TRAINER}::test_varied_copies_do_what_the_recipe_says"]),
    mutant("photos are not turned",
           "(-recipe.rotation, recipe.rotation) if recipe.rotation else ()", "()",
           tests=[f"{TRAINER}::test_varied_copies_do_what_the_recipe_says"]),
    mutant("photos are not lit otherwise",
           "if recipe.brightness else (), 1.", "if False else (), 1.",
           tests=[f"{TRAINER}::test_varied_copies_do_what_the_recipe_says"]),
    mutant("networks trained whole see no variations",
           "return vary(self.pixels[row], recipe, rng)", "return self.pixels[row]",
           tests=[f"{TRAINER}::test_varied_photos_are_what_is_learnt_from"]),
    mutant("varied copies are the photo itself",
           "return vary(pixels[row], recipe, np.random.default_rng(seed))", "return pixels[row]",
           tests=[f"{TRAINER}::test_varied_photos_are_what_is_learnt_from"]),
    mutant("a run's time is never up", "if not over and now >= self.deadline:", "if False:",
           tests=["tests/headless/test_runner.py::"
                  "test_a_widget_that_is_never_done_is_named_when_time_is_up"]),
    mutant("a widget that never returns is waited for",
           "faulthandler.dump_traceback_later(run.timeout + GRACE, exit=True, "
           "file=run.journal.stack)", "pass",
           tests=["tests/headless/test_entrances.py::test_a_handler_that_never_returns"]),
    mutant("what a designation excludes attracts", "EXCLUDED * out + term", "term",
           tests=["tests/nomenclature/test_search.py::"
                  "test_what_a_designation_excludes_does_not_attract"]),
    mutant("a word above a line counts for more than one of its own", "ABOVE = .8", "ABOVE = 1.2",
           tests=["tests/nomenclature/test_search.py::"
                  "test_a_word_never_counts_for_more_below_the_line_that_says_it"]),
    mutant("the last words of a description count as the first", "(1 + place / HALF)", "1",
           tests=["tests/nomenclature/test_search.py::"
                  "test_the_first_words_of_a_description_count_most"]),
)


def places(text, *folders):
    """The files in which a text stands, once for each time."""
    for path in sorted(path for folder in folders for path in folder.rglob("*")):
        if path.suffix in (".py", ".csv"):
            yield from [path] * path.read_bytes().count(text.encode())


def apply(mutant, *folders):
    """
    Put a fault into a copy.

    Returns
    -------
    dict of Path to bytes
        What the files were before.
    """
    before = {}
    for text, instead in mutant.changes:
        path, = places(text, *folders)
        content = path.read_bytes()
        before.setdefault(path, content)
        path.write_bytes(content.replace(text.encode(), instead.encode()))
    return before


def failure(copy, tests):
    """What pytest says of tests on the copy; "" when all of them pass."""
    env = {**os.environ, "PYTHONPATH": str(copy), "PYTHONDONTWRITEBYTECODE": "1"}
    try:
        done = subprocess.run([sys.executable, "-m", "pytest", "-q", "-x", *tests], cwd=copy,
                              env=env, timeout=PATIENCE, capture_output=True, encoding="utf-8")
    except subprocess.TimeoutExpired:
        return "not over in time"
    return f"{done.stdout}{done.stderr}exit code {done.returncode}" if done.returncode else ""


def main(words):
    chosen = [each for each in MUTANTS if all(word in each.name for word in words)]
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder:
        copy = Path(folder)
        ignore = shutil.ignore_patterns("__pycache__", "help", ".*")
        for part in ("orangecontrib", "tests", "tools", "workflows"):
            shutil.copytree(ROOT / part, copy / part, ignore=ignore)
        for part in ("pyproject.toml", "setup.py"):
            shutil.copy(ROOT / part, copy)
        if said := failure(copy, sorted({test for each in chosen for test in each.tests})):
            print(said, "the tests fail without any fault", sep="\n")
            return 2
        alive = 0
        for each in chosen:
            started = time.monotonic()
            before = apply(each, *(copy / folder for folder in FOLDERS))
            survives = not failure(copy, each.tests)
            for path, content in before.items():
                path.write_bytes(content)
            alive += survives
            print(f"{'ALIVE ' if survives else 'killed'}  {each.name}  "
                  f"({time.monotonic() - started:.0f} s)", flush=True)
    print(f"{len(chosen) - alive} of {len(chosen)} killed")
    return 1 if alive else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
