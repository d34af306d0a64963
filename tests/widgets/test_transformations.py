"""What widgets put behind their columns and tokens computes for others what it computed for them.

All of it is found in what the widgets send; a new one needs no line here.
"""
import copy
import pickle

import numpy as np
import pytest
from AnyQt.QtWidgets import QApplication
from Orange.data import ContinuousVariable, Domain, Table
from Orange.data.table import DomainTransformationError
from Orange.data.util import SharedComputeValue
from Orange.preprocess.transformation import Transformation
from Orange.widgets.tests.base import WidgetTest
from orangecontrib.text import Corpus
from orangecontrib.text.preprocess import Preprocessor, PreprocessorList
from samples import SETTINGS, made_samples
from test_contract import registered

OURS = "orangecontrib.customs."


class Sender(WidgetTest):
    """Sends samples to widgets outside a test of unittest's."""

    __test__ = False

    def runTest(self):
        """Nothing: it only lends its methods."""

    def sent(self, kind, samples):
        """(sample, value) of all that a widget sends when it is given one sample after another."""
        known = {setting.name for setting in kind.settingsHandler.known_settings.values()}
        widget = self.create_widget(kind, stored_settings={
            **{name: True for name in known if name.startswith(("auto_", "families"))},
            **SETTINGS.get(kind.__name__, {})})
        for input_ in kind.get_signals("inputs"):
            for whole in samples.wholes(input_.type).values():
                self.send_signal(input_.name, whole, widget=widget)
                self.wait_until_finished(widget=widget)
                for output in kind.get_signals("outputs"):
                    value = self.get_output(output.name, widget=widget)
                    if isinstance(value, Table) and isinstance(whole, Table):
                        yield whole, value
                self.send_signal(input_.name, None, widget=widget)


@pytest.fixture(scope="module")
def everything():
    """(class, what it is behind, table that was given) of all that was sent, twice over."""
    Sender.setUpClass()
    sender, runs = Sender(), []
    try:
        samples = made_samples()
        with samples.in_place():
            for _ in range(2):
                found = {}
                for kind in registered():
                    for given, value in sender.sent(kind, samples):
                        for key, thing in behind(value):
                            found.setdefault((*key, id(given)), (thing, given))
                runs.append(found)
                sender.tearDown()
            yield runs
    finally:
        QApplication.processEvents()
        Sender.tearDownClass()


def behind(table):
    """What is ours behind the columns of a table, and behind the tokens of a corpus."""
    for variable in (*table.domain.variables, *table.domain.metas):
        value = variable.compute_value
        if value is not None and type(value).__module__.startswith(OURS):
            yield (type(value), variable.name), value
    if isinstance(table, Corpus):
        for place, step in enumerate(table.used_preprocessor.preprocessors):
            if type(step).__module__.startswith(OURS):
                yield (type(step), str(place)), step


def values(found):
    """Compute values alone."""
    return [(thing, given) for thing, given in found.values()
            if not isinstance(thing, Preprocessor)]


def steps(found):
    return [(thing, given) for thing, given in found.values() if isinstance(thing, Preprocessor)]


def column(value, table):
    """What a compute value makes of a table; None where it says that it can't."""
    try:
        return np.asarray(value(table), float)
    except (DomainTransformationError, ValueError):
        return None


def tokens(step, corpus):
    corpus = PreprocessorList([step])(corpus)
    return [list(some) for some in corpus.tokens]


def all_of(base):
    for kind in base.__subclasses__():
        yield kind
        yield from all_of(kind)


def test_every_kind_that_the_library_has_is_met(everything):
    met = {type(thing) for thing, _ in everything[0].values()}
    for base in (SharedComputeValue, Transformation):
        ours = {kind for kind in all_of(base) if kind.__module__.startswith(OURS)}
        assert ours <= met
    assert len(met) >= 5, met


def test_the_same_data_give_equal_ones(everything):
    first, second = everything
    assert first.keys() == second.keys()
    for key, (thing, _) in first.items():
        other = second[key][0]
        assert thing == other, key
        assert hash(thing) == hash(other), key


def test_those_of_different_columns_differ(everything):
    by_table = {}
    for (kind, name, given), (thing, _) in everything[0].items():
        if not isinstance(thing, Preprocessor):
            by_table.setdefault((kind, given), []).append((name, thing))
    for some in by_table.values():
        for number, (name, thing) in enumerate(some):
            for other_name, other in some[:number]:
                assert thing != other, (name, other_name)


@pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy,
                                    lambda thing: pickle.loads(pickle.dumps(thing))],
                         ids=["copy", "deep copy", "pickle"])
def test_copies_are_equal_and_compute_the_same(everything, copied):
    for key, (thing, given) in everything[0].items():
        other = copied(thing)
        assert other == thing, key
        assert hash(other) == hash(thing), key
        if isinstance(thing, Preprocessor):
            assert tokens(other, given) == tokens(thing, given), key
        else:
            np.testing.assert_array_equal(column(other, given), column(thing, given), str(key))


def test_a_row_alone_is_computed_as_among_others(everything):
    for value, given in values(everything[0]):
        whole = column(value, given)
        alone = [column(value, given[row:row + 1]) for row in range(len(given))]
        if whole is None:
            assert all(each is None for each in alone)
        else:
            np.testing.assert_array_equal(whole, np.concatenate(alone))
            np.testing.assert_array_equal(whole[::-1], column(value, given[::-1]))
            np.testing.assert_array_equal(whole[0], column(value, given[0])[0])


def test_a_document_alone_has_the_tokens_that_it_has_among_others(everything):
    for step, given in steps(everything[0]):
        whole = tokens(step, given)
        assert whole == [tokens(step, given[row:row + 1])[0] for row in range(len(given))]


def test_of_no_rows_nothing_is_made_and_strangers_are_refused_or_unknown(everything):
    flowers = Table("iris")
    for value, given in values(everything[0]):
        made = column(value, given[:0])
        assert made is None or len(made) == 0
        made = column(value, flowers)
        assert made is None or np.isnan(made).all() and len(made) == len(flowers)


def test_nothing_is_written_into_what_is_given(everything):
    for thing, given in everything[0].values():
        before = given.copy()
        if isinstance(thing, Preprocessor):
            tokens(thing, given)
        else:
            column(thing, given)
        assert given.domain == before.domain
        np.testing.assert_array_equal(given.X, before.X)
        np.testing.assert_array_equal(given.metas.astype(str), before.metas.astype(str))


def test_a_column_can_be_asked_for_by_its_domain(everything):
    """As Apply Domain and Predictions do it."""
    for value, given in values(everything[0]):
        expected = column(value, given)
        if expected is not None:
            asked = Domain([ContinuousVariable("asked for", compute_value=value)])
            np.testing.assert_array_equal(given.transform(asked).X[:, 0], expected)
