"""The bundled corpus of declarations: what it promises, and that it can be written again."""
import csv
from collections import Counter
from pathlib import Path

import pytest

from orangecontrib.customs.nomenclature import electrical
from orangecontrib.customs.training import make_declarations as made

BUNDLED = Path(__file__).parents[2] / "workflows" / "electrical"


def test_the_bundled_files_are_what_the_generator_writes(tmp_path):
    for path in made.write(tmp_path):
        assert path.read_bytes() == (BUNDLED / path.name).read_bytes()


@pytest.fixture(scope="module")
def samples():
    return made.generate(made.TRAINING, 1, 1), made.generate(made.VALIDATION, 2, 2)


def test_as_many_documents_of_each_code_as_in_the_paper(samples):
    training, validation = samples
    assert Counter(d.code for d in training) == {"850440": 405, "853630": 397, "903289": 202}
    assert len(validation) == 300


def test_no_text_twice_and_the_validation_sample_is_another(samples):
    texts = [d.description for sample in samples for d in sample]
    assert len(set(texts)) == len(texts) == 1304


def test_texts_are_capitals_of_limited_length(samples):
    for document in samples[0]:
        assert document.description == document.description.upper()
        assert 0 < len(document.description) <= made.MAX_CHARACTERS
        assert document.identifier.startswith("made-")
        assert "{" not in document.description
    assert any("cut" in d.causes and len(d.description) >= 249 for d in samples[0])


def test_every_cause_touches_about_its_share():
    sample = made.generate({"850440": 1500}, 1, 3)
    counts = Counter(cause for document in sample for cause in document.causes)
    # Declarations with both wordings keep the rival's: a little less of the right one.
    for cause, share in made.shares().items():
        assert counts[cause] / 1500 == pytest.approx(share, abs=.035), cause


def test_a_cause_can_be_switched_off_or_made_certain():
    pure = made.generate({"850440": 50}, 1, 4, dict.fromkeys(made.shares(), 0))
    assert not [d for d in pure if set(d.causes) - {"cut"}]
    copied = made.generate({"850440": 50}, 1, 4, {"tariff_wording": 1, "look_alike": 0,
                                                  "wrong_tariff_wording": 0})
    tariff = electrical()
    beginnings = tuple(f"{tariff[code].ru.upper()}:" for code in tariff if code[:4] == "8504")
    assert all(d.description.startswith(beginnings) for d in copied)


def test_the_later_period_has_other_makers_and_newer_goods(samples):
    training, validation = (" ".join(d.description for d in sample) for sample in samples)
    assert "ЭНЕРГОТОН" in training and "ЭНЕРГОТОН" not in validation
    assert "ЭЛЕКТРОМОБИЛ" in validation and "ЭЛЕКТРОМОБИЛ" not in training


@pytest.mark.parametrize("arguments, name", [
    (dict(sizes={"640110": 1}), "640110"),
    (dict(sizes={"850440": 1}, causes={"bad_luck": .5}), "bad_luck")])
def test_unknown_codes_and_causes_are_named(arguments, name):
    with pytest.raises(ValueError, match=name):
        made.generate(period=1, seed=0, **arguments)


def test_the_causes_are_explained_and_no_column_of_the_texts():
    with open(BUNDLED / "declarations.csv", encoding="utf-8") as file:
        assert next(csv.reader(file)) == ["description", "code", "id"]
    with open(BUNDLED / "causes.csv", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 1304
    assert {cause for row in rows for cause in row["causes"].split()} == {*made.shares(), "cut"}


def test_the_command_names_what_it_wrote(tmp_path, capsys):
    assert made.main([str(tmp_path / "new")]) == 0
    assert "validation.csv" in capsys.readouterr().out
    occupied = tmp_path / "file"
    occupied.write_text("")
    assert made.main([str(occupied)]) == 2
    assert "cannot write" in capsys.readouterr().err
