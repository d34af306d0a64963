"""The bundled corpus of declarations: what it promises, and that it can be written again."""
import csv
import re
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from Orange.data import Domain, StringVariable
from orangecontrib.text import Corpus
from orangecontrib.text.preprocess import (
    LowercaseTransformer,
    PreprocessorList,
    RegexpTokenizer,
    SnowballStemmer,
)

from orangecontrib.customs.nomenclature import bundled_tariff
from orangecontrib.customs.textmining.keywords import PhraseFinder, expert_phrases
from orangecontrib.customs.textmining.stopwords import bundled_designations
from orangecontrib.customs.textmining.stopwords.table import (
    CustomsStopwordFilter,
    Options,
    gather,
)
from tools.samples import make_declarations as made
from tools.samples.slips import SLIPS, Dice, transliterated

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
        assert "{" not in document.description and "  " not in document.description


def test_an_extract_keeps_the_first_line_and_the_other_databases_the_whole_text(samples):
    lines = [d for d in samples[0] if "first_line" in d.causes]
    whole = [d for d in samples[0] if "first_line" not in d.causes]
    assert max(len(d.description) for d in lines) <= made.FIRST_LINE == 250
    assert any("cut" in d.causes and len(d.description) >= 249 for d in lines)
    assert sum(len(d.description) > 250 for d in whole) > len(whole) / 3
    assert all("cut" not in d.causes or len(d.description) > 990 for d in whole)


@pytest.mark.parametrize("sample", [0, 1])
def test_the_words_are_enough_for_the_papers_sweep(samples, sample):
    """100 words of 5-20 % of the documents for the last column of Table 5, 120 of 5-60 %."""
    shares = document_frequencies([d.description for d in samples[sample]])
    assert sum(.05 <= share <= .2 for share in shares) >= 100
    assert sum(.05 <= share <= .6 for share in shares) >= 120


def document_frequencies(texts):
    """Shares of the documents of each word that the filter of the comparison leaves."""
    feature = StringVariable("text")
    corpus = PreprocessorList([LowercaseTransformer(), RegexpTokenizer(), SnowballStemmer("ru")])(
        Corpus.from_numpy(Domain([], metas=[feature]), np.empty((len(texts), 0)),
                          metas=np.array([[text] for text in texts], dtype=object),
                          text_features=[feature], language="ru"))
    material = gather(corpus, bundled_designations())
    lexicon = material.learn(Options(level=None, patterns=("numbers", "units", "letters",
                                                           "latin")))
    kept = CustomsStopwordFilter(lexicon)(material.prepared.corpus)
    counts = Counter(word for tokens in kept.tokens for word in set(tokens))
    return [count / len(texts) for count in counts.values()]


def test_the_goods_of_the_paper_are_declared_under_the_codes_of_its_dispute(samples):
    pure = made.generate(made.TRAINING, 1, 3, {**dict.fromkeys(made.shares(), 0), "disputed": .03})
    codes = {kind: Counter(d.code for d in pure if kind in d.description and
                           "СТАБИЛИЗАТОР" in d.description)
             for kind in ("СТАБИЛИЗАТОР", "ИНВЕРТОРНЫЙ", "РЕЛЕЙН", "ФЕРРОРЕЗОНАНСНЫЙ")}
    assert all(counts["903289"] for counts in codes.values())
    assert all(set(counts) <= {"903289", "850440"} for counts in codes.values())
    kinds = codes["СТАБИЛИЗАТОР"]
    assert 0 < kinds["850440"] < kinds["903289"] < made.TRAINING["903289"] / 3
    assert kinds["850440"] == sum("disputed" in d.causes for d in pure)


def test_each_phrase_of_the_papers_expert_occurs():
    with open(BUNDLED / "declarations.csv", encoding="utf-8") as file:
        texts = [row["description"] for row in csv.DictReader(file)]
    finder = PhraseFinder(expert_phrases())
    found = Counter(phrase for text in texts for phrase in finder.find(text))
    assert len(found) == 12


#: Causes that need something to fall on, or that an earlier cause leaves no room for.
CONDITIONAL = {*SLIPS, *(row["cause"] for row in made._rows("causes") if row["not_with"])}


def test_every_cause_touches_about_its_share():
    sample = made.generate({"850440": 1500}, 1, 3)
    counts = Counter(cause for document in sample for cause in document.causes)
    for cause, share in made.shares().items():
        reached = counts[cause] / 1500
        assert reached == pytest.approx(share, abs=.08 if cause in CONDITIONAL else .035), cause
        assert .5 * share < reached < share + .035, cause


def only(cause, code="850440", number=60):
    """Documents which one cause touches wherever it can, and no other."""
    chances = {**dict.fromkeys(made.shares(), 0), cause: 1}
    return made.generate({code: number}, 1, 4, chances)


@pytest.fixture(scope="module")
def clean():
    """Words of texts without any cause."""
    sample = made.generate({"850440": 1500}, 1, 9, dict.fromkeys(made.shares(), 0))
    return {word for d in sample for word in re.findall(r"[^\W\d]+", d.description)}


PATTERNS = {
    "nameless": r"^(?:ЗАПАСНЫЕ ЧАСТИ|КОМПЛЕКТУЮЩИЕ|ЧАСТИ) ",
    "disputed": r"СТАБИЛИЗАТОР",
    "foreign_words": r"SUPPLY|CHARGER|CONVERTER|INVERTER",
    "quantity_list": r"АРТ\..+ - \d+ ШТ, АРТ\..+ - \d+ ШТ, (?:ВСЕГО|ИТОГО) - \d+ ШТ$",
    "spare_part": r"^[^:,]+: ",
    "transliterated": r'ИЗГОТОВИТЕЛЬ "[А-Я]{4}',
    "abbreviated": "|".join(re.escape(row["short"].upper())
                            for row in made._rows("abbreviations")),
    "glued_units": r"\d[А-Я]{1,3}2?\b",
    "look_alike": r"[А-Я][A-Z]|[A-Z][А-Я]|, C ",
}


@pytest.mark.parametrize("cause", PATTERNS)
def test_a_cause_is_seen_in_the_texts_it_touches(cause):
    touched = [d for d in only(cause) if cause in d.causes]
    assert len(touched) > 30
    for document in touched:
        assert re.search(PATTERNS[cause], document.description), document.description
    pure = made.generate({"850440": 300}, 1, 4, dict.fromkeys(made.shares(), 0))
    assert not [d for d in pure if re.search(PATTERNS[cause], d.description)]


@pytest.mark.parametrize("cause", ["misprint", "split_word", "glued_words"])
def test_a_slip_leaves_a_word_that_clean_texts_lack(cause, clean):
    touched = [d for d in only(cause) if cause in d.causes]
    strange = [d for d in touched
               if set(re.findall(r"[^\W\d]+", d.description)) - clean]
    assert len(touched) > 40 and len(strange) > .95 * len(touched)


@pytest.mark.parametrize("cause", sorted(made.shares()))
def test_a_cause_changes_the_texts_and_can_be_switched_off(cause):
    off = dict.fromkeys(made.shares(), 0)
    pure = made.generate({"850440": 20}, 1, 4, off)
    assert not [d for d in pure if d.causes]
    assert pure != only(cause, number=20)


def test_tariff_wording_is_the_tariffs_own():
    tariff = bundled_tariff(branch="electrical")
    beginnings = tuple(f"{tariff[code].ru.upper()}:" for code in tariff if code[:4] == "8504")
    assert all(d.description.startswith(beginnings) for d in only("tariff_wording"))
    assert not any(d.description.startswith(beginnings) for d in only("wrong_tariff_wording"))


def test_a_text_of_several_goods_names_one_more():
    names = {name.upper() for row in made._rows("goods") for name in row["name"].split("|")}
    for document in only("several_goods"):
        assert any(part in names for part in document.description.split(", ")[1:])


def test_makers_and_marks_are_the_invented_ones(samples):
    known = {"SIEMENS", "ABB", "SCHNEIDER", "PHILIPS", "BOSCH", "LEGRAND", "ШТИЛЬ", "РЕСАНТА",
             "CATERPILLAR", "HUAWEI", "SAMSUNG", "ФОРД", "КЛААС"}
    texts = [d.description for sample in samples for d in sample]
    assert not known & {word for text in texts for word in re.findall(r"\w+", text)}
    makers = [text.upper() for row in made._rows("phrases") if row["kind"] == "maker"
              for text in row["text"].split("|")]
    pure = made.generate({"850440": 300}, 1, 5, dict.fromkeys(made.shares(), 0))
    for document in pure:
        for maker in re.findall("ИЗГОТОВИТЕЛЬ (.{7})", document.description):
            assert any(name.startswith(maker) for name in makers)


def test_the_same_seed_writes_the_same_and_another_seed_another():
    one, again, other = (made.generate({"853630": 30}, 1, seed) for seed in (7, 7, 8))
    assert one == again != other


CAPITALS = st.text("АБВЕКМНОРСТХ ,.0123456789ABC", max_size=60)


@given(CAPITALS, st.sampled_from(sorted(SLIPS)), st.integers(0, 99))
def test_a_slip_never_fails_and_loses_at_most_a_letter_a_space_or_an_ending(text, cause, seed):
    slipped = SLIPS[cause](text, Dice(seed))
    assert slipped == slipped.upper()
    if cause in ("misprint", "split_word", "glued_words", "look_alike"):
        assert abs(len(slipped) - len(text)) <= 1


def test_transliteration_leaves_no_latin_letter():
    assert transliterated('"Shenzhen Vektorin Co., Ltd"') == '"ШЕНЖЕН ВЕКТОРИН КО., ЛТД"'
    assert not re.search("[A-Z]", transliterated("The quick brown fox jumps over lazy dogs"))


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
