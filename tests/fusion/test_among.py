"""Several groups decide the goods: by what is said of each, and by nothing else."""
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orangecontrib.customs.facts import Evidence
from orangecontrib.customs.fusion import Engine, Witness, decide
from orangecontrib.customs.fusion.among import Answer, codes_of, decide_among, vocabulary_of
from orangecontrib.customs.fusion.classifier import classifier_odds
from orangecontrib.customs.groups import Group, find_group

LAMPS = {
    "facts": """fact,value,fact_en,fact_ru,value_en,value_ru,question_ru
lit,lamp,kind of lamp,вид лампы,a lamp,лампа,Лампа ли это?
lit,none,,,no lamp,не лампа,
source,led,light source,источник света,LED,светодиодный,Какой источник света?
source,gas,,,gas discharge,газоразрядный,
""",
    "decision_table": """codes,lit,source,gap,basis
none,none,,,ОПИ 1
8539500000,lamp,led,,ОПИ 1
8539310000,lamp,gas,,ОПИ 1
""",
    "tariff": """code,designation_ru,designation_en,unit,rate
8539,лампы,lamps,,
8539500000,светодиодные,LED,шт,5
8539310000,газоразрядные,gas discharge,шт,8
"""}
#: Of the same chapter and, in the tables' letters, of other goods.
PLUGS = {name: text.replace("8539", "8536").replace("lit,", "plug,").replace("source,", "pin,")
         .replace("лампы", "вилки")
         for name, text in LAMPS.items()}


def engine_of(folder, name, tables):
    (folder / name).mkdir()
    for table, text in tables.items():
        (folder / name / f"{table}.csv").write_text(text, encoding="utf-8")
    return Engine(Group.load(folder / name))


@pytest.fixture(scope="module")
def shoes():
    return Engine(find_group("footwear"))


@pytest.fixture(scope="module")
def lamps(tmp_path_factory):
    return engine_of(tmp_path_factory.mktemp("groups"), "lamps", LAMPS)


@pytest.fixture(scope="module")
def plugs(tmp_path_factory):
    return engine_of(tmp_path_factory.mktemp("groups"), "plugs", PLUGS)


def witness(engines, goods, name="text", p=.99, reliability=1.):
    """One that says of each good that facts have values with this probability."""
    vocabulary, loglik = vocabulary_of(e.group for e in engines), {}
    for row, said in enumerate(goods.values()):
        for fact, value in said.items():
            k = len(vocabulary[fact].values)
            values = loglik.setdefault(fact, np.zeros((len(goods), k)))
            values[row] = np.log((1 - p) / max(1, k - 1))
            values[row, vocabulary[fact].index(value)] = np.log(p)
    return Witness(name, Evidence(list(goods), loglik), reliability=reliability)


BOOT = {"is_footwear": "footwear", "upper": "leather", "sole": "rubber", "height": "ankle",
        "sex": "men", "insole": "ge24", "toe_cap": "no_metal"}
LED = {"lit": "lamp", "source": "led"}


def inside(engine, evidence):
    """P(inside) / P(none) of a group by itself."""
    none = engine.believe(evidence).codes[0][engine.codes.index("none")]
    return (1 - none) / none


def one(engines, *saying, **options):
    """The verdict on one good, of which each witness says these facts."""
    witnesses = [witness(engines, {"x": facts}, name, **options)
                 for name, facts in zip(("text", "photos"), saying)]
    verdict, = decide_among(engines, witnesses, ("x",))
    return verdict


@settings(max_examples=20, deadline=None)
@given(st.lists(st.dictionaries(st.sampled_from(list(BOOT)), st.just(None)), min_size=1,
                max_size=5), st.booleans())
def test_a_group_that_nobody_speaks_of_changes_nothing(shoes, lamps, chosen, with_odds):
    goods = {str(i): {fact: BOOT[fact] for fact in facts} for i, facts in enumerate(chosen)}
    said = witness([shoes], goods, p=.9, reliability=.9)
    p = np.tile([[.7, .3]], (len(goods), 1))
    odds = classifier_odds(shoes.codes, ["6403", "6404"], p) if with_odds else None
    alone = decide(shoes, [said], odds=odds, keys=list(goods))
    for engines in ([shoes], [lamps, shoes]):
        answer = Answer(classifier_odds(codes_of(engines), ["6403", "6404"], p),
                        ("6403", "6404")) if with_odds else None
        assert decide_among(engines, [said], list(goods), answer=answer) == alone


@settings(max_examples=40, deadline=None)
@given(st.tuples(*[st.floats(-4, 4)] * 2), st.tuples(*[st.floats(-4, 4)] * 2))
def test_what_the_groups_conclude_by_themselves_stands_in_proportion(shoes, lamps, shoe, lamp):
    said = {"is_footwear": [[shoe[0], 0., 0.]], "upper": [[shoe[1]] + [0.] * 5],
            "lit": [[lamp[0], 0.]], "source": [[lamp[1], 0.]]}
    said["upper"] = [said["upper"][0][:len(shoes.table.vocabulary["upper"].values)]]
    if not all(np.ptp(rows) for rows in said.values()):
        return
    evidence = Evidence(("x",), {fact: np.array(rows) for fact, rows in said.items()})
    verdict, = decide_among([shoes, lamps], [Witness("text", evidence)], ("x",))
    p = verdict.probabilities
    assert sum(p.values()) == pytest.approx(1)
    priors = [inside(engine, Evidence(("x",))) for engine in (shoes, lamps)]
    for engine, prior in zip((shoes, lamps), priors):
        alone = engine.believe(Witness("text", evidence).on(engine.priors).evidence)
        of = dict(zip(engine.codes, alone.codes[0]))
        for code in engine.codes:  # the priors of being inside are the same, half of the lowest
            times = 1. if code == "none" else min(priors) / 2 / prior
            assert p[code] / p["none"] == pytest.approx(of[code] / of["none"] * times)
    if not np.isnan(verdict.p):
        assert verdict.p == pytest.approx(sum(p[code] for code in verdict.codes or ("none",)))


def test_each_good_gets_the_code_of_its_group_and_questions_of_it(shoes, lamps):
    engines = [shoes, lamps]
    said = witness(engines, {"boot": BOOT, "lamp": {"lit": "lamp"}, "dumb": {}})
    boot, lamp, dumb = decide_among(engines, [said], ("boot", "lamp", "dumb"))
    assert boot.group == "footwear" and boot.heading == "6403"
    assert lamp.group == "lamps" and lamp.heading == "8539"
    assert {q.fact for q in lamp.questions} <= {"lit", "source"}
    assert lamp.questions[0].fact == "source"
    assert dumb.codes == () and dumb.group == "" and dumb.probabilities == {}


def test_witnesses_of_different_groups_leave_nothing_safe_and_both_are_named(shoes, lamps):
    verdict = one([shoes, lamps], {"is_footwear": "footwear"}, LED)
    assert verdict.safe_code == "" and .3 < max(p for _, p in verdict.ranked)
    assert {code[:2] for code, _ in verdict.ranked if code.isdigit()} == {"64", "85"}
    torn = next(str(p) for p in verdict.problems if "разных группах" in str(p))
    assert "текст – «Обувь (группа 64)»" in torn and "фото – «lamps»" in torn


def test_one_witness_that_speaks_of_two_groups_is_no_contradiction_of_witnesses(shoes, lamps):
    verdict = one([shoes, lamps], {**BOOT, **LED})
    assert verdict.safe_code == ""
    assert not [p for p in verdict.problems if "разных группах" in str(p)]


def test_a_contradiction_with_the_classifier_names_it(shoes, lamps):
    engines = [shoes, lamps]
    classes = ("6403", "8539")
    answer = Answer(classifier_odds(codes_of(engines), classes, [[.02, .98]]), classes)
    verdict, = decide_among(engines, [witness(engines, {"x": BOOT})], ("x",), answer=answer)
    torn = next(str(p) for p in verdict.problems if "разных группах" in str(p))
    assert "текст – «Обувь (группа 64)»" in torn and "модель – «lamps»" in torn


def test_a_classifier_that_speaks_for_one_group_speaks_against_what_it_does_not_know_of_another(
        shoes, lamps):
    engines, classes = [shoes, lamps], ("6403", "8539", "9032")
    answer = Answer(classifier_odds(codes_of(engines), classes, [[.01, .98, .01]]), classes)
    verdict, = decide_among(engines, [Witness("text", Evidence(("x",)))], ("x",), answer=answer)
    assert verdict.group == "lamps"
    assert verdict.p_of("64") < .1  # 6402, 6404, 6405: it knows none of them


def test_no_code_is_made_by_a_group_that_only_a_classifier_speaks_of_and_against(shoes, lamps):
    engines, classes = [shoes, lamps], ("6403", "8539", "9032")
    answer = Answer(classifier_odds(codes_of(engines), classes, [[.02, .97, .01]]), classes)
    verdict, = decide_among(engines, [witness(engines, {"x": {"lit": "none"}}, p=1 - 1e-12)],
                            ("x",), answer=answer)
    assert verdict.codes == () and verdict.group == "" and verdict.safe_code == ""


def test_the_answer_that_leads_to_the_other_group_is_the_one_that_leaves_this_one(shoes, lamps):
    verdict = one([shoes, lamps], BOOT, {"lit": "lamp", "source": "led"}, p=.9)
    assert verdict.group == "footwear" and verdict.runner_up == "8539500000"
    assert "вид товара" in str(verdict.flip_fact)


def test_a_code_of_another_group_may_be_likelier_by_itself(shoes, lamps):
    verdict = one([shoes, lamps], {"is_footwear": "footwear"}, LED, p=.93)
    if verdict.group == "footwear":
        assert any("в целом вероятнее" in str(p) for p in verdict.problems)
    else:
        assert verdict.codes == ("8539500000",)


def test_digits_that_two_groups_share_are_safe(lamps, plugs):
    verdict = one([lamps, plugs], LED, {"plug": "lamp", "pin": "led"})
    assert verdict.safe_code == "85" and verdict.p_safe > .9
    assert verdict.p == pytest.approx(.5, abs=.05)


def test_a_good_that_no_group_takes_is_outside_of_all_by_name(shoes, lamps):
    verdict = one([shoes, lamps], {"is_footwear": "not_footwear", "lit": "none"})
    assert verdict.codes == () and verdict.excluded and verdict.p > .8 and verdict.group == ""
    assert str(verdict.problems[0]) == "товар вне загруженных групп: Обувь (группа 64), lamps"
    assert "примечание 1" in str(verdict.problems[1])  # the facts of this group say so


def test_no_law_is_named_where_only_a_model_sends_a_good_elsewhere(shoes, lamps):
    engines, classes = [shoes, lamps], ("9032", "9401")
    answer = Answer(classifier_odds(codes_of(engines), classes, [[.5, .5]]), classes)
    silent = Witness("text", Evidence(("x",)))
    verdict, = decide_among(engines, [silent], ("x",), answer=answer)
    assert verdict.codes == () and not verdict.excluded and verdict.probabilities == {}
    assert [str(p) for p in verdict.problems] \
        == ["товар вне загруженных групп: Обувь (группа 64), lamps"]
    spoken = ("6403", "8539", "9032")
    answer = Answer(classifier_odds(codes_of(engines), spoken, [[.01, .01, .98]]), spoken)
    verdict, = decide_among(engines, [silent], ("x",), answer=answer)
    assert verdict.codes == () and not verdict.excluded
    assert not any("примечание" in str(p) for p in verdict.problems)


def test_the_prior_of_a_group_that_is_silent_makes_no_code(shoes, lamps):
    said = witness([shoes], {"x": {"is_footwear": "not_footwear"}})
    verdict, = decide_among([shoes, lamps], [said], ("x",))
    assert verdict.codes == () and not any(c.startswith("85") for c in verdict.probabilities)


def test_goods_are_decided_alike_alone_and_in_any_batch(shoes, lamps):
    engines = [shoes, lamps]
    goods = {"a": BOOT, "b": {**BOOT, **LED}, "c": LED, "d": {}, "e": {"lit": "lamp", **BOOT}}
    said, keys = witness(engines, goods, p=.9, reliability=.95), tuple(goods)
    batch = decide_among(engines, [said], keys)
    for key, verdict in zip(keys, batch):
        alone, = decide_among(engines, [Witness("text", said.evidence.align((key,)),
                                                reliability=.95)], (key,))
        assert repr(alone) == repr(verdict) and alone.probabilities == verdict.probabilities


def test_progress_comes_to_its_end(shoes, lamps):
    engines, goods, seen = [shoes, lamps], {"a": BOOT, "b": {**BOOT, **LED}, "c": LED, "d": {}}, []
    decide_among(engines, [witness(engines, goods)], tuple(goods),
                 progress=lambda done, total: seen.append((done, total)))
    assert seen[-1] == (4, 4) and seen == sorted(seen)


def test_a_group_that_excludes_nothing_does_not_outweigh_what_speaks_for_another(
        shoes, tmp_path):
    tables = {name: "\n".join(line for line in text.splitlines() if "none" not in line) + "\n"
              for name, text in LAMPS.items()}
    greedy = engine_of(tmp_path, "greedy", tables)
    assert one([shoes, greedy], LED).codes == ("8539500000",)
    verdict = one([shoes, greedy], {**BOOT, **LED})
    assert verdict.group == "footwear" and .5 < verdict.p < .99


def test_a_flip_never_asks_what_only_tells_whether_a_good_is_of_the_group(shoes, lamps):
    assert shoes.gate == {"is_footwear"} and lamps.gate == {"lit"}


def test_duties_are_told_in_the_measure_of_the_group(shoes, lamps):
    assert shoes.measure == "EUR" and lamps.measure == "%"
    question = one([shoes, lamps], {"lit": "lamp"}).questions[0]
    assert question.fact == "source" and question.duty_gain > 1  # 5 % or 8 %
