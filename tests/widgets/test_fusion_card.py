"""The rooms of HS Code Fusion: list, card, question, evidence, facts, codes, trace."""
from types import SimpleNamespace

import pytest
from AnyQt.QtCore import QPoint, Qt
from AnyQt.QtTest import QTest
from made_goods import ANKLE, BOOTS, LOW, SNEAKERS, photo_features, text_facts
from Orange.data import ContinuousVariable, Domain, StringVariable, Table
from Orange.widgets.tests.base import GuiTest

from orangecontrib.customs.cases.api import engines_of
from orangecontrib.customs.cases.card import asked, card_of
from orangecontrib.customs.cases.evidence import fact_rows
from orangecontrib.customs.cases.marked import pieces_of
from orangecontrib.customs.cases.table import case_from_tables
from orangecontrib.customs.cases.worklist import line_of
from orangecontrib.customs.columns import ContributionColumn, ImageColumn
from orangecontrib.customs.groups import loaded_groups
from orangecontrib.customs.i18n import speaking
from orangecontrib.customs.photos.table import photos_by_good
from orangecontrib.customs.widgets.utils.codesview import CodesView
from orangecontrib.customs.widgets.utils.common.theme import theme
from orangecontrib.customs.widgets.utils.decisions import Decisions
from orangecontrib.customs.widgets.utils.evidencestrip import EvidenceStrip, Thumb
from orangecontrib.customs.widgets.utils.factsview import SAYS, FactsView
from orangecontrib.customs.widgets.utils.goodpage import GoodPage, Page
from orangecontrib.customs.widgets.utils.questionbox import QuestionBox
from orangecontrib.customs.widgets.utils.traceview import TraceView
from orangecontrib.customs.widgets.utils.verdictview import card_html, code_html
from orangecontrib.customs.widgets.utils.worklistview import WorkList, short_code

MEN_ANKLE = "6403911600"


def case(photos=LOW, **goods):
    return case_from_tables(engines_of(), text_facts(goods or {"A": BOOTS}),
                            photo_features({"A": photos}))


def test_codes_are_emphasised_as_far_as_they_are_safe():
    html = code_html(MEN_ANKLE, "640391", "#777777")
    assert html.startswith("<b>6403&nbsp;91&nbsp;</b><span") and "|&nbsp;160&nbsp;0" in html
    assert "<span" not in code_html(MEN_ANKLE, MEN_ANKLE, "#777777")
    assert "<b></b>" in code_html(MEN_ANKLE, "", "#777777")


def test_a_gap_of_the_law_shows_as_much_of_each_code_as_tells_them_apart():
    def shown(code):
        return short_code(SimpleNamespace(code=code))

    assert shown("6403 91 160 0") == "6403 91 160 0"
    assert shown("8504 40 910 0 / 9032 89 000 0") == "8504 / 9032"
    assert shown("6403 51 150 0 / 6403 59 350 0") == "6403 51 / 6403 59"
    assert shown("6403 51 150 0 / 6403 51 190 0") == "6403 51 150 / 6403 51 190"


class TestRooms(GuiTest):
    def setUp(self):
        self.case = case()
        self.verdict, = self.case.decide()
        self.parts = []

    def tearDown(self):
        for part in self.parts:
            part.stop()

    def page(self):
        page = GoodPage()
        self.parts.append(page)
        return page

    # -- card

    def test_the_answer_that_changes_the_code_is_not_said_twice(self):
        question = asked(self.case, self.verdict, self.verdict.questions[0])
        card = card_of(self.case, self.verdict)
        assert card.flip_fact == question.fact.id
        colours = theme(GoodPage.palette(self.page()))
        self.assertIn("⇄", card_html(card, colours))
        self.assertNotIn("⇄", card_html(card, colours, question))

    # -- question

    @speaking("ru")
    def test_answers_are_buttons_under_the_question_and_one_click_answers(self):
        box, got = QuestionBox(), []
        box.answered.connect(lambda *answer: got.append(answer))
        question = asked(self.case, self.verdict, self.verdict.questions[0])
        box.show_question(question)
        self.assertEqual([b.whole for b in box.buttons],
                         [value.ru for value in question.fact.values])
        box.buttons[1].click()
        box.press(1)
        box.press(9)
        self.assertEqual(got, [(question.fact.id, question.fact.value_ids[n]) for n in (1, 0)])

    def test_answers_beyond_the_likeliest_are_in_a_menu(self):
        box, got = QuestionBox(), []
        box.answered.connect(lambda *answer: got.append(answer))
        question = asked(self.case, self.verdict, self.verdict.questions[0])
        few = type(question)(question.fact, question.worth, question.fact.values[:2])
        box.show_question(few)
        self.assertEqual(len(box.buttons), 2)
        actions = box.more_button.menu().actions()
        self.assertEqual(len(actions), len(question.fact.values) - 2)
        actions[0].trigger()
        self.assertEqual(got, [(question.fact.id, question.fact.value_ids[2])])

    def test_without_a_question_it_says_why(self):
        box = QuestionBox()
        box.show_question(None, none="nothing")
        self.assertIn("nothing", box.text.text())
        self.assertFalse(box.buttons)

    # -- facts

    @speaking("ru")
    def test_each_fact_says_who_speaks_for_or_against_the_value_in_words(self):
        view = FactsView()
        rows = fact_rows(self.case, 0, self.verdict)
        view.show_rows(rows)
        item = view.topLevelItem(0)
        self.assertIn("⚡", item.text(0))
        self.assertIn("● ", item.text(SAYS))
        self.assertIn("■ ", item.text(SAYS))
        self.assertIn("сильно", item.text(SAYS))
        self.assertIn("логарифм шансов", item.toolTip(0))
        self.assertNotRegex(item.text(SAYS), r"\d")

    @speaking("ru")
    def test_the_menu_of_a_fact_answers_and_takes_back(self):
        view, got = FactsView(), []
        view.answered.connect(lambda *answer: got.append(answer))
        answers = {"A": {"sex": "women"}}
        verdict, = self.case.decide(answers=answers)
        view.show_rows(fact_rows(self.case, 0, verdict, answers))
        *_, back = actions = view.menu("sex").actions()
        self.assertEqual([a.text() for a in actions if a.isChecked()], ["женская"])
        back.trigger()
        self.assertEqual(got, [("sex", "")])

    def test_the_axis_paints_in_both_states(self):
        view = FactsView()
        view.show_rows(fact_rows(self.case, 0, self.verdict))
        view.resize(560, 200)
        view.choose("height")
        self.assertFalse(view.grab().isNull())

    # -- evidence

    def test_words_and_facts_lead_to_each_other(self):
        page = self.page()
        page.resize(560, 480)
        page.show_page(Page(self.case, 0, self.verdict, {}))
        page.strip.text.chosen.emit("sex")
        self.assertEqual(page.facts.fact, "sex")
        self.assertEqual(page.strip.text.fact, "sex")
        at = BOOTS.index("мужские")
        self.assertEqual(page.strip.text.fact_at(at), "sex")
        self.assertEqual(page.strip.text.fact_at(BOOTS.index(",")), "")

    def test_positions_in_the_text_count_as_qt_does(self):
        strip = EvidenceStrip()
        self.parts.append(strip)
        text = "👞👞 ботинки мужские"
        strip.text.show_pieces(pieces_of(text, loaded_groups()))
        self.assertEqual(strip.text.toPlainText(), text)
        self.assertEqual(strip.text.fact_at(14), "sex")

    def test_six_photos_are_seen_without_scrolling(self):
        strip = EvidenceStrip()
        self.parts.append(strip)
        strip.resize(540, 80)
        for count in (1, 3, 6):
            strip.show_photos([Thumb(f"/no/{n}.jpg", f"{n}.jpg", n % 3 - 1)
                               for n in range(count)])
            self.assertLessEqual(strip.photos.width(), 275)
        self.assertFalse(strip.grab().isNull())

    def test_a_photo_is_opened_by_a_click_and_by_the_keyboard(self):
        strip, got = EvidenceStrip(), []
        self.parts.append(strip)
        strip.photos.opened.connect(got.append)
        strip.resize(540, 80)
        strip.show_photos([Thumb("/no/1.jpg", "1.jpg"), Thumb("/no/2.jpg", "2.jpg")])
        QTest.mouseClick(strip.photos, Qt.LeftButton, pos=QPoint(strip.photos.width() - 8, 20))
        QTest.keyClick(strip.photos, Qt.Key_Left)
        QTest.keyClick(strip.photos, Qt.Key_Space)
        self.assertEqual(got, [1, 0])

    @speaking("ru")
    def test_photos_say_what_they_are_for_in_the_fact_in_hand(self):
        domain = Domain([ContributionColumn(f).mark(ContinuousVariable(f))
                         for f in ("height_ankle", "height_below_ankle")],
                        metas=[StringVariable("good_id"),
                               ImageColumn("").mark(StringVariable("image"))])
        table = Table.from_list(domain, [[2., -1., "A", "/no/1.jpg"], [-3., 2., "A", "/no/2.jpg"],
                                         [0., 0., "B", "/no/3.jpg"]])
        photos = photos_by_good(table)
        self.assertEqual([len(photos[key]) for key in "AB"], [2, 1])
        made = case(ANKLE)
        page = self.page()
        page.show_page(Page(made, 0, made.decide()[0], {}, photos["A"]))
        page.facts.choose("height")
        self.assertEqual(page.hand.value.id, "ankle")
        self.assertEqual([photo.says for photo in page.strip.photos.photos], [1, -1])
        self.assertIn("за, заметно", page.strip.photos.photos[0].title)
        self.assertIn("против, сильно", page.strip.photos.photos[1].title)

    def test_a_table_without_photos_says_what_to_connect(self):
        with pytest.raises(ValueError, match="connect"):
            photos_by_good(Table.from_list(Domain([], metas=[StringVariable("good_id")]), [["A"]]))

    # -- codes, trace

    @speaking("ru")
    def test_codes_and_trace_are_those_of_the_verdict(self):
        codes, trace = CodesView(), TraceView()
        codes.show_verdict(self.case, self.verdict)
        trace.show_verdict(self.verdict)
        self.assertEqual(codes.topLevelItem(0).data(0, Qt.UserRole), self.verdict.ranked[0][0])
        self.assertTrue(codes.topLevelItem(0).text(1).endswith("%"))
        self.assertIn("ОПИ", trace.toPlainText())
        codes.show_verdict(None, None)
        trace.show_verdict(None)
        self.assertFalse(codes.topLevelItemCount() or trace.toPlainText())

    # -- list

    def lines(self):
        made = case(A=BOOTS, B=SNEAKERS, C="Обувь")
        return [line_of(made, v, row) for row, v in enumerate(made.decide())]

    def test_the_queue_orders_and_a_column_overrides_it(self):
        view, got = WorkList(), []
        view.queue_chosen.connect(got.append)
        view.set_rows(self.lines())
        view.queue.setCurrentIndex(view.queue.findData("doubt"))
        view.queue.activated.emit(view.queue.currentIndex())
        self.assertEqual(got, ["doubt"])
        self.assertEqual(view.model.source_row(0), 2)
        self.assertEqual(view.row, 2, "the first of the queue is chosen")
        view.view.sortByColumn(1, Qt.AscendingOrder)
        self.assertEqual(view.model.source_row(0), 0)

    def test_widths_hidden_columns_and_sorting_are_kept(self):
        view = WorkList()
        view.set_rows(self.lines())
        header = view.view.horizontalHeader()
        header.resizeSection(2, 77)
        view.view.sortByColumn(3, Qt.DescendingOrder)
        view.columns_menu().actions()[-1].toggle()
        other = WorkList()
        other.state = view.state
        other.set_rows(self.lines())
        self.assertEqual(other.view.horizontalHeader().sectionSize(2), 77)
        self.assertFalse(other.view.horizontalHeader().isSectionHidden(5))
        self.assertEqual(other.model.source_row(0), view.model.source_row(0))

    def test_four_marks_fit_whatever_the_rows_hold(self):
        view = WorkList()
        view.set_rows(self.lines()[:1])
        width = view.view.fontMetrics().horizontalAdvance("⚡≠?✓")
        self.assertGreaterEqual(view.view.horizontalHeader().sectionSize(0), width)

    # -- undo

    def test_undo_and_redo_without_limit(self):
        state = {"answers": {}, "reviewed": set()}

        def apply(change):
            answers = {**state["answers"], **change[0]}
            state["answers"] = {key: dict(facts) for key, facts in answers.items() if facts}
            for key, on in change[1].items():
                (state["reviewed"].add if on else state["reviewed"].discard)(key)
        made = Decisions(lambda: (state["answers"], dict.fromkeys(state["reviewed"], True)),
                         apply)
        for number in range(300):
            made.answer(f"g{number}", "sex", "men")
        made.clear(list(state["answers"]))
        self.assertEqual(state["answers"], {})
        made.review(["g1"], True)
        made.undo()
        self.assertEqual(state["reviewed"], set())
        made.undo()
        self.assertEqual(len(state["answers"]), 300)
        for _ in range(300):
            made.undo()
        self.assertEqual(state["answers"], {})
        self.assertFalse(made.stack.canUndo())
        for _ in range(302):
            made.redo()
        self.assertEqual((state["answers"], state["reviewed"]), ({}, {"g1"}))

    def test_an_answer_that_changes_nothing_is_nothing_to_undo(self):
        made = Decisions(lambda: ({"A": {"sex": "men"}}, {}), lambda change: self.fail())
        made.answer("A", "sex", "men")
        made.answer("B", "sex", "")
        self.assertFalse(made.stack.canUndo())
