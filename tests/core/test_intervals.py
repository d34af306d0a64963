from orangecontrib.customs.intervals import wilson


def test_wilson():
    low, high = wilson(90, 100)
    assert (round(low, 3), round(high, 3)) == (.826, .945)
    assert wilson(0, 0) == (0, 1)
    assert wilson(0, 10)[0] == 0 and wilson(10, 10)[1] == 1
