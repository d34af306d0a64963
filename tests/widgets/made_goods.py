"""Goods that are made up, as Declaration Facts and Bayesian Photo Aggregator send them."""
import numpy as np
from Orange.data import ContinuousVariable, Domain, StringVariable, Table

from orangecontrib.customs.declarations import FactReader
from orangecontrib.customs.declarations.table import facts_table
from orangecontrib.customs.groups import find_group, footwear

BOOTS = ("Ботинки мужские, закрывающие лодыжку, но не часть икры, верх из натуральной кожи, "
         "подошва из резины, длина стельки 27 см, без защитного металлического подноска, "
         "не спортивные")
BOOTS_NO_HEIGHT = ("Обувь мужская повседневная, верх из натуральной кожи, подошва из резины, "
                   "длина стельки 27 см, без защитного металлического подноска")
SNEAKERS = ("Кеды для взрослых, не спортивные, не закрывающие лодыжку, верх из текстильного "
            "материала, подошва из резины")


def text_facts(goods, declared=None, quantity=None, reader=FactReader(find_group("footwear"))):  # noqa: B008
    """Facts of {key: description}."""
    attributes, columns = [], []
    for name, values in (("declared_code", declared), ("quantity", quantity)):
        if values is not None:
            attributes.append(ContinuousVariable(name, number_of_decimals=0))
            columns.append(np.array(values, dtype=float))
    domain = Domain(attributes, metas=[StringVariable("good_id"),
                                       StringVariable("description")])
    x = np.column_stack(columns) if columns else np.empty((len(goods), 0))
    table = Table.from_numpy(domain, x, metas=np.array(list(goods.items()), dtype=object))
    return facts_table(table, "description", reader, "good_id")[0]


def photo_features(goods, key="good_id"):
    """Pooled features of {key: {feature: P}}; the rest stays at its prior."""
    priors = dict.fromkeys([f.id for f in footwear.group().features], .1)
    priors.update(height_below_ankle=.5, height_ankle=.3, height_calf=.15, height_over_knee=.05)
    variables = []
    for feature in footwear.group().features:
        var = ContinuousVariable(feature.name_en)
        var.attributes.update(feature=feature.id, fact=feature.fact, value=feature.value,
                              prior=str(priors[feature.id]))
        variables.append(var)
    rows = [[given.get(f, p) for f, p in priors.items()] for given in goods.values()]
    return Table.from_numpy(
        Domain(variables, metas=[StringVariable(key)]), np.array(rows, dtype=float),
        metas=np.array([[key] for key in goods], dtype=object))


ANKLE = {"height_below_ankle": .02, "height_ankle": .95, "height_calf": .02,
         "height_over_knee": .01}
LOW = {"height_below_ankle": .97, "height_ankle": .01, "height_calf": .01,
       "height_over_knee": .01}
