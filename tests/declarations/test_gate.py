"""Footwear, parts of it, or something else: the head of the description decides."""

import pytest

from orangecontrib.customs.declarations import FactReader
from orangecontrib.customs.fusion import Engine, Witness
from orangecontrib.customs.fusion import decide as decide_codes
from orangecontrib.customs.groups import find_group, footwear

OTHER = [
    "КРЕМ ДЛЯ ОБУВИ БЕСЦВЕТНЫЙ", "Крем для кожаной обуви, 75 мл", "Щетка для обуви деревянная",
    "Клей обувной полиуретановый", "Оборудование для производства обуви: машина затяжная",
    "Машина для чистки обуви", "Шкаф для обуви", "Полка для обуви металлическая",
    "Тумба обувная", "Коробки картонные для обуви", "Сумка для обуви", "Чехлы для обуви",
    "Сушилка для обуви электрическая", "Шнурки для ботинок", "Ложка для обуви",
    "Дезодорант для обуви", "Пропитка для обуви водоотталкивающая",
    "Лыжи беговые", "Коньки хоккейные", "Ролики детские", "Крепления для лыжных ботинок",
    "Колодки обувные пластмассовые", "Ткань для верха обуви", "Кожа натуральная для верха обуви",
    "Фурнитура для обуви металлическая", "Нитки для пошива обуви", "Подошва утюга",
    "Пресс для вырубки деталей обуви", "Коврик под обувь", "Стеллаж для хранения обуви",
    "Пленка для упаковки ботинок", "Резина листовая для подошв", "Куртка и брюки, верх - полиэстер",
    "Краска для кожаной обуви", "Средство для ухода за обувью из замши",
    "Сушилки для сапог", "Вешалка для сапог", "Набор для чистки обуви: щетка, крем",
    "Одежда и аксессуары для ухода за обувью", "Крем от производителя для обуви",
    "Крем для обуви от производителя",
    "Краска для восстановления цвета кожаной обуви",
    # note 1
    "Бахилы одноразовые полиэтиленовые", "Обувь мужская, бывшая в употреблении",
    "Обувь изношенная, секонд-хенд", "Обувь ортопедическая детская",
    "Ортопедические ботинки по индивидуальному заказу", "Обувь для кукол, пластмассовая",
    "Туфельки кукольные", "Ботинки с прикрепленными коньками", "Ботинки с роликами",
    "Носки-тапочки без подошвы", "Обувь из асбеста для металлургов",
]
# Other goods, but no word of the text says so: nothing is known of what these nouns name.
OPEN = [
    "Носки мужские", "Насос центробежный", "ПОДШИПНИКИ РОЛИКОВЫЕ", "Одежда детская, боди",
    "Перчатки кожаные мужские", "Сумки с лицевой поверхностью из натуральной кожи",
    "Сумки и обувные коробки из картона", "Пластины набоечные резиновые", "Голень протеза",
    "Диван, верх - кожа, низ - текстиль", "Куртка и ботинки",
    "Верх - полиэстер, низ - ПВХ, рюкзак", "Верх: кожа, низ: резина",
    # of footwear, with footwear, or holding some
    "Шнурки ботинок", "Рюкзак с отделением для обуви", "Коробки с обувью", "Кукла в туфлях",
    "Шкаф с полками для обуви", "Вейдерсы с сапогами, верх - ПВХ, подошва - ПВХ",
    # who makes, sells or wears footwear, and what is like it
    "Чиксы от производителя обуви", "Чиксы для магазинов обуви", "Чиксы под цвет туфель",
    "Чиксы мужские для истинных любителей ковбойской обуви", "Чиксы на манер туфель",
    # garments with boots, and what has a sole of its own and is worn over footwear: the law
    # puts some of them into group 64
    "Полукомбинезон рыбацкий с сапогами", "Полукомбинезон с сапогами, верх - ПВХ, подошва - ПВХ",
    "Ледоступы на обувь, верх - резина, подошва - ТПЭ",
    "Чехлы на ботинки, верх - нейлон, подошва - ПВХ",
    "Накладки для подошвы, верх - резина, подошва - ТПЭ",
    # an unknown noun, upper or sole alone
    "Чиксы", "Чиксы из натуральной кожи", "Чиксы, верх - кожа", "Чиксы на подошве из резины",
    "Чиксы, упакованы в коробки для обуви", "Продукция обувная", "Обувная фабрика Заря, чиксы",
    # languages and no language
    "Schuhe aus Leder", "靴子，鞋面：皮革",
    "Черевики жіночі, верх - шкіра, підошва - гума", "12345 / 77", "...",
]
# An unknown noun, or none, beside the upper and the sole.
DESCRIBED = [
    "Чиксы, верх - резина, подошва - резина", "Чиксы. Верх: текстиль. Подошва: ТПР",
    "Чиксы детские на подошве из резины, с верхом из кожи",
    "Чиксы для прогулок с верхом из кожи и подошвой из резины",
    "Чиксы осенние с кожаным верхом на резиновой подошве, для носки под брюки",
    "Чиксы, верх - кожа, подошва - резина, в коробках для обуви",
    "Чиксы, upper - leather, sole - rubber",
    "Верх - кожа, подошва - резина, размер 40-45", "Подошва - резина, верх - кожа",
    "Изделия для носки дома, верх - текстиль, подошва - резина",
]
# Goods that have what is called an upper or a sole, and are something else.
LOOKALIKES = [
    "Утюг, верх - пластик, подошва - ПВХ", "Лыжи, верх - пластик, подошва - полиэтилен",
    "Подошва утюга, верх - пластик, подошва - ПВХ", "Сноуборд, верх - пластик, подошва - ПВХ",
    "Протез стопы, верх - силикон, подошва - резина", "Клей для верха из кожи и подошвы из резины",
    "Краска для резиновой подошвы и кожаного верха",
]
PARTS = [
    "Заготовки верха обуви из натуральной кожи", "Подошвы для обуви резиновые",
    "Подошва обувная из ТЭП", "Стельки вкладные", "Стелька ортопедическая", "Каблуки пластмассовые",
    "Детали обуви: задники", "Набойки резиновые для каблуков", "Гетры спортивные",
    "Гамаши из полиэстера", "Подпяточники силиконовые", "Заготовки обуви", "Части обуви",
    "Верх обуви из искусственной кожи, без подошвы", "Комплектующие для обуви: подошва ТПР",
    "Стельки, верх - кожа, подошва - латекс", "Части тапочек: верх - текстиль, подошва - ЭВА",
    "Стельки для обуви", "Вкладные стельки из войлока", "Подносок для обуви термопластичный",
]
FOOTWEAR = [
    "Обувь", "ОБУВЬ ЖЕНСКАЯ", "Ботинки", "Женские осенние ботинки на молнии",
    "Повседневная мужская обувь", "Детские зимние сапожки", "Образцы обуви женской",
    "Пара ботинок мужских", "1. Ботинки мужские", "Товар: кроссовки", "Новые женские туфли",
    "Специальная защитная (не военного назначения) обувь", "Спецобувь", "Вьетнамки",
    "Арт. 12345 сапоги женские", "Модель 77-12, ботильоны", "\"NIKE AIR\" кроссовки мужские",
    "ECCO туфли мужские", "Рибок кроссовки мужские",
    "Изготовитель ООО Заря, Китай: ботинки мужские, верх - кожа, подошва - резина",
    "NIKE AIR MAX кроссовки мужские", "Для девочек туфли школьные", "Комнатные туфли",
    "С верхом из натуральной кожи ботинки мужские", "Тапочки гостиничные", "Резиновые сапоги",
    "Средства индивидуальной защиты ног: ботинки кожаные", "Лыжные ботинки",
    "Ботинки для катания на коньках без коньков", "Валенки", "Угги из овчины", "Унты мужские",
    "Верх - кожа, подошва - резина, размер 40-45", "Спортивная обувь: кроссовки",
    "Ботинки (обувь) в коробках для обуви", "Обувь с ортопедической стелькой",
    "Сапоги с кремом для ухода в подарок", "Кроссовки мужские, упакованы в коробки для обуви",
    "Обувь, пригодная для использования со стельками", "Пинетки", "Women's shoes",
    "Обувь модельная", "Водонепроницаемая обувь", "Прочая обувь с верхом из текстиля",
    "Туфли-лодочки", "Изделия обувные: туфли женские", "Чешки гимнастические",
    "Летняя пляжная обувь", "Домашние тапочки", "Мужские и женские кроссовки",
    "Туфельки", "Ботиночки детские", "Ботики резиновые", "Сандалики", "Полукеды", "Тапки",
    "Кожаные полуботинки", "Обувь ЭВА", "Слипоны", "Лоферы", "Мюли", "Дутики",
]


@pytest.fixture(scope="module")
def reader():
    return FactReader(find_group("footwear"))


@pytest.fixture(scope="module")
def decide(reader):
    priors = footwear.group().priors

    def probability(text):
        evidence = reader.evidence(["x"], [reader.read(text)])
        return dict(zip(reader.vocabulary["is_footwear"].value_ids,
                        evidence.posterior(priors)["is_footwear"][0]))
    return probability


@pytest.mark.parametrize("text", OTHER + LOOKALIKES)
def test_other_goods_are_not_footwear(decide, text):
    p = decide(text)
    assert p["footwear"] < .5 and p["not_footwear"] > .5


@pytest.mark.parametrize("text", PARTS)
def test_parts_of_footwear_are_parts(decide, text):
    assert decide(text)["parts"] > .5


@pytest.mark.parametrize("text", FOOTWEAR)
def test_footwear_is_footwear(decide, text):
    assert decide(text)["footwear"] > .9


@pytest.mark.parametrize("text", OPEN)
def test_where_no_words_say_what_the_good_is_nothing_is_stated(reader, text):
    reading = reader.read(text)
    assert not reading.findings
    assert any("не установлен" in str(problem) for problem in reading.problems)


@pytest.mark.parametrize("text", DESCRIBED)
def test_upper_and_sole_speak_for_footwear_under_any_name(reader, decide, text):
    reading = reader.read(text)
    assert decide(text)["footwear"] > .9 and {"upper", "sole"} <= set(reading.stated())
    assert "is_footwear" not in reading.stated()
    assert any("принято за обувь" in str(problem) for problem in reading.problems)


def test_a_problem_quotes_the_name_that_is_not_known(reader):
    problem, = reader.read("УСТРОЙСТВА  СИГНАЛИЗАЦИОННЫЕ, 2 ШТ.").problems
    assert "«УСТРОЙСТВА СИГНАЛИЗАЦИОННЫЕ»" in str(problem)
    problem, = reader.read("Статуэтка «Сапог», фарфор").problems
    assert "«Статуэтка Сапог»" in str(problem)
    problem = str(*reader.read("Чиксы " + "красивые " * 40).problems)
    assert "«Чиксы красивые" in problem and "…»" in problem and len(problem) < 200


@pytest.mark.parametrize("text", [
    "Носки с подошвой из резины, верх - хлопок", "Верх - кожа, подошва - резина, рюкзак"])
def test_a_name_that_is_not_seen_is_not_said_to_be_missing(reader, text):
    assert str(reader.read(text).problems[0]).startswith(
        "Вид товара не установлен; принято")


@pytest.mark.parametrize("text, words", [
    ("靴子，鞋面：皮革", "Язык описания"), ("12345 / 77", "нет слов"),
    ("Gizmo", "Вид товара по названию не установлен")])
def test_a_language_that_is_not_read_is_said(reader, text, words):
    assert words in str(reader.read(text).problems[0])


@pytest.mark.parametrize("text", OPEN)
def test_a_good_of_unknown_kind_stays_without_a_code(reader, text):
    evidence = reader.evidence(["x"], [reader.read(text)])
    verdict, = decide_codes(Engine(find_group("footwear")), [Witness("текст", evidence)])
    assert verdict.codes == () and not any("не является" in str(line) for line in verdict.problems)


def test_a_place_that_the_list_of_other_goods_does_not_know_is_refused(changed):
    group = changed("kinds.csv", lambda text: text.replace(",head,", ",foot,", 1))
    with pytest.raises(ValueError, match="where must be one of"):
        FactReader(group)
