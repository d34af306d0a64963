import numpy as np
import pytest

from orangecontrib.customs.photos import Extractor, ModelError, Photo, find_photos


def test_photos_become_probabilities(goods, model, trunk, n_features):
    photos, _ = find_photos(goods)
    results = Extractor(model, trunk=trunk).run(photos)
    assert results.photos == photos and not results.skipped and not results.cancelled
    assert results.probabilities.shape == (4, n_features[0])
    assert results.gradability.shape == (4, n_features[1])
    assert ((results.probabilities > 0) & (results.probabilities < 1)).all()
    np.testing.assert_allclose(results.probabilities[:, 9:13].sum(axis=1), 1)
    assert results.good_ids == ["A1", "A1", "Б 2", "Б 2"]


def test_batches_do_not_change_the_result(goods, model, trunk):
    photos = find_photos(goods)[0]
    whole = Extractor(model, trunk=trunk).run(photos)
    for batch in (1, 3):
        parts = Extractor(model, trunk=trunk).run(photos, batch=batch)
        np.testing.assert_allclose(parts.probabilities, whole.probabilities, atol=1e-6)


def test_bad_photos_are_skipped_with_a_reason(goods, model, trunk):
    (goods / "A1/1.jpg").write_bytes(b"")
    (goods / "A1/3.jpg").write_text("text")
    photos = find_photos(goods)[0] + [Photo("gone.jpg", "C", goods / "gone.jpg")]
    results = Extractor(model, trunk=trunk).run(photos, batch=2)
    assert [photo.image for photo in results.photos] == ["A1/2.jpg", "Б 2/1.jpg", "Б 2/2.jpg"]
    reasons = {photo.image: reason for photo, reason in results.skipped}
    assert "zero bytes" in reasons["A1/1.jpg"] and "not an image" in reasons["A1/3.jpg"]
    assert "missing" in reasons["gone.jpg"]


def test_nothing_usable(tmp_path, model, trunk, n_features):
    results = Extractor(model, trunk=trunk).run([Photo("x", "", tmp_path / "x")])
    assert results.probabilities.shape == (0, n_features[0]) and len(results.skipped) == 1
    assert Extractor(model, trunk=trunk).run([]).photos == []


@pytest.mark.parametrize("raises", [True, False])
def test_cancel_keeps_results_so_far(goods, model, trunk, raises):
    def progress(done, total):
        assert total == 4
        if done >= 2:
            if raises:
                raise InterruptedError
            return True

    results = Extractor(model, trunk=trunk).run(find_photos(goods)[0], progress, batch=1)
    assert len(results.photos) == 2 and results.cancelled
    assert trunk.seen == 2


def test_other_trunk_is_refused(model, trunk):
    trunk.digest = "other weights"
    with pytest.raises(ModelError, match="other weights"):
        Extractor(model, trunk=trunk)


def test_default_model_on_the_default_trunk(goods):
    extractor = Extractor(device="cpu")
    assert extractor.device_name == "CPU"
    results = extractor.run(find_photos(goods)[0])
    assert np.isfinite(results.probabilities).all() and len(results.photos) == 4
