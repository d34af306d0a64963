"""Entries that tests are about."""
from orangecontrib.customs.ledger import Entry, utc

SAID, ANOTHER = "6403999600", "6402999100"


def entry(key="A-1", found=SAID, who="Ann", at="2026-07-01", said=SAID, p=.9, **more):
    return Entry(key, who, utc(at), said, found, p, **more)
