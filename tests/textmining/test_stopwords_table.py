"""The filter in Orange3-Text: replay, batch invariance, what stock filters do instead."""
import copy
import pickle

import numpy as np
import pytest
import scipy.sparse as sp
from Orange.classification import LogisticRegressionLearner
from Orange.data import ContinuousVariable, DiscreteVariable, Domain, StringVariable, Table
from orangecontrib.text import Corpus
from orangecontrib.text.preprocess import (
    FrequencyFilter,
    LowercaseTransformer,
    MostFrequentTokensFilter,
    NGrams,
    NumbersFilter,
    PreprocessorList,
    RegexpFilter,
    RegexpTokenizer,
    SnowballStemmer,
    WordPunctTokenizer,
)
from orangecontrib.text.vectorization.bagofwords import BowVectorizer

from orangecontrib.customs.declarations.lemmas.table import FamilyNormalizer, LemmaNormalizer
from orangecontrib.customs.textmining.stopwords import bundled_designations, explain
from orangecontrib.customs.textmining.stopwords.table import (
    CustomsStopwordFilter,
    FoldTransformer,
    FrozenVocabulary,
    Options,
    class_labels,
    designations_of,
    gather,
    normaliser_of,
    prepare,
    words_of,
    words_table,
)

NAMES = {"8504": ("Источник питания", "Преобразователь напряжения", "Инвертор сварочный"),
         "8536": ("Устройство защиты цепей", "Сетевой фильтр", "Реле защиты"),
         "9032": ("Регулятор напряжения", "Контроллер температуры", "Блок управления котлом")}
TAILS = ("для оборудования", "не более 16 А", "без датчика", "промышленного назначения",
         "для установки в щит", "с кабелем, 2 шт", "новый", "запасная часть")


def make_corpus(n=100, seed=0, classes=tuple(NAMES)):
    rng = np.random.default_rng(seed)
    y = rng.integers(0, len(classes), n)
    texts = [f"{rng.choice(NAMES[classes[k]])} {rng.choice(TAILS)} {rng.choice(TAILS)}" for k in y]
    texts = [t.replace("Н", "H").upper().replace("НА", "HA") if i % 7 == 0 else t
             for i, t in enumerate(texts)]
    return corpus_of(texts, y, classes)


def corpus_of(texts, y=None, classes=tuple(NAMES)):
    text = StringVariable("description")
    code = DiscreteVariable("HS code", values=classes) if y is not None else None
    return Corpus.from_numpy(
        Domain([], code, [text]), np.empty((len(texts), 0)),
        None if y is None else np.asarray(y, dtype=float),
        np.array([[t] for t in texts], dtype=object).reshape(len(texts), 1),
        text_features=[text], language="ru")


def chain(*more):
    return PreprocessorList([LowercaseTransformer(), RegexpTokenizer(), SnowballStemmer("ru"),
                             *more])


def names(corpus):
    return [str(step) for step in corpus.used_preprocessor.preprocessors]


def filtered(corpus, options=None, **kwargs):
    material = gather(corpus, bundled_designations(), **kwargs)
    return CustomsStopwordFilter(material.learn(options or Options()))(material.prepared.corpus)


def raw_copy(corpus):
    """The same documents as somebody else would load them: no tokens, no preprocessing."""
    return Corpus.from_numpy(corpus.domain, corpus.X, corpus.Y, corpus.metas,
                             text_features=list(corpus.text_features), language="ru")


def one_by_one_and_together(corpus, options=None, learner=None, through=None):
    bow = BowVectorizer().transform(through if through is not None else
                                    filtered(corpus, options))
    assert sp.issparse(bow.X)
    model = LogisticRegressionLearner(penalty="l1", C=1., random_state=0)(bow)
    model = pickle.loads(pickle.dumps(model))
    new = raw_copy(make_corpus(100, seed=1))
    together = model(new, model.Probs)
    alone = np.vstack([model(new[i:i + 1], model.Probs) for i in range(len(new))])
    return together, alone


@pytest.mark.parametrize("options", [
    Options(), Options(level=None), Options(window=(.05, .3), limit=30)])
def test_one_declaration_scores_as_in_a_batch(options):
    together, alone = one_by_one_and_together(chain()(make_corpus()), options)
    assert len(np.unique(together, axis=0)) > 3, "the model looks at the words"
    assert (together == alone).all()


@pytest.mark.parametrize("normalisers", [
    [LemmaNormalizer], [FamilyNormalizer], [LemmaNormalizer, FamilyNormalizer]])
def test_one_declaration_scores_as_in_a_batch_behind_lemmas_and_families(normalisers):
    plain = PreprocessorList([LowercaseTransformer(), RegexpTokenizer()])(make_corpus())
    through = filtered(plain, normalisers=[step() for step in normalisers])
    assert names(through)[-1 - len(normalisers):-1] == [step.name for step in normalisers]
    together, alone = one_by_one_and_together(plain, through=through)
    assert len(np.unique(together, axis=0)) > 3
    assert (together == alone).all()


def test_a_normaliser_that_the_corpus_came_with_is_not_done_twice():
    corpus = PreprocessorList([RegexpTokenizer(), LemmaNormalizer()])(make_corpus(5))
    assert normaliser_of(corpus) == LemmaNormalizer.name and not normaliser_of(make_corpus(5))
    prepared = prepare(corpus, normalisers=[LemmaNormalizer(), FamilyNormalizer()])
    assert names(prepared.corpus)[-2:] == [LemmaNormalizer.name, FamilyNormalizer.name]
    assert names(prepared.corpus).count(LemmaNormalizer.name) == 1


def test_word_families_meet_in_one_word_that_the_tariff_list_knows():
    plain = corpus_of(["инверторный стабилизатор", "инвертор для стабилизации"], [0, 0])
    material = gather(plain, [("8504", "Инверторы")], normalisers=[FamilyNormalizer()])
    row = {r.word: r for r in explain(material.learn(Options()), material.counts)}
    inverter = next(word for word in row if word.startswith("инверт"))
    assert (row[inverter].df, row[inverter].source) == (2, "tariff")


def test_batch_invariant_behind_a_frozen_upstream_filter():
    corpus = chain(FrequencyFilter(.05, .3))(make_corpus())
    together, alone = one_by_one_and_together(corpus)
    assert len(np.unique(together, axis=0)) > 3
    assert (together == alone).all()


def test_the_stock_document_frequency_filter_does_not_serve_as_trained():
    """Documentation of what the frozen lexicon is for (Orange3-Text fits again on new data)."""
    corpus = chain(FrequencyFilter(.05, .3))(make_corpus())
    together, alone = one_by_one_and_together(corpus, through=corpus)
    assert not np.allclose(together, alone)
    assert len(np.unique(alone, axis=0)) == 1, "alone, every bag of words is empty"


def test_fold_first_and_chain_replayed():
    out = filtered(chain(NumbersFilter(), NGrams((1, 2)))(make_corpus()))
    assert names(out) == ["Fold look-alike letters", "Lowercase", "Regexp", "Snowball Stemmer",
                          "Numbers", "N-grams Range", "Customs stop-words"]
    assert out.ngram_range == (1, 2)


def test_look_alike_letters_meet_the_stemmer_folded():
    corpus = chain()(corpus_of(["HАПРЯЖЕHИЕ и ещё", "напряжение и еще"], [0, 0]))
    assert corpus.tokens[0][0] != corpus.tokens[1][0]
    prepared = prepare(corpus).corpus
    assert list(prepared.tokens[0]) == list(prepared.tokens[1])


def test_rows_keep_ids_class_and_metas():
    corpus = chain()(make_corpus(20))
    out = filtered(corpus)
    assert isinstance(out, Corpus) and out.domain == corpus.domain
    assert (out.ids == corpus.ids).all() and (out.metas == corpus.metas).all()
    assert list(corpus.tokens[0]) == list(chain()(make_corpus(20)).tokens[0]), "input untouched"


def test_tariff_words_match_stems():
    corpus = chain()(corpus_of(["преобразователи напряжения сварочные"] * 2, [0, 0]))
    material = gather(corpus, [("8504", "Преобразователь статический")])
    out = CustomsStopwordFilter(material.learn(Options(codes=("8504",))))(
        material.prepared.corpus)
    assert list(out.tokens[0]) == ["напряжен", "сварочн"]
    row = {r.word: r for r in explain(material.learn(Options()), material.counts)}
    assert row["преобразовател"].code == "8504"


def test_negations_and_bounds_survive_the_tariff():
    corpus = chain()(corpus_of(["не более 16 а без кабеля кроме менее"], [0]))
    material = gather(corpus, [("8504", "не более, без, кроме, менее")])
    out = CustomsStopwordFilter(material.learn(Options()))(material.prepared.corpus)
    assert {"не", "без", "кром", "мен"} <= {t for t in out.tokens[0]}


BOX_31 = "лампа, арт. 5, мод. А, кол-во 7, изготовитель ООО лампа, товарный знак не обозначен"


@pytest.mark.parametrize("normaliser", [None, SnowballStemmer("ru"), LemmaNormalizer(),
                                        FamilyNormalizer()])
def test_boilerplate_of_box_31_goes_in_the_forms_of_the_corpus(normaliser):
    steps = [LowercaseTransformer(), RegexpTokenizer(), *filter(None, [normaliser])]
    corpus = PreprocessorList(steps)(corpus_of([BOX_31], [0]))
    kept = set(filtered(corpus, Options(level=None)).tokens[0])
    assert kept - {"не"} <= {"лампа", "ламп"} and kept - {"не"}
    assert len(filtered(corpus, Options(level=None, boilerplate=False)).tokens[0]) > len(kept) + 5


def test_boilerplate_survives_a_tokenizer_that_keeps_the_hyphen():
    corpus = RegexpTokenizer(r"[\w-]+")(corpus_of(["лампа кол-во 5"], [0]))
    assert list(filtered(corpus).tokens[0]) == ["лампа"]


def test_a_stem_that_is_another_word_here_is_no_boilerplate():
    """Snowball makes «кол» of «колена», too, and «за» of «ЗАО»."""
    options = Options(level=None, functions=False)
    boots = chain()(corpus_of(["сапоги выше колена", "сапоги за 5"], [0, 0]))
    assert list(filtered(boots, options).tokens[0]) == ["сапог", "выш", "кол"]
    assert "за" in filtered(boots, options).tokens[1]
    lamps = chain()(corpus_of(["лампа кол-во 5", "лампа ЗАО"], [0, 0]))
    assert "кол" not in filtered(lamps, options).tokens[0]
    assert "за" not in filtered(lamps, options).tokens[1]


@pytest.mark.parametrize("normaliser, goods", [
    (SnowballStemmer("ru"), "комплектующие часы этил среда"),
    (FamilyNormalizer(), "вес внутренний упаковка передний"),
    (LemmaNormalizer(), "вес внутренний часы передний")])
def test_function_words_and_units_take_no_other_word_along(normaliser, goods):
    """The tables hold «комплект», «час», «это», «весь»: their stems are other words' as well."""
    steps = PreprocessorList([LowercaseTransformer(), RegexpTokenizer(), normaliser])
    listed = "другими коробки из которых 5 мм в комплекте"
    out = filtered(steps(corpus_of([goods, ""], [0, 0])), Options(level=None))
    assert len(out.tokens[0]) == len(goods.split())
    out = filtered(steps(corpus_of([listed, "ток"], [0, 0])), Options(level=None))
    assert list(map(list, out.tokens)) == [[], ["ток"]]


def test_each_stem_has_the_form_in_which_these_texts_use_it():
    texts = ["преобразователь", "Преобразователь", "преобразователи", "двигателя двигателю"]
    forms = prepare(chain()(corpus_of(texts, [0] * 4))).forms
    assert forms == {"преобразовател": "преобразователь", "двигател": "двигателю"}  # ties: ю < я
    other = prepare(chain()(corpus_of(["преобразователями"], [0]))).forms
    assert other["преобразовател"] == "преобразователями"
    assert prepare(corpus_of(["лампа"], [0])).forms == {}, "nothing normalised"


def test_protected_words_in_any_form():
    material = gather(chain()(corpus_of(["кожаная обувь"], [0])), [("6403", "обувь кожаная")])
    out = CustomsStopwordFilter(material.learn(Options(protected=("Кожаный",))))(
        material.prepared.corpus)
    assert list(out.tokens[0]) == ["кожан"]


@pytest.mark.parametrize("fitting", [FrequencyFilter(2, 1.), MostFrequentTokensFilter(5)])
def test_a_re_fitting_filter_is_frozen_in_its_place(fitting):
    corpus = chain(copy.copy(fitting), RegexpFilter("xyz"))(make_corpus())
    prepared = prepare(corpus)
    frozen = prepared.corpus.used_preprocessor.preprocessors[-2]
    assert isinstance(frozen, FrozenVocabulary)
    assert prepared.upstream == ((str(fitting), frozen.words),)
    assert {t for tokens in prepared.corpus.tokens for t in tokens} <= frozen.words
    # locked: the same words on other data
    other = prepare(chain(copy.copy(fitting))(corpus_of(["совсем другое"], [0])),
                    prepared.upstream)
    assert other.upstream == prepared.upstream
    assert not len(other.corpus.tokens[0])
    # a filter that the locked lexicon does not know is left out
    unknown = prepare(chain(copy.copy(fitting))(corpus_of(["совсем другое"], [0])), ())
    assert unknown.unknown_upstream == (str(fitting),)
    assert len(unknown.corpus.tokens[0]) == 2


def test_the_upstream_corpus_keeps_its_own_filter():
    corpus = chain(FrequencyFilter(2, 1.))(make_corpus())
    step = corpus.used_preprocessor.preprocessors[-1]
    before = set(step._lexicon)
    prepare(corpus[:3])
    assert step._lexicon == before


def test_untokenised_corpus_is_tokenised_first():
    prepared = prepare(make_corpus(5))
    assert prepared.tokenised and not prepared.normalised
    assert names(prepared.corpus) == ["Fold look-alike letters", "Regexp"]
    prepared = prepare(LowercaseTransformer()(make_corpus(5)))
    assert names(prepared.corpus) == ["Fold look-alike letters", "Lowercase", "Regexp"]


def test_a_filter_recorded_before_its_tokenizer_is_put_right():
    corpus = NumbersFilter()(corpus_of(["лампа 40"], [0]))
    prepared = prepare(corpus)
    assert names(prepared.corpus) == ["Fold look-alike letters", "Word & Punctuation", "Numbers"]
    assert list(prepared.corpus.tokens[0]) == ["лампа"]


def test_two_filters_in_a_row():
    once = filtered(chain()(make_corpus()))
    twice = filtered(once)
    assert names(twice).count(FoldTransformer.name) == 1
    assert [list(t) for t in twice.tokens] == [list(t) for t in once.tokens]


def test_filter_copies_and_pickles():
    out = filtered(chain()(make_corpus(10)), Options(window=(.05, .9)))
    for again in (copy.deepcopy(out.used_preprocessor),
                  pickle.loads(pickle.dumps(out.used_preprocessor))):
        tokens = again(raw_copy(make_corpus(10))).tokens
        assert [list(t) for t in tokens] == [list(t) for t in out.tokens]


def test_pos_tags_stay_parallel():
    corpus = WordPunctTokenizer()(corpus_of(["лампа для стола", "для лампы"], [0, 0]))
    corpus.pos_tags = np.array([["N", "P", "N"], ["P", "N"]], dtype=object)
    out = CustomsStopwordFilter(gather(corpus, []).learn(Options()))(corpus)
    assert [list(t) for t in out.pos_tags] == [["N", "N"], ["N"]]


def test_no_words_left_still_replays():
    corpus = chain()(corpus_of(["для 40", "из 50"], [0, 1]))
    out = filtered(corpus)
    assert [len(t) for t in out.tokens] == [0, 0]


def test_bad_corpora_say_what_is_missing():
    with pytest.raises(ValueError, match="empty"):
        gather(make_corpus(3)[:0], [])
    bare = Corpus.from_numpy(Domain([ContinuousVariable("x")]), np.ones((2, 1)))
    with pytest.raises(ValueError, match="no text"):
        gather(bare, [])


def test_mixed_languages():
    corpus = chain()(corpus_of(["лампа of the desk", "LED lamp for лампа"], [0, 0]))
    out = filtered(corpus, Options(patterns=("latin",)))
    assert [list(t) for t in out.tokens] == [["ламп"], ["ламп"]]


def test_class_labels():
    labels, classes = class_labels(make_corpus(30)[:4])
    assert len(labels) == 4 and set(classes) <= set(NAMES)
    code = ContinuousVariable("code")
    table = Corpus.from_numpy(Domain([], code, [StringVariable("t")]), np.empty((3, 0)),
                              np.array([8504, 6403, np.nan]), np.array([["a"]] * 3, dtype=object))
    labels, classes = class_labels(table)
    assert classes == ("6403", "8504") and list(labels) == [1, 0, -1]
    assert class_labels(corpus_of(["a"])) == (None, ())


# -- tables

def strings(**columns):
    return Table.from_list(Domain([], metas=[StringVariable(name) for name in columns]),
                           [list(row) for row in zip(*columns.values())])


def test_nomenclature_columns_are_found():
    table = strings(unit=["пар", "шт"], designation=["Обувь кожаная", "Преобразователи"],
                    code=["6403", "8504 40"])
    assert designations_of(table) == [("6403", "Обувь кожаная"), ("850440", "Преобразователи")]


def test_numeric_codes_get_their_zero_back():
    table = Table.from_list(Domain([ContinuousVariable("ТН ВЭД")], metas=[StringVariable("имя")]),
                            [[101, "лошади"], [8504, "трансформаторы"]])
    assert designations_of(table) == [("0101", "лошади"), ("8504", "трансформаторы")]


def test_nomenclature_without_usable_columns():
    with pytest.raises(ValueError, match="codes"):
        designations_of(strings(a=["обувь"], b=["кожа"]))
    with pytest.raises(ValueError, match="texts"):
        designations_of(strings(code=["6403"]))


def test_words_column():
    table = strings(note=["a b c d"], w=["стол"])
    assert words_of(table) == ["стол"]
    table.domain["note"].attributes["type"] = "words"
    assert words_of(table) == ["a b c d"]
    with pytest.raises(ValueError, match="text column"):
        words_of(Table.from_list(Domain([ContinuousVariable("x")]), [[1]]))


def test_words_table_follows_the_convention():
    material = gather(chain()(make_corpus()), bundled_designations())
    rows = explain(material.learn(Options()), material.counts, material.choice(Options()))
    table = words_table([r for r in rows if not r.keep], material.counts, "Stop Words")
    assert table.domain["Words"].attributes["type"] == "words"
    assert [v.name for v in table.domain.attributes] == [
        "documents", "df", "df: 8504", "df: 8536", "df: 9032"]
    row = list(table.get_column("Words")).index("защит")
    assert "8536" in str(table[row, "code"]) and "tariff" in str(table[row, "source"])
    assert table[row, "df: 8536"] > .3 and table[row, "df: 8504"] == 0
    assert len(words_table([], material.counts, "Kept Words")) == 0


def test_words_table_shows_forms_where_it_is_given_them():
    material = gather(chain()(make_corpus()), bundled_designations())
    rows = explain(material.learn(Options()), material.counts)
    table = words_table(rows, material.counts, "Words", forms=material.forms)
    assert [v.name for v in table.domain.metas] == ["Words", "form", "source", "code"]
    forms = dict(zip(table.get_column("Words"), table.get_column("form")))
    assert forms["сварочн"] == "сварочный"
    assert "form" not in words_table(rows, material.counts, "Words").domain


def test_what_tariff_nomenclature_sends_is_understood():
    from orangecontrib.customs.nomenclature import bundled_tariff
    from orangecontrib.customs.nomenclature.table import tariff_table
    texts = dict(designations_of(tariff_table(bundled_tariff())))
    assert {"6403", "8504"} <= set(texts)
    assert "реобразовател" in texts["8504"]
