"""Own sentences in the style of declarations: what each states, and what it does not.

``"-"`` after a fact: nothing may be stated on it.  Values joined with ``|``:
one of them.  A value with ``~`` in front is implied, not stated.
"""
import csv
from pathlib import Path

import pytest

from orangecontrib.customs.declarations import FactReader
from orangecontrib.customs.groups import find_group, footwear

CASES = [
    # ---- parts and materials, word orders, abbreviations
    ("Полуботинки мужские с верхом из натуральной кожи на подошве из резины",
     "upper=leather sole=rubber sex=men"),
    ("Туфли женские: верх – кожа, подошва – ТЭП, подкладка – текстиль",
     "upper=leather sole=rubber|plastic sex=women"),
    ("Ботинки. Верх: текстиль. Подкладка: искусственный мех. Подошва: ЭВА.",
     "upper=textile sole=plastic"),
    ("КРОССОВКИ ДЕТСКИЕ, МАТЕРИАЛ ВЕРХА: ПОЛИЭСТЕР, МАТЕРИАЛ ПОДОШВЫ: PVC",
     "upper=textile sole=plastic"),
    ("Сапоги, материал верха - иск. кожа, материал подкладки - мех, материал подошвы - ПУ",
     "upper=plastic sole=plastic"),
    ("Обувь с подошвой и с верхом из резины или пластмассы",
     "upper=rubber|plastic sole=rubber|plastic"),
    ("Обувь с подошвой из резины, пластмассы, натуральной или композиционной кожи и с верхом "
     "из натуральной кожи",
     "upper=leather sole=rubber|plastic|leather|composition_leather"),
    ("Обувь с подошвой из резины, пластмассы, натуральной или композиционной кожи и с верхом "
     "из текстильных материалов", "upper=textile sole=rubber|plastic|leather|composition_leather"),
    ("Галоши садовые, подошва и верх из резины", "upper=rubber sole=rubber"),
    ("Сапоги женские, верх и подошва – ПВХ", "upper=plastic sole=plastic"),
    ("Босоножки, верх/подошва: кожа/резина", "upper=leather sole=rubber"),
    ("Ботинки, материал верха, подкладки, подошвы: кожа, текстиль, резина",
     "upper=leather sole=rubber"),
    ("Туфли на кожаной подошве с текстильным верхом", "upper=textile sole=leather"),
    ("Туфли на резиновой подошве, кожаный верх", "upper=leather sole=rubber"),
    ("Верх кожаный, подошва резиновая, ботинки мужские", "upper=leather sole=rubber"),
    ("Мокасины мужские из натуральной замши, подошва резина", "upper=leather sole=rubber"),
    ("Полусапоги из спилка-велюра на подошве из термоэластопласта",
     "upper=leather sole=rubber|plastic"),
    ("Ботинки с верхом из нубука, подошва ПУ/ТПУ", "upper=leather sole=plastic"),
    ("Ботинки из кожи КРС на двухслойной подошве ПУ + нитрил",
     "upper=leather sole=plastic|rubber"),
    ("Сапоги кирзовые, подошва резиновая", "upper=plastic|textile sole=rubber"),
    ("Туфли, верх - экокожа, подкладка - натуральная кожа, стелька - натуральная кожа, "
     "подошва - ТПР", "upper=plastic sole=rubber|plastic"),
    ("Туфли с подкладкой из натуральной кожи и стелькой из текстиля", "upper=- sole=-"),
    ("Ботинки мужские на меху, подошва ТЭП", "upper=- sole=rubber|plastic"),
    ("Ботинки, верх кожа натуральная, подклад байка", "upper=leather"),
    ("Ботинки, верх - кожа искусственная", "upper=plastic"),
    ("Ботинки, верх: кожа (искусственная)", "upper=plastic"),
    ("Кеды, верх из синтетической кожи, шнурки текстиль", "upper=plastic"),
    ("Кроссовки, верх из кожзама с вставками из сетки", "upper=plastic"),
    ("Кроссовки, верх из текстиля с элементами из искусственной кожи", "upper=textile"),
    ("Сапоги с верхом из текстиля с наружным слоем из пластмассы", "upper=plastic"),
    ("Сапоги с верхом из ткани с ПВХ покрытием", "upper=plastic"),
    ("Ботинки с верхом из полимерного материала на текстильной основе", "upper=plastic"),
    ("Обувь с верхом из композиционной кожи", "upper=composition_leather"),
    ("Обувь с верхом из меха, подошва из войлока", "upper=other sole=other"),
    ("Туфли с верхом из войлока на подошве из пробки", "upper=textile sole=wood_or_cork"),
    ("Сабо с верхом из натуральной кожи на деревянной подошве",
     "upper=leather sole=wood_or_cork wooden_base=yes"),
    ("Валенки с резиновой подошвой", "sole=rubber upper=-"),
    ("Сапоги резиновые мужские", "upper=rubber sex=men"),
    ("Резиновые сапоги для детей", "upper=rubber"),
    ("Ботинки кожаные мужские зимние", "upper=leather sex=men"),
    ("Туфли текстильные женские", "upper=textile"),
    ("Кеды из ткани", "upper=textile"),
    ("Тапочки из ЭВА", "upper=plastic"),
    ("Сандалии пляжные из ПВХ", "upper=plastic"),
    ("Обувь с верхом не из натуральной кожи",
     "upper=rubber|plastic|composition_leather|textile|other"),
    ("Кроссовки с верхом из натуральной кожи и текстиля", "upper=leather|textile"),
    ("Кроссовки, верх: кожа/текстиль, подошва: резина", "upper=leather|textile sole=rubber"),
    ("Кроссовки, верх 80% кожа 20% текстиль", "upper=leather"),
    ("Ботинки, комбинированный верх: натуральная кожа, полиэстер", "upper=leather|textile"),
    ("Ботинки, состав верха: 100% полиэстер, состав подошвы: 100% резина",
     "upper=textile sole=rubber"),
    ("Ботинки с верхом из натуральной кожи, прикреплённым к подошве из полиуретана",
     "upper=leather sole=plastic"),
    ("Ботинки: верх обуви - натуральный нубук; низ обуви - резина", "upper=leather sole=rubber"),
    ("Кроссовки, промежуточная подошва из ЭВА, наружная подошва из резины", "sole=rubber"),
    ("ОБУВЬ C BEPXOM ИЗ КОЖИ HA ПOДOШBE ИЗ PEЗИHЫ", "upper=leather sole=rubber"),
    ("Туфли с подошвой ТПУ", "sole=plastic upper=-"),
    ("Ботинки, кожа (верх), текстиль (подкладка), резина (подошва)", "upper=leather sole=rubber"),
    ("Полуботинки из синтетической кожи (нубук), на подошве из резины",
     "upper=plastic sole=rubber"),
    ("Ботинки в картонных коробках и полиэтиленовых пакетах", "upper=- sole=-"),
    ("Ботинки с резиновым носком и кожаным верхом", "upper=leather toe_cap=-"),
    ("Туфли женские модельные, натуральная кожа, подошва – кожа", "upper=leather sole=leather"),
    ("Сапожки дет. верх иск.кожа подкл. иск.мех подошва ТПР", "upper=plastic sole=rubber|plastic"),
    ("Шлепанцы, верх и подошва - этиленвинилацетат", "upper=plastic sole=plastic"),
    ("Эспадрильи с верхом из хлопка, подошва из джута", "upper=textile sole=other"),
    ("Обувь на подошве из кожи и с верхом из парусины", "upper=textile sole=leather"),
    ("Обувь с верхом преимущественно из текстиля, с кожей", "upper=textile"),
    ("Кроссовки, верх: кожа 60% площади, текстиль 40% площади", "upper=leather"),
    ("Кроссовки, верх – полиэстер с ПУ накладками", "upper=textile"),
    ("Ботинки с верхом из полиэстера с ПУ-покрытием", "upper=plastic"),
    ("Ботинки, матер.верха-100%нат.кожа, матер.подкладки-100%текстиль, "
     "матер.подошвы-100%термопластрезина", "upper=leather sole=rubber|plastic"),
    ("Полусапожки жен., верх-искусств. кожа, подошва-резина, высота каблука 7см, "
     "высота голенища 17см", "upper=plastic sole=rubber heel=high height=ankle sex=women"),
    ("Обувь валяная (валенки) из натуральной шерсти, на резиновой подошве",
     "upper=textile sole=rubber"),
    ("Кеды с резиновым мысом, верх х/б ткань, вулканизированная резиновая подошва",
     "upper=textile sole=rubber assembly=-"),
    ("Обувь женская: сапоги, верх - натуральная кожа; туфли, верх - иск.кожа",
     "upper=leather|plastic"),
    ("Кроссовки на ЭВА-подошве, верх – сетка", "upper=textile sole=plastic"),
    ("Ботинки: подошва ПУ, верх кожа", "upper=leather sole=plastic"),
    ("Туфли на каблуке, кожаные", "upper=leather"),
    ("Ботинки на подкладке, текстильные", "upper=textile"),
    ("Ботинки, верх - нубук/кордура, мембрана, подошва - резина/ЭВА",
     "upper=leather|textile sole=rubber|plastic"),
    ("обувь с верхом из натур. кож. материалов на подошве из полим. матер., закр. лодыжку, "
     "но не закр. икру, жен., дл. ст. 23,5 см",
     "upper=leather sole=plastic height=ankle sex=women insole=lt24"),
    ("Ботинки, разм. 41-46, без мет/подноска", "toe_cap=no_metal insole=~ge24"),
    ("Сапоги женские из ПВХ, литые", "upper=plastic assembly=moulded"),
    ("Сапоги на литой подошве", "assembly=-"),
    ("Туфли, подошва литая из ПУ", "assembly=- sole=plastic"),
    ("Шлепанцы с открытым носом", "vamp=open"),
    # ---- toe-cap
    ("Ботинки с защитным металлическим подноском", "toe_cap=metal"),
    ("Ботинки рабочие, стальной подносок", "toe_cap=metal"),
    ("Ботинки рабочие с металлоподноском", "toe_cap=metal"),
    ("Ботинки с мет. подноском", "toe_cap=metal"),
    ("Ботинки, подносок из стали 200 Дж", "toe_cap=metal"),
    ("Ботинки, подносок: металлический", "toe_cap=metal"),
    ("Ботинки с алюминиевым защитным подноском", "toe_cap=metal"),
    ("Ботинки с композитным подноском", "toe_cap=no_metal"),
    ("Ботинки, подносок поликарбонат 200 Дж", "toe_cap=no_metal"),
    ("Ботинки с неметаллическим подноском", "toe_cap=no_metal"),
    ("Ботинки с термопластичным подноском", "toe_cap=no_metal"),
    ("Ботинки без подноска", "toe_cap=no_metal"),
    ("Ботинки без металлического подноска", "toe_cap=no_metal"),
    ("Ботинки без защитного подноска", "toe_cap=no_metal"),
    ("Ботинки без защитных металлических подносков", "toe_cap=no_metal"),
    ("Ботинки, защитный подносок отсутствует", "toe_cap=no_metal"),
    ("Ботинки, подносок без металла", "toe_cap=no_metal"),
    ("Ботинки не имеют защитного металлического подноска", "toe_cap=no_metal"),
    ("Обувь (кроме обуви с защитным металлическим подноском)", "toe_cap=no_metal"),
    ("Ботинки с защитным подноском", "toe_cap=~metal"),
    ("Ботинки рабочие S3 SRC", "toe_cap=~metal"),
    # ---- height
    ("Обувь, не закрывающая лодыжку", "height=below_ankle"),
    ("Обувь не закрыв. лодыжку", "height=below_ankle"),
    ("Ботинки, закрывающие щиколотку", "height=ankle|calf|over_knee"),
    ("Обувь, закрывающая лодыжку, но не часть икры", "height=ankle"),
    ("Обувь, закрывающая лодыжку, но не закрывающая часть икры", "height=ankle"),
    ("Обувь, закрывающая лодыжку, но не икру", "height=ankle"),
    ("Обувь, закрывающая лодыжку, не закрывающая икру", "height=ankle"),
    ("Обувь, закрывающая лодыжку и часть икры", "height=calf"),
    ("Обувь, закрывающая лодыжку и часть икры, но не закрывающая колено", "height=calf"),
    ("Обувь, закрывающая лодыжку и икру", "height=calf"),
    ("Обувь, закрывающая лодыжку, но не закрывающая колено", "height=ankle|calf"),
    ("Сапоги, закрывающие колено", "height=over_knee"),
    ("Сапоги ниже колена", "height=calf"),
    ("Сапоги-ботфорты выше колена", "height=over_knee"),
    ("Ботинки, высота голенища 12 см", "height=ankle"),
    ("Сапоги, высота голенища 38 см", "height=calf"),
    ("Сапоги с высотой голенища 380 мм", "height=calf"),
    ("Ботинки высотой 6 дюймов", "height=ankle"),
    ("Полуботинки", "height=~below_ankle"),
    ("Берцы", "height=~ankle|calf"),
    ("Ботфорты женские", "height=~over_knee sex=women"),
    ("Сапоги мужские, закрывающие лодыжку, но не часть икры", "height=ankle"),
    # ---- vamp
    ("Туфли с союзкой из ремешков или имеющей одну или несколько перфораций", "vamp=open"),
    ("Туфли без союзки из ремешков и перфораций", "vamp=closed"),
    ("Туфли, не имеющие союзки из ремешков", "vamp=closed"),
    ("Туфли без перфорации", "vamp=closed"),
    ("Туфли с закрытой союзкой", "vamp=closed"),
    ("Туфли с перфорированным верхом", "vamp=open"),
    ("Туфли с вентиляционной перфорацией", "vamp=open|closed"),
    ("Босоножки женские", "vamp=~open"),
    # ---- heel
    ("Туфли с подошвой и каблуком высотой более 3 см", "heel=high"),
    ("Туфли, высота подошвы с каблуком не более 3 см", "heel=low"),
    ("Туфли, высота подошвы и каблука менее 3 см", "heel=low"),
    ("Босоножки, каблук 8 см", "heel=high"),
    ("Босоножки, высота каблука 85 мм", "heel=high"),
    ("Туфли, высота каблука до 3 см", "heel=low"),
    ("Туфли на высоком каблуке", "heel=high"),
    ("Туфли без каблука", "heel=low"),
    ("Сандалии на плоской подошве", "heel=low"),
    ("Туфли, высота каблука 2-5 см", "heel=low|high"),
    # ---- sport
    ("Ботинки лыжные", "sport=ski"),
    ("Ботинки горнолыжные", "sport=ski"),
    ("Ботинки для беговых лыж", "sport=ski"),
    ("Ботинки для сноуборда", "sport=snowboard"),
    ("Бутсы футбольные", "sport=sport"),
    ("Кроссовки футбольные с шипами", "sport=sport"),
    ("Кроссовки для бега", "sport=training"),
    ("Кроссовки теннисные", "sport=training"),
    ("Обувь для тенниса, баскетбола, гимнастики, тренировочная и аналогичная обувь",
     "sport=training"),
    ("Обувь спортивная", "sport=sport|training"),
    ("Спортивная обувь: ботинки лыжные", "sport=ski"),
    ("Спортивная обувь: лыжные ботинки, беговая лыжная обувь и ботинки для сноуборда",
     "sport=ski|snowboard"),
    ("Обувь повседневная, не спортивная", "sport=none"),
    ("Обувь, не является спортивной", "sport=none"),
    ("Кроссовки без шипов", "sport=-"),
    ("Кроссовки повседневные", "sport=-"),
    ("Кеды", "sport=-"),
    # ---- house
    ("Тапочки домашние", "house=yes"),
    ("Туфли комнатные", "house=yes"),
    ("Комнатные туфли и прочая домашняя обувь", "house=yes"),
    ("Обувь не домашняя", "house=no"),
    ("Обувь для улицы", "house=~no"),
    # ---- waterproof, assembly
    ("Сапоги водонепроницаемые из ПВХ", "waterproof=yes upper=plastic"),
    ("Ботинки водоотталкивающие", "waterproof=~yes"),
    ("Обувь, не водонепроницаемая", "waterproof=no"),
    ("Сапоги резиновые литые", "assembly=moulded"),
    ("Сапоги цельнорезиновые", "assembly=moulded upper=rubber"),
    ("Сапоги, изготовленные методом вулканизации", "assembly=moulded"),
    ("Ботинки кожаные литьевого метода крепления подошвы", "assembly=-"),
    ("Ботинки клеепрошивного метода крепления", "assembly=assembled"),
    ("Водонепроницаемая обувь с подошвой и с верхом из резины или пластмассы, верх которой не "
     "крепится к подошве и не соединяется с ней ни ниточным, ни шпилечным, ни гвоздевым, ни "
     "винтовым, ни заклепочным, ни каким-либо другим аналогичным способом",
     "waterproof=yes assembly=moulded upper=rubber|plastic riveted_straps=-"),
    # ---- straps, wood
    ("Обувь с верхом из ремешков или полосок, прикрепленных к подошве заклепками",
     "riveted_straps=yes vamp=open"),
    ("Вьетнамки пляжные из ЭВА", "riveted_straps=~yes upper=plastic"),
    ("Обувь с верхом из ремешков из натуральной кожи, проходящих через подъем и охватывающих "
     "большой палец стопы, с подошвой из натуральной кожи",
     "toe_strap=yes sole=leather upper=leather"),
    ("Обувь с основанием или платформой из дерева, без внутренней стельки", "wooden_base=yes"),
    ("Туфли на деревянной платформе", "wooden_base=yes"),
    # ---- insole
    ("Обувь с длиной стельки 24 см и более", "insole=ge24"),
    ("Обувь с длиной стельки 24 см или более", "insole=ge24"),
    ("Обувь с длиной стельки менее 24 см", "insole=lt24"),
    ("Обувь с длиной стельки не менее 24 см", "insole=ge24"),
    ("Обувь, длина стельки 25,5 см", "insole=ge24"),
    ("Обувь, длина стельки: 235 мм", "insole=lt24"),
    ("Обувь, стелька 26 см", "insole=ge24"),
    ("Обувь, стелька - 23,0-23,5 см", "insole=lt24"),
    ("Обувь, длина стельки от 22 до 26 см", "insole=lt24|ge24"),
    ("Обувь, длина по стельке 27.5 см", "insole=ge24"),
    ("Обувь, дл. стельки 15.5-21.0 см", "insole=lt24"),
    ("Обувь, длина стельки до 24 см", "insole=lt24"),
    ("Обувь, длина стельки свыше 24 см", "insole=ge24"),
    ("Обувь женская, размеры 35-36", "insole=~lt24"),
    ("Обувь мужская, размеры 40-46", "insole=~ge24"),
    ("Обувь мужская, размеры EU 39-45", "insole=~ge24"),
    ("Ботинки рабочие, размеры US 6-12, 13", "insole=~ge24"),
    ("Босоножки женские, размер US 7, 8, 9", "insole=~ge24"),
    ("Сапоги, размер 240-290 мм", "insole=~ge24"),
    # ---- sex
    ("Обувь мужская", "sex=men"),
    ("Обувь для женщин", "sex=women"),
    ("Ботинки муж.", "sex=men"),
    ("Ботинки жен. зимние", "sex=women"),
    ("Обувь мужская и женская", "sex=unidentifiable"),
    ("Обувь мужская/женская", "sex=unidentifiable"),
    ("Обувь унисекс", "sex=unidentifiable"),
    ("Обувь, которая не может быть идентифицирована как мужская или женская обувь",
     "sex=unidentifiable"),
    ("Ботинки для мальчиков", "sex=men"),
    ("Туфли для девочек", "sex=women"),
    ("Обувь детская", "sex=-"),
    ("Ботинки не для детей", "insole=-"),
]


@pytest.fixture(scope="module")
def reader():
    return FactReader(find_group("footwear"))


@pytest.mark.parametrize("text, expected", CASES, ids=[text[:60] for text, _ in CASES])
def test_what_a_sentence_says(reader, text, expected):
    reading = reader.read(text)
    stated = reading.stated()
    assert stated["is_footwear"] == ("footwear",)
    for item in expected.split():
        fact, values = item.split("=")
        if values == "-":
            assert fact not in stated, fact
        elif values.startswith("~"):
            assert fact not in stated, fact
            implied = [set(f.values) for f in reading.findings if f.fact == fact]
            assert set(values[1:].split("|")) in implied, (fact, implied)
        else:
            assert set(stated.get(fact, ())) == set(values.split("|")), (fact, stated.get(fact))


LOOK_ALIKE = str.maketrans("АВЕКМНОРСТХ", "ABEKMHOPCTX")


@pytest.mark.parametrize("text", [text for text, _ in CASES], ids=[t[:60] for t, _ in CASES])
def test_capitals_and_latin_look_alikes_change_nothing(reader, text):
    plain = reader.read(text).stated()
    assert reader.read(text.upper()).stated() == plain
    # every second look-alike letter becomes Latin, as in real declarations
    mixed = "".join(c.translate(LOOK_ALIKE) if i % 2 else c for i, c in enumerate(text.upper()))
    assert reader.read(mixed).stated() == plain


TARIFF = Path(__file__).parents[2].parent / "shared/data/tnved/tnved_ch64_8504_8536_9032.csv"
DECIDED = ("upper", "sole", "toe_cap", "insole", "sex", "house", "waterproof", "vamp", "height",
           "sport", "wooden_base", "riveted_straps", "toe_strap")


@pytest.mark.skipif(not TARIFF.exists(), reason="the official texts are not beside the checkout")
def test_the_tariffs_own_wording_agrees_with_the_decision_table(reader):
    with open(footwear.FOLDER / "decision_table.csv", encoding="utf-8", newline="") as file:
        table = list(csv.DictReader(file))
    with open(TARIFF, encoding="utf-8-sig", newline="") as file:
        leaves = {row["code"]: row["path"] for row in csv.DictReader(file)
                  if row["code"].startswith("640") and len(row["code"]) == 10}
    checked = 0
    for code, path in leaves.items():
        text = path.replace("с длиной стельки > ", "с длиной стельки ").replace(" > ", ", ")
        stated = reader.read(text).stated()
        rows = [r for r in table if r["codes"] == code]
        if code.startswith("6406"):
            assert stated["is_footwear"] == ("parts",)
        for fact in DECIDED:
            allowed = {v for r in rows for v in r[fact].split("|") if v}
            if fact in stated and rows and all(r[fact] for r in rows):
                assert set(stated[fact]) & allowed, (code, fact, stated[fact])
                checked += 1
    assert checked > 200 and len(leaves) >= 79
