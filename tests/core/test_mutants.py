"""`make mutants` means what it says; it takes minutes, and the tests themselves do not run it."""
import re
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]
spec = spec_from_file_location("mutants", TESTS / "mutants.py")
mutants = module_from_spec(spec)
spec.loader.exec_module(mutants)

FOLDERS = [mutants.ROOT / folder for folder in mutants.FOLDERS]


@pytest.mark.parametrize("mutant", mutants.MUTANTS, ids=lambda mutant: mutant.name)
def test_a_mutant_has_its_place_and_its_tests(mutant):
    for text, instead in mutant.changes:
        found = [str(path) for path in mutants.places(text, *FOLDERS)]
        assert len(found) == 1, f"{text!r} stands in {found}: give the mutant its new text"
        assert instead != text
    assert mutant.tests
    for test in mutant.tests:
        path, _, name = test.partition("::")
        source = (mutants.ROOT / path).read_text(encoding="utf-8")
        assert re.search(rf"^def {name}\(", source, re.MULTILINE), f"there is no {test}"


def test_names_differ():
    names = [mutant.name for mutant in mutants.MUTANTS]
    assert len(set(names)) == len(names)


def test_a_fault_is_put_in_and_taken_out_again(tmp_path):
    (tmp_path / "inner").mkdir()
    for name in ("a.py", "inner/b.csv"):
        (tmp_path / name).write_text(f"one = 1  # {name}\n")
    fault = mutants.mutant("x", "1  # a", "2  # a", "one = 1  # inner", "0", tests=["t"])
    before = mutants.apply(fault, tmp_path)
    assert (tmp_path / "a.py").read_text() == "one = 2  # a.py\n"
    assert (tmp_path / "inner" / "b.csv").read_text() == "0/b.csv\n"
    for path, content in before.items():
        path.write_bytes(content)
    assert (tmp_path / "a.py").read_text() == "one = 1  # a.py\n"
    with pytest.raises(ValueError):
        mutants.apply(mutants.mutant("x", "one", "two", tests=["t"]), tmp_path)
