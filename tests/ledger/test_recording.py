"""A review becomes an entry: what was said, what it costs, and digests."""
import pytest

from orangecontrib.customs.cases import case_of
from orangecontrib.customs.cases.files import goods_of_rows
from orangecontrib.customs.ledger import digest_of
from orangecontrib.customs.ledger.recording import Review, digest_of_files, entry_of

BOOTS = ("Ботинки мужские, закрывающие лодыжку, верх из натуральной кожи, подошва из резины, "
         "длина стельки 27 см, без защитного подноска")
ANOTHER = "6402991000"


def case(**declared):
    return case_of(goods_of_rows([{"good_id": "A", "description": BOOTS, **declared}]))


def test_an_entry_has_what_was_said_and_stated_and_from_what(tmp_path):
    made = case(declared_code=ANOTHER, quantity="10")
    verdict, = made.decide()
    entry = entry_of(made, Review(0, ANOTHER, "Ann"), "test")
    assert (entry.said, entry.p) == (verdict.code, float(verdict.p))
    assert (entry.safe_code, entry.heading) == (verdict.safe_code, verdict.heading)
    assert (entry.declared_code, entry.quantity, entry.source) == (ANOTHER, 10, "test")
    assert entry.text_digest == digest_of(BOOTS) and entry.photos_digest == ""
    groups = [part.split() for part in entry.groups.split("; ")]
    assert {group for group, _ in groups} == {engine.group.id for engine in made.engines}
    assert all(len(digest) == 12 for _, digest in groups)


def test_duties_at_both_codes_are_in_one_currency_or_unknown():
    priced = entry_of(case(quantity="10", value="1000", currency="EUR", weight="9"),
                      Review(0, ANOTHER, "Ann"), "test")
    assert priced.duty_currency == "EUR" and priced.duty_found > 0
    unknown = entry_of(case(), Review(0, ANOTHER, "Ann"), "test")
    assert (unknown.duty_said, unknown.duty_found, unknown.duty_currency) == (None, None, "")


def test_a_code_that_no_tariff_here_has_is_found_all_the_same():
    entry = entry_of(case(), Review(0, "4202110000", "Ann"), "test")
    assert entry.outcome == "overturned" and entry.duty_found is None


def test_what_is_not_a_code_is_refused():
    with pytest.raises(ValueError, match="not a code"):
        entry_of(case(), Review(0, "64", "Ann"), "test")


def test_the_digest_of_photos_is_of_their_content_whatever_they_are_called(tmp_path):
    for name, content in (("a.jpg", b"1"), ("b.jpg", b"2"), ("c.jpg", b"1"), ("d.jpg", b"3")):
        (tmp_path / name).write_bytes(content)
    one, same, other = (digest_of_files(tmp_path / f"{name}.jpg" for name in names)
                        for names in ("ab", "bc", "ad"))
    assert one == same != other
    assert digest_of_files([]) == digest_of_files([tmp_path / "gone.jpg"]) == ""
