"""Photos of one product, and near-duplicates, stay together."""
import numpy as np

from orangecontrib.customs.training.trainer.products import product_groups


def test_groups_join_products_and_near_duplicates():
    products = ["x", "y", "x", "z", "w"]
    assert len(set(product_groups(products))) == 4
    hashes = np.zeros((5, 4), np.uint64)
    hashes[:, 0] = [0, 2 ** 40 - 1, 2 ** 20 - 1, 2 ** 40 - 4, 2 ** 60 - 1]
    groups = product_groups(products, hashes)
    assert groups[0] == groups[2] and groups[1] == groups[3]
    assert len(set(groups)) == 3
