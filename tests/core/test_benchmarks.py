"""Benchmarks run by hand; a renamed function must not wait for that to be noticed."""
import importlib.util
import sys
from pathlib import Path

import pytest

SCRIPTS = sorted((Path(__file__).parents[2] / "benchmarks").glob("*.py"))


def loaded(script, monkeypatch):
    monkeypatch.syspath_prepend(script.parent)
    monkeypatch.setattr(sys, "argv", [str(script)])
    spec = importlib.util.spec_from_file_location(f"benchmark_{script.stem}", script)
    monkeypatch.setitem(sys.modules, spec.name, module := importlib.util.module_from_spec(spec))
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_it_finds_what_it_measures(script, monkeypatch):
    assert loaded(script, monkeypatch).__doc__


RULINGS = """id,half,lang,description,official_code,source,note
a-ru,look,ru,"Туфли женские, верх - натуральная кожа, подошва - резина",640399,ruling 1,
b-ru,look,ru,"Туфли женские, верх - натуральная кожа, подошва - резина",640419,ruling 1,
c-ru,look,ru,Бахилы полиэтиленовые,640299,ruling 2,
d-ru,look,ru,Подошвы для обуви из резины,640690,ruling 3,
e-ru,last,ru,"Кеды, верх - текстиль, подошва - резина",640419,ruling 4,
a-en,look,en,"Shoes, upper: leather, outer sole: rubber",640399,ruling 1,
"""


def test_rulings_are_counted_by_language_and_half(tmp_path, monkeypatch, capsys):
    module = loaded(next(s for s in SCRIPTS if s.stem == "rulings"), monkeypatch)
    (tmp_path / module.FILE).write_text(RULINGS, encoding="utf-8")
    monkeypatch.setattr(sys, "argv", ["rulings", "--shared", str(tmp_path), "--show"])
    module.main()
    shown = " ".join(capsys.readouterr().out.split())
    russian = shown[shown.index("Russian"):shown.index("English")]
    assert "4 goods of 3 rulings" in russian and "e-ru" not in shown
    for line in ("answered, of footwear 2/3", "\"not footwear\" 1/3", "wrong, of all 1/4",
                 "heading right, of answered 1/2", "other goods with a code of footwear 0/1",
                 "b-ru official 640419 said 6403"):
        assert line in russian, line


def test_the_half_that_stays_unseen_cannot_be_listed(monkeypatch):
    module = loaded(next(s for s in SCRIPTS if s.stem == "rulings"), monkeypatch)
    monkeypatch.setattr(sys, "argv", ["rulings", "--half", "last", "--show"])
    with pytest.raises(SystemExit):
        module.main()


def test_goods_of_one_ruling_are_one_witness(monkeypatch):
    module = loaded(next(s for s in SCRIPTS if s.stem == "intervals"), monkeypatch)
    alone = module.grouped_share([True] * 8, range(8))
    together = module.grouped_share([True] * 8, [0] * 4 + [1] * 4)
    assert alone == "8/8 = 1.000 [0.68, 1.00]" and together == "8/8 = 1.000 [0.34, 1.00]"


def test_questions_of_an_order_are_counted_until_the_code_is_settled(monkeypatch):
    module = loaded(next(s for s in SCRIPTS if s.stem == "questions"), monkeypatch)
    goods = [{"description": "Сандалии домашние женские, верх - текстиль, подошва - резина",
              "official_code": "640419", "source": "ruling 1"},
             {"description": "Туфли, верх - текстиль, подошва - дерево",
              "official_code": "640520", "source": "ruling 2"}]
    engine = module.Engine(module.find_group("footwear"))
    some = module.simulated(goods, engine, False, module.np.random.default_rng(0))
    assert [good.code for good in some] == [("6404191000",), ("6405201000",)]
    sets = module.Sets(some, engine)
    settled, both = sets.settled(.01), module.np.arange(2)
    order = [sets.facts.index(fact) for fact in ("upper", "sole", "sport", "house")]
    assert [sets.asked(settled, order, row) for row in both] == [4, 2]
    best = sets.best_order(settled, both)
    assert sum(sets.asked(settled, best, row) for row in both) == 6 <= sum(
        sets.asked(settled, order[::-1], row) for row in both)
    assert sets.least(settled).tolist() == [4, 2]
    proposed, right = module.asked_by_proposal(some, .01)
    assert right.all() and (proposed >= [4, 2]).all()
    vain = [order[0], sets.facts.index("insole"), order[1]]  # decides nothing of textile
    assert [sets.asked(settled, vain, 1, skipping) for skipping in (False, True)] == [3, 2]


def weak_labels(monkeypatch):
    return loaded(next(s for s in SCRIPTS if s.stem == "weak_labels"), monkeypatch)


def test_weak_labels_are_skipped_where_their_data_are_not(tmp_path, monkeypatch, capsys):
    module = weak_labels(monkeypatch)
    monkeypatch.setattr(sys, "argv", ["weak_labels", str(tmp_path)])
    module.main()
    assert capsys.readouterr().out.startswith(f"skipped: {tmp_path} lacks fpi_224.zip")


def test_photos_of_one_product_are_drawn_together(monkeypatch):
    import numpy as np
    module = weak_labels(monkeypatch)
    y = np.arange(40) % 2 == 0
    p = np.random.default_rng(0).random(40)
    q = np.where(np.arange(40) < 30, y, p)  # right about most of them
    alone = module.difference(p, q, y, np.arange(40).astype(object), samples=200)
    together = module.difference(p, q, y, (np.arange(40) // 10).astype(object), samples=200)
    assert alone[0] == together[0] > 0
    assert together[2] - together[1] > alone[2] - alone[1]
    assert module.difference(p, p, y, np.arange(40).astype(object), samples=9) == (0, 0, 0)


def test_the_shop_sells_what_it_was_given(tmp_path, monkeypatch):
    import io

    from PIL import Image

    from orangecontrib.customs.photos import find_photos
    module = weak_labels(monkeypatch)
    Image.new("RGB", (224, 224), "navy").save(tmp_path / "1.png")
    photo, = find_photos(tmp_path)[0]
    good = module.Good("7", "Туфли", "каблук 7 см", "Heels", (photo,), pressed=True)
    shop = module.Catalogue([good])
    try:
        assert b"/list/0" in shop.answer("/")[1] and b"/good/0" in shop.answer("/list/0")[1]
        assert b'"sku": "7"' in shop.answer("/good/0")[1]
        assert Image.open(io.BytesIO(shop.answer("/photo/0/0.jpg")[1])).size == (168, 224)
        assert shop.answer("/robots.txt")[1] == b""
    finally:
        shop.server.shutdown()
        shop.server.server_close()
