import numpy as np
import pytest
from PIL import Image

from orangecontrib.customs.photos import (
    ActivationMap,
    ExplainError,
    Extractor,
    Photo,
    PhotoError,
    PhotoModel,
    activation_map,
    backbones,
    explain,
    maps,
    overlay,
)
from orangecontrib.customs.photos.maps import Pool
from orangecontrib.customs.photos.model import feature_ids, untrained


@pytest.fixture(scope="module")
def photo(tmp_path_factory):
    """A wide photo, dark below on the left."""
    path = tmp_path_factory.mktemp("photo") / "shoe.png"
    image = Image.new("RGB", (300, 180), "white")
    image.paste((60, 30, 20), (10, 90, 140, 170))
    image.save(path)
    return Photo("shoe.png", "", path)


@pytest.fixture(scope="module", params=["onnxruntime", "torch"])
def extractor(request):
    return Extractor(device="cpu", backend=request.param)


def logit(model, x, column):
    """The calibrated score of a head, from the features."""
    raw = float(x.astype(float) @ model.weights[:, column].astype(float) + model.bias[column])
    prior = model.priors[column]
    odds = prior if feature_ids()[column].startswith("height") else prior / (1 - prior)
    return raw * model.loudness(model.judge(x[None])[1])[0, column] + np.log(odds)


@pytest.mark.parametrize("feature", feature_ids())
def test_places_add_up_to_the_score(extractor, photo, feature):
    found = activation_map(extractor, photo, feature)
    column, model = feature_ids().index(feature), PhotoModel.default()
    x = extractor.backbone(explain.decode_and_place(photo.read(), 224)[0][None])[0]
    assert found.values.shape == (224, 224)
    assert found.score == pytest.approx(logit(model, x, column), abs=1e-3)
    assert found.values.sum() == pytest.approx(found.score - found.constant, abs=1e-3)
    p = extractor.run([photo]).probabilities[0, column]
    if not feature.startswith("height"):
        assert 1 / (1 + np.exp(-found.score)) == pytest.approx(p, abs=1e-4)


def test_both_backends_see_the_same(photo):
    one, other = (activation_map(Extractor(device="cpu", backend=b), photo, "high_heel")
                  for b in ("onnxruntime", "torch"))
    np.testing.assert_allclose(one.values, other.values, atol=1e-5)
    assert one.box == other.box == (0, 45, 224, 179)


def test_the_maximum_goes_to_the_place_where_it_stands():
    values = np.zeros((2, 4, 4))
    values[0, 0, 1], values[0, 3, 2], values[1] = 9, 2, -1
    values[1, 2, 3] = 1
    pooling, weights = (Pool(0, "mean"), Pool(0, "max", 2)), np.array([16., 0, 10, 100])
    shares = explain._shares([values], [np.zeros((2, 4, 4))], pooling, weights)
    expected = np.zeros((4, 4))
    expected[0, 1] = 9
    expected[3, 2] = 2 + 20  # above row 2 the maximum does not look
    expected[2, 3] = 100
    np.testing.assert_allclose(shares[0], expected)
    assert not explain._shares([values], [values], pooling, weights)[0].any()


def test_an_empty_photo_says_nothing_and_white_ground_neither(extractor, photo, tmp_path):
    Image.new("RGB", (50, 80), "white").save(tmp_path / "white.png")
    empty = activation_map(extractor, Photo("", "", tmp_path / "white.png"), "high_heel")
    assert np.abs(empty.values).max() < 1e-6 and empty.score == pytest.approx(empty.constant)
    found = activation_map(extractor, photo, "high_heel")
    # how loudly a model speaks depends a little on what it takes the scene for
    assert found.constant == pytest.approx(empty.constant, rel=.02)
    far, near = np.abs(found.values[100:160, 190:]).max(), np.abs(found.values).max()
    assert far < .2 * near


@pytest.mark.parametrize("n, size", [(7, 224), (14, 224), (7, 300), (4, 16), (1, 5), (5, 5)])
def test_enlarging_keeps_the_mass_and_the_place(n, size):
    share = np.zeros((n, n))
    share[n // 2, n - 1] = 3
    large = explain._enlarged(share, np.ones((size, size)))
    assert large.shape == (size, size) and large.sum() == pytest.approx(3)
    y, x = np.unravel_index(large.argmax(), large.shape)
    assert y * n // size == n // 2 and x * n // size == n - 1


def test_colours_lie_on_the_good_and_not_on_even_ground_and_their_sum_stays():
    square = np.full((64, 64, 3), 250, np.uint8)
    square[20:40, 8:20] = 60
    there = explain.objectness(square, (0, 0, 64, 64))
    share = np.zeros((4, 4))
    share[1, 1] = 2  # a place beside the good, that sees it
    large = explain._enlarged(share, there)
    assert large.sum() == pytest.approx(2)
    assert large[20:40, 8:20].sum() > 1.9


def test_where_the_border_is_no_even_ground_every_place_keeps_its_own():
    square = np.random.default_rng(0).integers(0, 255, (64, 64, 3)).astype(np.uint8)
    assert (explain.objectness(square, (0, 0, 64, 64)) == 1).all()


def test_torchvision_backbones_are_understood_by_computing():
    found = {}
    for name in ("resnet18", "mobilenet_v2", "mobilenet_v3_small"):
        backbone = backbones.get(name)
        module = backbone.build().eval()
        found[name] = maps.find(backbone, module)
    assert found == {"resnet18": "layer4", "mobilenet_v2": "features",
                     "mobilenet_v3_small": ""}


@pytest.mark.parametrize("backend", ["onnxruntime", "torch"])
def test_a_backbone_that_averages_its_last_map(tiny, photo, backend):
    loaded = backbones.load("tiny", tiny, device="cpu", backend=backend)
    model = untrained("tiny", loaded.digest, loaded.spec.transform, 6)
    model.weights[:] = np.random.default_rng(0).normal(size=model.weights.shape)
    found = activation_map(Extractor(model, backbone=loaded), photo, "not_footwear")
    x = loaded(explain.decode_and_place(photo.read(), 16)[0][None])[0]
    assert found.score == pytest.approx(logit(model, x, 13), abs=1e-5)
    assert found.values.sum() == pytest.approx(found.score - found.constant, abs=1e-5)
    assert np.ptp(found.values) > 0


@pytest.mark.parametrize("backend", ["onnxruntime", "torch"])
def test_backbones_without_pooled_maps_say_why(photo, backend):
    from orangecontrib.customs.photos import scratch
    backbone = scratch.backbone(3, 64)
    loaded = backbones.LoadedBackbone(backbone, backbone.build(), "cpu", backend)
    model = untrained(backbone.name, loaded.digest, backbone.transform, backbone.width)
    with pytest.raises(ExplainError, match="'scratch-k3-64' can't be laid.*instead of averaging"):
        activation_map(Extractor(model, backbone=loaded), photo, "high_heel")


def test_unknown_features_and_bad_photos(tiny, photo, tmp_path):
    loaded = backbones.load("tiny", tiny, device="cpu", backend="torch")
    extractor = Extractor(untrained("tiny", loaded.digest, loaded.spec.transform, 6),
                          backbone=loaded)
    with pytest.raises(ExplainError, match="no feature 'sole'; there are: .*high_heel"):
        activation_map(extractor, photo, "sole")
    with pytest.raises(PhotoError, match="missing"):
        activation_map(extractor, Photo("x", "", tmp_path / "x"), "high_heel")


# --- on the photo ---

def made_map():
    """For the feature in the left half of a wide photo, against it on the right."""
    values = np.zeros((16, 16))
    values[4:12, :8], values[4:12, 8:] = 1., -.5
    values[:4] = 50  # the padding says a lot, and is not on the photo
    return ActivationMap(values, 1., 0., (0, 4, 16, 12))


def test_warm_speaks_for_and_cool_against():
    image = Image.new("RGB", (320, 160), (128, 128, 128))
    found = overlay(image, made_map())
    assert found.size == image.size and found.mode == "RGB"
    left, right = found.getpixel((40, 80)), found.getpixel((280, 80))
    assert left[0] > 128 > left[2] and right[2] > 128 > right[0]
    assert abs(left[0] - left[2]) > abs(right[0] - right[2]), "half as much says less"


def test_the_photo_stays_readable():
    image = Image.new("RGB", (320, 160), "black")
    image.paste("white", (30, 70, 50, 90))
    found = overlay(image, made_map()).convert("L")
    assert found.getpixel((40, 80)) - found.getpixel((10, 80)) > 60


def test_a_photo_on_its_side(tmp_path):
    exif = Image.Exif()
    exif[0x0112] = 6
    path = tmp_path / "side.jpg"
    Image.new("RGB", (160, 320), "gray").save(path, exif=exif)
    with Image.open(path) as image:
        assert overlay(image, made_map()).size == (320, 160)


@pytest.mark.parametrize("mode", ["L", "RGBA", "P", "CMYK"])
def test_other_modes(mode):
    image = Image.new("RGB", (32, 16), "white").convert(mode)
    found = overlay(image, made_map())
    assert found.mode == "RGB" and found.size == (32, 16)


def test_a_map_that_says_nothing_leaves_the_photo():
    image = Image.new("RGB", (32, 16), (9, 99, 199))
    found = overlay(image, ActivationMap(np.zeros((16, 16)), 0., 0., (0, 4, 16, 12)))
    assert found.tobytes() == image.tobytes()
