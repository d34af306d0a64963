"""Lemmas and word families: functions of one word, and normalisers that replay."""
import copy
import pickle
import re
import subprocess
import sys
from importlib.resources import files

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from Orange.data import Domain, StringVariable
from orangecontrib.text import Corpus
from orangecontrib.text.preprocess import PreprocessorList, RegexpTokenizer, SnowballStemmer
from orangecontrib.text.vectorization.bagofwords import BowVectorizer
from Stemmer import Stemmer

from orangecontrib.customs.declarations.lemmas import family, lacking, lemma
from orangecontrib.customs.declarations.lemmas.families import _named, _rows
from orangecontrib.customs.declarations.lemmas.lemma import known
from orangecontrib.customs.declarations.lemmas.table import FamilyNormalizer, LemmaNormalizer

NORMALISERS = [LemmaNormalizer, FamilyNormalizer]
TEXTS = ["Стабилизаторами инверторного типа, 220В", "РЕЛЕ защитное для цепей тока",
         "туфли с подноском из стали, MAX", "", "инвертор инвертора"]

#: Each line is a family.
RELATIVES = [
    "инвертор инверторный инверторн инверторами",
    "защита защитный защитн защищенный защит",
    "стабилизатор стабилизация стабилизировать стабилизирующий стабилизированного",
    "регулятор регулирование регулировать регулируемый регулировка регулирующий",
    "преобразователь преобразование преобразовать преобразов преобразовательный",
    "питание питающий питать питания питан",
    "реле релейный рел релейного",
    "трансформатор трансформаторный трансформация",
    "выключатель выключение выключать",
    "переключатель переключение",
    "генератор генерация генераторный",
    "выпрямитель выпрямление выпрямительный",
    "потребитель потребление потребляемый потребительский",
    "сеть сетевой сети сетевых",
    "тип типовой типа",
    "сила силовой",
    "кнопка кнопочный кнопок",
    "катушка катушечный катушек",
    "розетка розеточный",
    "установка установочный устанавливать",
    "упаковка упаковать упакованный упаковочный",
    "измерение измерительный измеритель",
    "электрический электричество",
    "электроника электронный",
    "вентилятор вентиляция вентиляционный",
    "изготовитель изготовление изготовлен",
    "кожа кожаный",
    "резина резиновый",
    "текстиль текстильный",
    "котел котла котлов котловой",
    "фланец фланца фланцевый",
    "подносок подноском подноска",
    "освещение осветительный",
    "напряжение напряжением напряжен",
    "ось оси осей осью осями осях",
    "ель ели елей елью",
    "конец концевой конечный концами",
    "уголь угольный угля",
    "волокно волокон волокнистый",
]
#: Words that only look alike.
STRANGERS = [
    "ток точка точность", "плата платье платок", "сила силос силикон", "прибор прибыль прибытие",
    "генератор генеральный", "вентилятор вентиль", "модуль модуляция", "состав состояние",
    "прочий прочность", "способ способность", "средний среда", "стоимость стол",
    "реле рельс рельеф", "питание питьевой", "белый белье", "электрический электронный",
    "текст текстиль", "кот котел", "крепление крепкий", "орган организация", "пост постоянный",
    "крем кремний", "струя строить", "как какао", "усилие усилитель", "быт быть", "пласт пластик",
    "цепь цепкий", "контроль контроллер", "порт портрет", "лампа лампас", "мех механизм",
    "кабель кабина", "кнопка кнут", "стекло стечь", "ооо об о ось", "переменный перо",
    "волокно волк", "дизайн дизель", "минимальный мина", "радиальный радиация радио",
    "наполнитель напольный", "конечный коньки", "гвоздь гвоздика", "печень печенье",
    "доля доломит", "кора корова", "бар барий", "сыр сырье", "уголь угол", "склад складной",
    "специальный специи",
]


@pytest.mark.parametrize("words", RELATIVES)
def test_relatives_share_a_key(words):
    assert len({family(word) for word in words.split()}) == 1


@pytest.mark.parametrize("words", STRANGERS)
def test_words_that_only_look_alike_keep_apart(words):
    words = words.split()
    assert len({family(word) for word in words}) == len(words)


@pytest.mark.parametrize("row", _rows("suffixes.csv"), ids=lambda row: row["suffix"])
def test_the_example_of_every_suffix_loses_it(row):
    assert not family(row["example"]).endswith(row["suffix"])


def test_words_of_the_bundled_declarations_meet_their_stems_and_lemmas():
    path = files("orangecontrib.customs.workflows") / "electrical" / "declarations.csv"
    words = set(re.findall("[а-яё]{5,}", path.read_text(encoding="utf-8").lower()))
    words = set(filter(known, words))   # not the misprints, of which the declarations have some
    stem = Stemmer("russian").stemWord
    strays = {word for word in words
              if not family(word) == family(stem(word)) == family(lemma(word))}
    assert len(words) > 500 and len(strays) < .05 * len(words)


def test_every_named_family_is_its_own_key():
    whole, begins = _named()
    for name in {*whole.values(), *(name for _, name in begins)}:
        assert family(name) == name


@settings(deadline=None)
@given(st.text(alphabet="абвгдежзийклмнопрстуфхцчшщъыьэюя", max_size=14))
def test_the_key_of_a_key_is_itself(word):
    assert family(family(word)) == family(word)


@given(st.text(alphabet="аеийоуыьюямвгхсл", max_size=5))
def test_a_root_of_two_letters_is_no_family(word):
    assert len(family(word)) > 2 or family(word) == word


@settings(deadline=None)   # the dictionary is loaded once
@given(st.text(max_size=12))
def test_any_text_has_a_lemma_and_a_family(word):
    assert isinstance(lemma(word), str) and isinstance(family(word), str)


@settings(deadline=None)
@given(st.text(alphabet="ABCXYZabcxyz0123456789.,-/", max_size=12))
def test_what_is_no_russian_word_comes_back_in_lower_case(word):
    assert family(word + "7") == lemma(word + "7") == (word + "7").lower()


@pytest.mark.parametrize("form, expected", [
    ("Стабилизаторами", "стабилизатор"), ("подноском", "подносок"), ("подноски", "подносок"),
    ("реле", "реле"), ("инверторного", "инверторный"), ("стали", "сталь"), ("тока", "ток"),
    ("разъем", "разъем"), ("объём", "объем"), ("станков", "станок"), ("для", "для"),
    ("HАПРЯЖЕHИЯ", "напряжение"), ("IP65", "ip65"), ("220в", "220в"), ("", "")])
def test_the_form_of_the_dictionary(form, expected):
    assert lemma(form) == expected


@pytest.mark.parametrize("forms", ["варистор варистора варисторы варисторов",
                                   "термополиуретан термополиуретана",
                                   "сервоприводный сервоприводного сервоприводные"])
def test_forms_of_a_word_that_the_dictionary_lacks_meet(forms):
    assert {lemma(form) for form in forms.split()} == {forms.split()[0]}


def corpus(texts=TEXTS):
    text = StringVariable("text")
    return Corpus.from_numpy(
        Domain([], metas=[text]), np.empty((len(texts), 0)), metas=np.array(
            [[t] for t in texts], dtype=object), text_features=[text], language="ru")


def tokens_after(step, texts=TEXTS):
    return [list(t) for t in PreprocessorList([RegexpTokenizer(), step])(corpus(texts)).tokens]


@pytest.mark.parametrize("cls", NORMALISERS)
def test_one_text_is_read_as_a_thousand(cls):
    together = tokens_after(cls())
    assert together == [tokens_after(cls(), [text])[0] for text in TEXTS]
    step = cls()
    tokens_after(step)
    for other in (pickle.loads(pickle.dumps(step)), copy.deepcopy(step)):
        assert tokens_after(other) == together


@pytest.mark.parametrize("cls", NORMALISERS)
def test_a_bag_of_words_replays_the_normaliser_on_raw_texts(cls):
    prepared = PreprocessorList([RegexpTokenizer(), cls()])(corpus())
    assert [p.name for p in prepared.used_preprocessor.preprocessors][-1] == cls.name
    bag = BowVectorizer().transform(prepared)
    bag = pickle.loads(pickle.dumps(bag))
    for number, text in enumerate(TEXTS):
        alone = corpus([text]).transform(bag.domain)
        assert (alone.X[0] != bag.X[number]).nnz == 0


def test_families_go_on_top_of_a_stemmer_or_a_lemmatiser():
    for steps in ([], [SnowballStemmer("ru")], [LemmaNormalizer()]):
        chain = PreprocessorList([RegexpTokenizer(), *steps, FamilyNormalizer()])
        assert set(chain(corpus(["инвертор инверторного инверторами"])).tokens[0]) == {"инвертор"}


def test_the_names_are_what_a_workflow_shows():
    assert [cls.name for cls in NORMALISERS] == ["pymorphy3 lemmas", "Word families"]


BLOCKED = ("class Blocked:\n"
           "    def find_spec(self, name, *_):\n"
           "        if name.startswith('pymorphy3'):\n"
           "            raise ModuleNotFoundError(name)\n"
           "sys.meta_path.insert(0, Blocked())\n")


@pytest.mark.parametrize("block", ["sys.modules['pymorphy3'] = None\n", BLOCKED])
def test_without_pymorphy3_a_message_says_what_to_install(block):
    code = (f"import sys\n{block}"
            "from orangecontrib.customs.declarations.lemmas import family, lacking, lemma\n"
            "assert 'pip install pymorphy3' in lacking()\n"
            "assert family('инверторный') == 'инвертор'\n"
            "try:\n    lemma('слово')\n"
            "except ModuleNotFoundError as error:\n    assert 'pip install' in str(error)\n"
            "else:\n    raise AssertionError\n"
            "assert not {'Orange', 'AnyQt'} & set(sys.modules)\n")
    subprocess.run([sys.executable, "-c", code], check=True, timeout=600)
    assert lacking() == ""


def test_pymorphy3_is_loaded_late():
    code = ("import sys\n"
            "import orangecontrib.customs.declarations.lemmas\n"
            "assert 'pymorphy3' not in sys.modules\n")
    subprocess.run([sys.executable, "-c", code], check=True, timeout=600)
