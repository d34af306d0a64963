"""What the fusion concludes, and what it says about it."""
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orangecontrib.customs.facts import Evidence
from orangecontrib.customs.fusion import Engine, Witness, decide
from orangecontrib.customs.fusion.classifier import classifier_odds
from orangecontrib.customs.fusion.descent import Descent
from orangecontrib.customs.fusion.engine import Belief
from orangecontrib.customs.fusion.verdict import _remarks
from orangecontrib.customs.groups import find_group, footwear

BOOT = dict(is_footwear="footwear", upper="leather", sole="rubber", height="ankle",
            sex="men", insole="ge24", toe_cap="no_metal")


def witness(goods, name="текст", p=.998, **kwargs):
    vocabulary, loglik = footwear.group().vocabulary, {}
    for i, facts in enumerate(goods.values()):
        for fact, value in facts.items():
            k = len(vocabulary[fact].values)
            rows = loglik.setdefault(fact, np.zeros((len(goods), k)))
            rows[i] = np.log((1 - p) / (k - 1))
            rows[i, vocabulary[fact].index(value)] = np.log(p)
    return Witness(name, Evidence(tuple(goods), loglik), **kwargs)


@pytest.fixture(scope="module")
def engine():
    return Engine(find_group("footwear"))


def one(engine, facts, *others, **kwargs):
    return decide(engine, [witness({"x": facts}, **kwargs), *others])[0]


def test_facts_decide_the_code(engine):
    verdict = one(engine, BOOT)
    assert verdict.codes == ("6403911600",)
    assert verdict.p > .8
    assert verdict.heading == "6403"


@pytest.mark.parametrize("fact, value, code", [
    ("sex", "women", "6403911800"), ("insole", "lt24", "6403911100"),
    ("toe_cap", "metal", "6403400000"), ("sole", "leather", "6403511500"),
    ("height", "calf", "6403919600"), ("upper", "textile", "6404199000"),
])
def test_one_fact_moves_the_code(engine, fact, value, code):
    assert one(engine, {**BOOT, fact: value}).codes == (code,)


def test_facts_that_do_not_matter_leave_the_code(engine):
    assert one(engine, {**BOOT, "heel": "high"}).codes == ("6403911600",)
    assert one(engine, {**BOOT, "waterproof": "yes"}).codes == ("6403911600",)


def test_silence_about_the_unusual_is_not_doubt(engine):
    # nothing is said of sport, house, wood: priors keep them small and the trace names them
    verdict = one(engine, {k: BOOT[k] for k in ("is_footwear", "upper", "sex", "height")})
    assert verdict.codes == ("6403911600",)
    assert "принято по умолчанию" in verdict.trace and "спортивная" in verdict.trace


def test_a_legal_gap_puts_both_codes_forward(engine):
    verdict = one(engine, {**BOOT, "sole": "leather", "sex": "unidentifiable"})
    assert verdict.codes == ("6403511500", "6403511900")
    assert verdict.code == "6403511500; 6403511900"
    assert any("пробел закона" in str(problem) for problem in verdict.problems)


def test_straps_and_house_footwear_are_a_tie(engine):
    facts = {**BOOT, "height": "below_ankle", "vamp": "open", "house": "yes", "heel": "low"}
    verdict = one(engine, facts)
    assert verdict.codes == ("6403993600", "6403995000")


def test_not_footwear_gets_no_code_and_says_why(engine):
    verdict = one(engine, {"is_footwear": "not_footwear"})
    assert verdict.code == ""
    assert "не является обувью" in str(verdict.problems[0])


def test_a_good_that_nobody_speaks_of_gets_no_code(engine):
    verdict = one(engine, {})
    assert verdict.code == "" and verdict.safe_code == "" and not verdict.questions
    assert "код не определяется" in str(verdict.problems[0])


def test_parts_leave_for_6406(engine):
    assert one(engine, {"is_footwear": "parts"}).codes == ("6406",)


def test_safe_digits_are_a_prefix_and_hold_the_mass(engine):
    for facts in (BOOT, {"upper": "leather"}, {**BOOT, "sex": "unidentifiable"}):
        verdict = one(engine, facts)
        assert verdict.codes[0].startswith(verdict.safe_code)
        assert len(verdict.safe_code) in (0, 2, 4, 6, 8, 10)
        if verdict.safe_code:
            assert verdict.p_safe >= .9
            assert verdict.p_of(verdict.safe_code) == pytest.approx(verdict.p_safe)


def test_a_smaller_error_gives_fewer_safe_digits(engine):
    w = witness({"x": BOOT})
    lengths = [len(decide(engine, [w], error=e)[0].safe_code) for e in (.3, .1, .01, .001)]
    assert lengths == sorted(lengths, reverse=True)


def some_evidence(seed, n, spread):
    """Evidence on random facts of n goods, from faint to sure."""
    rng = np.random.default_rng(seed)
    return Evidence(tuple(map(str, range(n))), {
        fact: rng.normal(size=(n, len(spec.values))) * spread * (rng.random((n, 1)) < .6)
        for fact, spec in footwear.group().vocabulary.items()})


@given(seed=st.integers(0, 2**32), spread=st.sampled_from([.3, 1., 3., 8.]),
       error=st.sampled_from([.01, .1, .4, .7, .95]))
@settings(max_examples=40, deadline=None)
def test_code_heading_and_safe_code_never_contradict_each_other(engine, seed, spread, error):
    for verdict in decide(engine, [Witness("текст", some_evidence(seed, 20, spread))],
                          error=error):
        if not verdict.codes:
            assert verdict.heading == verdict.safe_code == ""
            continue
        assert all(len(code) == 10 or code == "6406" for code in verdict.codes)
        assert all(code.startswith(verdict.safe_code) for code in verdict.codes)
        assert {code[:4] for code in verdict.codes} == {verdict.heading}
        assert verdict.p_heading == pytest.approx(verdict.p_of(verdict.heading))
        if len(verdict.safe_code) < len(verdict.code):
            assert verdict.p <= verdict.p_heading + 1e-9


def torn(engine):
    """Leather or textile, nothing else: 6403 is likelier, but spreads over many codes."""
    upper = np.log(np.full((1, 6), .02))
    upper[0, [engine.table.vocabulary["upper"].index(v) for v in ("leather", "textile")]] = \
        np.log([.55, .37])
    w = witness({"x": {"is_footwear": "footwear", "sole": "rubber"}}, p=.99999)
    return decide(engine, [w, Witness("фото", Evidence(("x",), {"upper": upper - np.log(
        engine.priors["upper"])}))])[0]


def test_the_code_is_the_best_child_of_the_best_heading_and_a_likelier_one_is_named(engine):
    verdict = torn(engine)
    assert max(verdict.probabilities, key=verdict.probabilities.get) == "6404199000"
    assert verdict.heading == "6403" and verdict.code.startswith("6403")
    assert verdict.runner_up == "6404199000" and verdict.p_runner_up > verdict.p
    assert any("6404199000 сам по себе вероятнее" in str(problem) for problem in verdict.problems)


def remarks(engine, p, runner):
    """What is said of a good whose outcomes have these probabilities."""
    outcomes = np.array([[p.get(codes, 0.) for codes in engine.table.outcomes]])
    codes = engine.table.code_probabilities(outcomes)
    at = Descent(engine.table.outcomes).choose(outcomes)
    return _remarks(engine, Belief(("x",), {}, outcomes, codes, at), 0,
                    engine.table.outcomes[at[0]], float(engine.p_chosen(codes, at)[0]), runner,
                    dict(zip(engine.codes, codes[0])))


@pytest.mark.parametrize("p, runner, said", [
    # the chapter outweighs "not footwear", its headings do not
    ({("none",): .4, ("6406",): .35, ("6404199000",): .25}, "none",
     "«не обувь» сам по себе вероятнее (40 %), чем 6406 (35 %), но группа 64 в целом "
     "вероятнее (60 %)"),
    ({("6404199000",): .45, ("6403911600",): .3, ("6403911800",): .25}, "6404199000",
     "но позиция 6403 в целом вероятнее (55 %)"),
    # one heading, another subheading
    ({("6403120000",): .45, ("6403911600",): .3, ("6403911800",): .25}, "6403120000",
     "код 6403120000 сам по себе вероятнее (45 %), чем 6403911600 (30 %), но субпозиция 640391 "
     "в целом вероятнее (55 %)"),
    # only its shares of gaps make the other code likelier
    ({("6403599500",): .3, ("6403595000",): .25, ("6403593500", "6403595000"): .2,
      ("6403593900", "6403595000"): .2}, "6403595000",
     "часть его вероятности – доли в пробелах закона"),
    # what is shown with the same digits is as likely
    ({("6404199000",): .304, ("6403911600",): .301, ("6403911800",): .3}, "6404199000", None),
])
def test_a_likelier_code_is_named_with_the_branch_that_outweighs_it(engine, p, runner, said):
    found = remarks(engine, p, runner)
    assert (said in str(found[0]) and len(found) == 1) if said else not found


def test_what_is_worth_asking_is_counted_for_the_code_that_is_given(engine):
    verdict = torn(engine)
    best = next(q for q in verdict.questions if q.fact == "upper")
    assert 0 < best.gain <= 1 - verdict.p + 1e-9


def test_the_first_question_without_text_is_the_upper(engine):
    verdict = one(engine, {"is_footwear": "footwear", "height": "ankle"})
    assert verdict.questions[0].fact == "upper"
    assert verdict.questions[0].silent
    assert verdict.missing_facts[0] == "материал верха"


def test_an_answer_that_gives_the_runner_up_is_named(engine):
    facts = {k: v for k, v in BOOT.items() if k != "sex"}
    verdict = one(engine, facts)
    assert verdict.flip_fact.startswith("пол: ")
    answer = {"женская": "women", "мужская": "men",
              "не идентифицируется": "unidentifiable"}[verdict.flip_fact.split(": ")[1]]
    assert one(engine, {**facts, "sex": answer}).codes == (verdict.runner_up,)


def test_witnesses_that_contradict_each_other_are_reported(engine):
    photos = witness({"x": {"height": "below_ankle"}}, name="фото")
    verdict = one(engine, BOOT, photos)
    assert [d.fact for d in verdict.discrepancies] == ["height"]
    assert "текст – закрывает лодыжку" in verdict.discrepancies[0].text
    agreeing = witness({"x": {"height": "ankle"}}, name="фото")
    assert not one(engine, BOOT, agreeing).discrepancies


def test_duties_span_the_codes_that_remain(engine):
    verdict = one(engine, {**BOOT, "sex": "unidentifiable"})
    assert verdict.duty_low <= 1.5 <= verdict.duty_high
    narrow = decide(engine, [witness({"x": BOOT}, p=.9999)], error=.2)[0]
    assert narrow.duty_low == narrow.duty_high == 1.25


def test_the_trace_quotes_witnesses(engine):
    w = witness({"x": BOOT}, notes={("x", "upper"): "«с верхом из кожи»"})
    assert "текст: «с верхом из кожи»" in decide(engine, [w])[0].trace


def test_less_reliable_witnesses_weigh_less(engine):
    sure = one(engine, BOOT).p
    assert one(engine, BOOT, reliability=.7).p < sure


def test_goods_of_either_witness_are_kept(engine):
    text = witness({"a": BOOT, "b": BOOT})
    photos = witness({"b": {"vamp": "closed"}, "c": {"height": "calf"}}, name="фото")
    assert [v.key for v in decide(engine, [text, photos])] == ["a", "b", "c"]


def test_one_by_one_equals_the_batch_bit_for_bit(engine):
    rng = np.random.default_rng(3)
    keys = tuple(map(str, range(30)))
    evidence = Evidence(keys, {f: rng.normal(size=(30, len(s.values)))
                               for f, s in footwear.group().vocabulary.items()})
    batch = decide(engine, [Witness("текст", evidence, reliability=.99)])
    for i, key in enumerate(keys):
        alone = decide(engine, [Witness("текст", evidence.align((key,)), reliability=.99)])[0]
        assert alone.probabilities == batch[i].probabilities
        assert (alone.code, alone.safe_code, alone.trace) == (
            batch[i].code, batch[i].safe_code, batch[i].trace)


def test_a_classifier_joins_but_does_not_overrule_the_law(engine):
    odds = classifier_odds(engine.codes, ["6402", "6403"], [[.9, .1]])
    facts = {k: v for k, v in BOOT.items() if k != "upper"}
    silent = decide(engine, [witness({"x": facts})])[0]
    heard = decide(engine, [witness({"x": facts})], odds=odds)[0]
    assert heard.p_of("6402") > silent.p_of("6402")
    leather = decide(engine, [witness({"x": BOOT}, p=.9995)], odds=odds)[0]
    assert leather.heading == "6403"
    nothing = classifier_odds(engine.codes, ["6402", "6403"], [[np.nan, np.nan]])
    assert decide(engine, [witness({"x": BOOT})], odds=nothing)[0].p == pytest.approx(
        decide(engine, [witness({"x": BOOT})])[0].p)


STABILISER = ["850440", "853630", "903289"]


def test_classes_that_the_table_does_not_have_speak_for_goods_outside_of_it(engine):
    odds = classifier_odds(engine.codes, STABILISER, [[.02, .97, .01]])
    verdict = decide(engine, [Witness("текст", Evidence(("x",)))], odds=odds, keys=["x"])[0]
    assert verdict.codes == () and verdict.safe_code == "" and verdict.heading == ""
    # only words or photos can say that the note to the chapter excludes a good
    assert not verdict.excluded and not verdict.steps and np.isnan(verdict.p)
    assert "модель" in str(verdict.problems[0]) and "примечан" not in str(verdict.problems[0])
    said = decide(engine, [witness({"x": {"is_footwear": "not_footwear"}})], odds=odds)[0]
    assert said.excluded and "примечание 1" in str(said.problems[0]) and "прим. 1" in said.trace
    mixed = classifier_odds(engine.codes, ["6403", "6404", "853630"],
                            [[.02, .02, .96], [.9, .06, .04]])
    outside, inside = decide(engine, [Witness("текст", Evidence(("x", "y")))], odds=mixed)
    assert outside.codes == () and inside.heading == "6403"


def test_a_model_that_rules_out_what_the_facts_say_is_not_said_to_speak_of_other_goods(engine):
    """All of the model's classes are footwear, and it is sure of another heading than the facts."""
    odds = classifier_odds(engine.codes, ["6401", "6402", "6405"], [[1., 0., 0.]], weight=2.)
    facts = {"upper": "plastic", "sole": "plastic", "waterproof": "no", "toe_cap": "no_metal"}
    verdict = decide(engine, [witness({"x": facts}, p=.99999)], odds=odds)[0]
    assert verdict.codes == () and np.isnan(verdict.p)
    assert "исключает коды, о которых говорят описание" in str(verdict.problems[0])
    assert "вне таблицы" not in str(verdict.problems[0])


@pytest.mark.parametrize("others, p", [([], []), (["853630"], [0.])])
def test_facts_against_a_sure_model_never_end_at_parts_of_footwear(engine, others, p):
    """The model doesn't know 6406; so it must not be all that is left."""
    odds = classifier_odds(engine.codes, ["6403", "6404", "6405", *others], [[0., 1., 0., *p]])
    text = witness({"x": {"is_footwear": "footwear", "sole": "rubber"}}, p=.99, reliability=.99)
    answer = witness({"x": {"upper": "leather"}}, name="аналитик", p=1 - 1e-12)
    assert decide(engine, [text, answer], odds=odds)[0].heading == "6403"
    assert (odds[:, engine.codes.index("6404199000")] > 1).all()


def test_an_answer_that_leaves_no_code_says_so(engine):
    odds = classifier_odds(engine.codes, ["6403", "6404", "6405"], [[0., 1., 0.]])
    verdict = decide(engine, [witness({"x": {"sole": "rubber"}})], odds=odds)[0]
    assert verdict.heading == "6404"
    assert verdict.flip_fact == "материал верха: натуральная кожа → код не определяется"
    leather = witness({"x": {"sole": "rubber", "upper": "leather"}}, p=.999999)
    assert decide(engine, [leather], odds=odds)[0].codes == ()


def test_a_model_of_other_goods_does_not_overrule_a_stated_boot(engine):
    odds = classifier_odds(engine.codes, STABILISER, [[.02, .97, .01]])
    verdict = decide(engine, [witness({"x": BOOT})], odds=odds)[0]
    assert verdict.codes == ("6403911600",)


def test_classes_below_a_code_of_the_table_speak_for_it_together(engine):
    odds = classifier_odds(engine.codes, ["640610", "640620", "640399"], [[.5, .45, .05]])
    at = {code: i for i, code in enumerate(engine.codes)}
    assert odds[0, at["6406"]] > 1 > odds[0, at["6403999600"]]
    assert odds[0, at["none"]] == odds[0, at["6404199000"]] == 1


def test_predictions_that_say_nothing_leave_a_silent_good_without_a_code(engine):
    nothing = classifier_odds(engine.codes, ["6402", "6403"], [[np.nan, np.nan]])
    verdict = decide(engine, [Witness("текст", Evidence(("x",)))], odds=nothing)[0]
    assert verdict.code == "" and "код не определяется" in str(verdict.problems[0])
    heard = classifier_odds(engine.codes, ["6402", "6403"], [[.01, .99]])
    assert decide(engine, [Witness("текст", Evidence(("x",)))], odds=heard)[0].heading == "6403"


@pytest.mark.parametrize("wrong", [np.nan, np.inf, -np.inf])
def test_evidence_that_is_not_finite_is_refused_and_named(wrong):
    values = np.zeros((2, 2))
    values[1, 0] = wrong
    with pytest.raises(ValueError, match="'house' of 'b' is not finite"):
        Evidence(("a", "b"), {"house": values})


@pytest.mark.parametrize("wrong", [1.5, -.2, np.inf])
def test_probabilities_outside_zero_and_one_are_refused_and_named(engine, wrong):
    with pytest.raises(ValueError, match="'house' of 'b'.*not a probability"):
        Evidence.from_probabilities(("a", "b"), {"house": [[.5, .5], [.5, wrong]]},
                                    {"house": [.5, .5]})
    with pytest.raises(ValueError, match=r"row 2, class .*\[0, 1\]"):
        classifier_odds(engine.codes, ["6402", "6403"], [[.5, .5], [.5, wrong]])
    with pytest.raises(ValueError, match="finite and above zero"):
        decide(engine, [witness({"x": BOOT})], odds=np.full((1, len(engine.codes)), np.nan))


def test_a_witness_is_tempered_and_aligned_once_however_many_goods_there_are(engine):
    class Counting(Witness):
        calls = []

        def tempered(self, priors):
            self.calls.append(len(self.evidence))
            return super().tempered(priors)
    decide(engine, [Counting("текст", some_evidence(1, 50, 1.), reliability=.99)], block=5)
    assert Counting.calls == [50]


def test_progress_counts_all_goods(engine):
    seen = []
    decide(engine, [witness({str(i): BOOT for i in range(5)})], block=2,
           progress=lambda done, total: seen.append((done, total)))
    assert seen == [(2, 5), (4, 5), (5, 5)]


def test_agreement_with_a_declared_code(engine):
    verdict = one(engine, BOOT)
    assert [verdict.agrees(c) for c in ("6403911600", "6403", "640391", "6402", "")] == [
        "yes", "prefix", "prefix", "no", ""]


def test_parts_agree_with_codes_that_the_table_does_not_reach(engine):
    verdict = one(engine, {"is_footwear": "parts"})
    assert verdict.codes == ("6406",)
    assert [verdict.agrees(c) for c in ("6406", "6406209000", "640620", "6403911600")] == [
        "yes", "prefix", "prefix", "no"]
    assert np.isnan(verdict.p_of("6406209000")) and verdict.p_of("6403911600") < .1
