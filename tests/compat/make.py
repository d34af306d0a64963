"""How the artefacts in this folder were made. Not run by tests: run anew, it would show nothing.

Made at commit c0259c1 (version 0.1.0; Python 3.11, Orange 3.40, Orange3-Text 1.16.3, torch 2):

    python tests/compat/make.py                         everything, into this folder
    python tests/compat/make.py data|models|flows|expected ...   these steps only

To add an artefact of a later version, add it here and make it alone (`python -c "import make; …"`);
those that are here stay as the version of their day wrote them.
"""
from __future__ import annotations

import csv
import logging
import lzma
import os
import pickle
import shutil
import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np
from artefacts import COMMANDS, HERE, columns_of, run, unpacked, write

ROOT = HERE.parents[1]
SAMPLE, DRAWN, ELECTRICAL = (ROOT / "workflows" / name
                             for name in ("sample", "training", "electrical"))

# --- small inputs -------------------------------------------------------------------------------

GOODS = [  # number, text, declared code, pairs
    ("G-1", "Туфли женские на высоком каблуке (8 см), не закрывающие лодыжку, верх из натуральной "
            "кожи, подошва из натуральной кожи, союзка закрытая, длина стельки 24,5 см",
     "6403599900", 240),
    ("G-2", "Обувь мужская повседневная, верх – натуральная кожа, подошва – резина, "
            "без металлического подноска, размеры 40-45", "6403911600", 1200),
    ("G-3", "САПОГИ ЖЕНСКИЕ, ЗАКРЫВАЮЩИЕ ЛОДЫЖКУ И ЧАСТЬ ИКРЫ, ВЕРХ ИЗ НАТУРАЛЬНОЙ КОЖИ, ПОДОШВА "
            "ИЗ ТЕРМОПЛАСТИЧНОЙ РЕЗИНЫ, ДЛИНА СТЕЛЬКИ 25 СМ", "6403919800", 600),
    ("G-4", "Сапоги резиновые, верх и подошва из резины, отлитые за одну операцию, без "
            "металлического подноска", "", ""),
    ("G-5", "кеды повседневные, не закрывающие лодыжку, верх из текстильного материала, подошва "
            "из резины", "6404110000", 36),
    ("G-6", "Ботинки рабочие мужские, верх из натуральной кожи, подошва – полиуретан, с защитным "
            "металлическим подноском", "6403400000", 80),
    ("G-7", "Крем для обуви чёрный", "3405100000", 500),
    ("G-8", "", "6402", 5)]

PHOTOS = {"G-1": ("G-001/1", "G-001/3"), "G-3": ("G-003/1", "G-003/2"), "G-5": ("G-006/1",),
          "G-9": ("G-011/1",)}

#: The models learnt from all of these; half of them lie here, for the flows.
TRAINED = [f"T-{n:02}" for n in range(1, 41)]

HEADINGS = {"850440": 15, "853630": 15, "903289": 15}


def table(name, header, rows, encoding="utf-8"):
    with open(HERE / "data" / name, "w", encoding=encoding, newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


def make_data():
    from PIL import Image
    (HERE / "data").mkdir(exist_ok=True)
    table("declarations.csv", ("good_id", "description", "declared_code", "quantity"), GOODS)
    # names of columns that nobody would guess: only the settings tell them
    table("goods.csv", ("description", "number", "words", "declared_code", "quantity"),
          [("см. words", number, text, code, pairs) for number, text, code, pairs in GOODS])
    table("priors.csv", ("fact", "value", "probability"),
          [("sex", "men", .7), ("sex", "women", .25), ("sex", "unidentifiable", .05)])
    table("priors2.csv", ("fact", "value", "probability", "source"),
          [("heel", "high", .6, "a guess"), ("heel", "low", .4, "a guess")])
    table("network.csv", ("lot", "number", "net (6402)", "net (6403)", "net (6404)"),
          [(f"L{n}", f"G-{n}", *p) for n, p in enumerate(
              [(.2, .5, .3), (.1, .8, .1), (.3, .4, .3), (.6, .1, .3), (.1, .2, .7)], start=1)])
    table("decision_table.csv", ("codes", "is_footwear", "upper", "height", "gap", "basis"), [
        ("6406", "parts", "", "", "", "прим. 2"), ("none", "not_footwear", "", "", "", "прим. 1"),
        ("6401920000", "footwear", "rubber|plastic", "calf|over_knee", "", "ОПИ 1"),
        ("6401100000|6402", "footwear", "rubber|plastic", "ankle", "высота", "ОПИ 3"),
        ("6402", "footwear", "rubber|plastic", "", "", "ОПИ 1"),
        ("6403", "footwear", "leather|composition_leather", "", "", "ОПИ 1"),
        ("6404", "footwear", "textile", "", "", "ОПИ 1"), ("6405", "footwear", "", "", "", "")])
    for good, sources in PHOTOS.items():
        for number, source in enumerate(sources, start=1):
            path = HERE / "data" / "photos" / good / f"{number}.jpg"
            path.parent.mkdir(parents=True, exist_ok=True)
            image = Image.open(SAMPLE / f"{source}.jpg").convert("RGB")
            image.thumbnail((200, 200))
            image.save(path, quality=80)
    (HERE / "data" / "photos" / "G-5" / "torn.jpg").write_bytes(b"\xff\xd8 torn")

    for good in TRAINED[1::2]:
        shutil.copytree(DRAWN / good, HERE / "data" / "drawn" / good, dirs_exist_ok=True)
    write_labels(labels_of(TRAINED[1::2]))
    table("photos.csv", ("good_id", "image"), [("P-1", "G-1/1.jpg"), ("P-1", "G-3/1.jpg")])

    with open(ELECTRICAL / "declarations.csv", encoding="utf-8", newline="") as file:
        texts = list(csv.DictReader(file))
    taken = []
    for code, count in HEADINGS.items():
        some = [row for row in texts if row["code"] == code and len(row["description"]) < 150]
        taken += some[:count]
    table("electrical.csv", ("id", "description", "code", "right"),
          [(f"D{n}", row["description"], "850440", row["code"])
           for n, row in enumerate(taken, start=1)])
    table("raw.csv", ("id", "description"), [
        ("R1", "ПРЕОБРАЗОВАТЕЛЬ НАПРЯЖЕНИЯ СТАТИЧЕСКИЙ, ВЫХОДНОЙ ТОК 5 А"),
        ("R2", "Pеле контроля изоляции, для защиты потребителей"),   # a Latin P
        ("R3", "устройство автоматического управления насосами"),
        ("R4", "трансформатор"), ("R5", "…")])
    table("words.csv", ("Words",), [("знак",), ("товарный",), ("изготовитель",)])
    table("tariff.csv", ("код товара", "подуровень", "наименование", "ед. изм.", "ставка"), [
        ("8504", "", "Преобразователи электрические", "шт", ""),
        ("8504 40", "-", "преобразователи статические", "шт", ""),
        ("8504 40 300 8", "--", "прочие", "шт", "5"),
        ("8536", "", "Аппаратура для защиты электрических цепей", "", ""),
        ("8536 30", "-", "устройства защиты прочие", "шт", "7,5"),
        ("9032", "", "Приборы для автоматического регулирования или управления", "", "0"),
        ("9032 89", "-", "прочие", "шт", "0")], "cp1251")
    table("wanted.csv", ("heading", "n"), [("8504", 1), ("8536", 2), ("6403", 3)])
    answers = [("D1", "850440", "8504", .9, .05, .05, "8504", .6, .2, .2),
               ("D2", "850440", "8504", .7, .2, .1, "8536", .3, .4, .3),
               ("D3", "853630", "8536", .2, .7, .1, "8536", .1, .8, .1),
               ("D4", "853630", "8504", .5, .4, .1, "8536", .2, .6, .2),
               ("D5", "903289", "9032", .1, .1, .8, "9032", .1, .2, .7),
               ("D6", "903289", "9032", .2, .2, .6, "8504", .5, .2, .3)]
    table("answers.csv", ("id", "other", "truth", "A", *(f"A ({c})" for c in
                                                         ("8504", "8536", "9032")),
                          "B", *(f"B ({c})" for c in ("8504", "8536", "9032"))),
          [(row[0], "8504", *row[1:]) for row in answers])


def labels_of(goods):
    """Labels of drawn goods, some of them ½ and some not given."""
    from orangecontrib.customs.training.labelling.files import read_labels
    labels = [row for row in read_labels(DRAWN / "labels.csv").rows if row.good in goods]
    labels[3].labels[:4] = .5
    labels[5].labels[8:] = np.nan
    return labels


def write_labels(labels):
    """labels.csv as Footwear Photo Labeler leaves it, some answers in the journal."""
    from orangecontrib.customs.training.labelling.store import LabelStore
    path = HERE / "data" / "labels.csv"
    for old in (path, path.with_name("labels.csv.journal")):
        old.unlink(missing_ok=True)
    store = LabelStore(path)
    store.write(labels[:-2])
    store.checkpoint()
    store.write(labels[-2:])    # as after a crash
    for name in ("labels.csv", "labels.csv.journal"):
        shutil.copy(path.with_name(name), path.with_name(name + ".kept"))
    store.close()
    for name in ("labels.csv", "labels.csv.journal"):
        shutil.move(path.with_name(name + ".kept"), path.with_name(name))
    path.with_name(".labels.csv.lock").unlink(missing_ok=True)


# --- photo models -------------------------------------------------------------------------------

def make_models():
    """Heads on the default backbone, and the paper's network, as the Trainer trains them."""
    from orangecontrib.customs.photos import weights
    from orangecontrib.customs.photos.model import PhotoModel
    from orangecontrib.customs.photos.sources import Photo
    from orangecontrib.customs.training.trainer import Recipe, TrainingPhotos, train
    (HERE / "models").mkdir(exist_ok=True)
    rows = labels_of(TRAINED)
    photos = TrainingPhotos.of(
        [Photo(r.image, r.good, DRAWN / r.image) for r in rows],
        np.array([r.labels for r in rows]))
    about = {"note": "drawn pictures, for a test", "licence": "as the add-on"}
    heads = train(photos, Recipe(clusters=True, folds=3), **about).model
    # a third of the digits: the file is as small as it can be
    heads = replace(heads, weights=_rounded(heads.weights), made_only=("wooden_platform",))
    heads.save(HERE / "models" / "heads.safetensors")

    network = train(photos, Recipe("scratch", kernel=7, size=64, optimiser="adam", epochs=12,
                                   batch=8, rotation=0., test_share=0.), **about).model
    # a network has 13 MB; with most of its weights zero it packs into some hundred kB
    state = {name: _thinned(array) for name, array in network.backbone_state.items()}
    network = replace(network, backbone_state=state, backbone_digest=weights.digest(state))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "network.safetensors"
        network.save(path)
        PhotoModel.load(path)
        (HERE / "models" / "network.safetensors.xz").write_bytes(
            lzma.compress(path.read_bytes(), preset=9))


def _rounded(array):
    """Float32 with 8 bits of mantissa."""
    return (array.view(np.uint32) & np.uint32(0xFFFF0000)).view(np.float32).copy()


def _thinned(array, most=2500):
    """The largest weights of a layer, the rest zero."""
    if array.size <= most:
        return _rounded(array)
    least = np.partition(np.abs(array).ravel(), -most)[-most]
    return _rounded(np.where(np.abs(array) >= least, array, 0).astype(np.float32))


# --- workflows ----------------------------------------------------------------------------------

OURS = "orangecontrib.customs.widgets."
WIDGETS = {"Photos": OURS + "owgoodsphotos.OWGoodsPhotos",
           "Features": OURS + "owfootwearfeatures.OWFootwearFeatures",
           "Aggregator": OURS + "owphotoaggregator.OWPhotoAggregator",
           "Facts": OURS + "owdeclarationfacts.OWDeclarationFacts",
           "Fusion": OURS + "owhscodefusion.OWHSCodeFusion",
           "Labeler": OURS + "owphotolabeler.OWPhotoLabeler",
           "Trainer": OURS + "owfootweartrainer.OWFootwearTrainer",
           "Class": OURS + "owcodeclass.OWCodeClass",
           "Filter": OURS + "owcustomsstopwords.OWCustomsStopwords",
           "Tariff": OURS + "ownomenclature.OWNomenclature",
           "Keywords": OURS + "owkeywordfrequencies.OWKeywordFrequencies",
           "Sweep": OURS + "owvocabularysweep.OWVocabularySweep",
           "Evaluate": OURS + "owevaluatecodes.OWEvaluateCodes",
           "CSV": "Orange.widgets.data.owcsvimport.OWCSVFileImport",
           "File": "Orange.widgets.data.owfile.OWFile",
           "Logistic": "Orange.widgets.model.owlogisticregression.OWLogisticRegression",
           "Corpus": "orangecontrib.text.widgets.owcorpus.OWCorpus",
           "Preprocess": "orangecontrib.text.widgets.owpreprocess.OWPreprocess",
           "Bag": "orangecontrib.text.widgets.owbagofwords.OWTBagOfWords"}


def imported(path, *types, encoding="utf-8"):
    """Settings of CSV File Import; types are "Text" or "Numeric", a column each."""
    return {"__version__": 3, "_session_items_v2": [(
        {"type": "VarPath", "name": "basedir", "relpath": f"data/{path}"},
        {"encoding": encoding, "delimiter": ",", "quotechar": '"', "doublequote": True,
         "skipinitialspace": False, "quoting": 0,
         "columntypes": [{"start": n, "stop": n + 1, "value": kind}
                         for n, kind in enumerate(types)],
         "rowspec": [{"start": 0, "stop": 1, "value": "Header"}],
         "decimal_separator": ".", "group_separator": ""})]}


def opened(path):
    """Settings of File."""
    from orangewidget.utils.filedialogs import RecentPath
    return {"recent_paths": [RecentPath("", "basedir", path)], "source": 0, "__version__": 3}


STEMS = {"__version__": 5, "autocommit": True, "storedsettings": {"preprocessors": [
    ("preprocess.transform", {"methods": [0]}),
    ("preprocess.tokenize", {"method": 3, "pattern": "\\w+"}),
    ("preprocess.normalize", {"method": 1, "snowball_language": "ru"})]}}

#: With a filter that Orange3-Text fits anew on every corpus, and ours freezes.
FREQUENT = {**STEMS, "storedsettings": {"preprocessors": [
    *STEMS["storedsettings"]["preprocessors"],
    ("preprocess.filter", {"methods": [4], "freq_type": 0, "rel_start": .05, "rel_end": .8})]}}

RECIPE = {"architecture": "default", "fine_tune": False, "kernel": 7, "size": 64,
          "optimiser": "lbfgs", "learning_rate": .02, "epochs": 30, "batch": 8, "l2": .3,
          "patience": 4, "flip": False, "rotation": 5., "brightness": .1, "copies": 1,
          "class_weights": False, "gradability": False, "clusters": True, "test_share": .3,
          "validation_share": .2, "folds": 3, "seed": 7}

LEXICON = {"dropped": [["tariff", "8504", ["преобразовател"]], ["list", "", ["знак", "арт"]]],
           "always": ["не"], "patterns": ["numbers", "latin"],
           "vocabulary": None, "upstream": [], "documents": 12}

FILTER = {"auto_apply": True, "use_tariff": True, "level": 6, "codes_from": "hand",
          "codes_text": "8504, 8536 30", "use_functions": False, "use_words": True,
          "use_numbers": False, "use_units": False, "use_latin": True, "use_letters": False,
          "use_window": True, "min_df": .04, "max_df": .7, "use_limit": True, "max_words": 12,
          "protected_text": "тока, насос", "by_hand": {"изоляц": False, "статическ": True}}

#: Title: (kind, settings); then links.
DESCRIBED = {
    "photos.ows": ({
        "Photos of Goods": ("Photos", {"folder": "data/photos", "last_folder": "/goods/photos",
                                       "splitter": [111, 333]}),
        "Features": ("Features", {
            "image_name": "image", "language": "ru", "model_source": "file", "batch": 3,
            "model_path": "models/heads.safetensors", "explained": "height_ankle"}),
        "Free": ("Features", {"__version__": 2, "model_source": "free"}),
        "Waits": ("Features", {"auto_apply": False, "language": "ru"}),
        "Pooled": ("Aggregator", {"good_name": "good_id", "auto_rho": False, "rho": .25,
                                  "selected_good": "G-3"}),
        "Means": ("Aggregator", {"good_name": "image name", "mode": "mean"}),
        "Pooling waits": ("Aggregator", {"auto_apply": False}),
        "Declarations": ("CSV", imported("goods.csv", *4 * ["Text"], "Numeric")),
        "Facts": ("Facts", {"text_name": "words", "key_name": "number", "selected_row": 2,
                            "auto_commit": False}),
        "Network": ("CSV", imported("network.csv", "Text", "Text", *3 * ["Numeric"])),
        "Priors": ("CSV", imported("priors2.csv", "Text", "Text", "Numeric", "Text")),
        "Codes": ("Fusion", {
            "text_key": "number", "photo_key": "good_id", "predictions_key": "number",
            "accepted_error": .25, "trust": .9, "weight": .5, "priors_file": "data/priors.csv",
            "answers": {"G-2": {"height": "ankle"}, "G-9": {"upper": "leather"}},
            "selected_key": "G-3", "auto_commit": False})},
        ("Photos of Goods.Photos > Features.Images", "Photos of Goods.Photos > Free.Images",
         "Photos of Goods.Photos > Waits.Images", "Features.Features > Pooled.Features",
         "Features.Features > Means.Features", "Free.Features > Pooling waits.Features",
         "Declarations.Data > Facts.Data",
         "Facts.Facts > Codes.Text Facts", "Pooled.Goods > Codes.Photo Features",
         "Network.Data > Codes.Predictions", "Priors.Data > Codes.Priors")),
    "training.ows": ({
        "Drawn": ("Photos", {"folder": "data/drawn"}),
        "Labels": ("Labeler", {
            "image_name": "image", "labels_path": "data/labels.csv", "language": "ru",
            "shown": "unlabelled", "order": "doubt", "use_bundled": True, "go_on": False,
            "splitter_sizes": [150, 350, 250]}),
        "Labels wait": ("Labeler", {"labels_path": "data/none.csv", "auto_apply": False}),
        "Heads": ("Trainer", {
            "recipe": RECIPE, "image_name": "image", "good_name": "", "note": "drawn",
            "licence": "none", "language": "ru", "feature": "high_heel", "auto_train": True,
            "show_more": True, "allow_download": True, "checkpoint_path": "run.checkpoint",
            "sha256": ""}),
        "From a file": ("Trainer", {
            "recipe": {**RECIPE, "architecture": "scratch", "optimiser": "adam"},
            "model_path": "models/network.safetensors", "good_name": "good_id",
            "weights_path": "models/vgg16.pth", "sha256": "0" * 64}),
        "Others": ("Photos", {"folder": "data/photos"}),
        "By the network": ("Features", {}),
        "Per good": ("Aggregator", {})},
        ("Drawn.Photos > Labels.Images", "Drawn.Photos > Labels wait.Images",
         "Labels.Labeled Photos > Heads.Labeled Photos",
         "Labels.Labeled Photos > From a file.Labeled Photos",
         "From a file.Model > By the network.Model", "Others.Photos > By the network.Images",
         "By the network.Features > Per good.Features")),
    "text.ows": ({
        "Declarations": ("CSV", imported("electrical.csv", *4 * ["Text"])),
        "Codes": ("Class", {"code_name": "right", "digits": 4}),
        "Corpus": ("Corpus", {}),
        "Stems": ("Preprocess", STEMS),
        "Own words": ("CSV", imported("words.csv", "Text")),
        "Wanted": ("CSV", imported("wanted.csv", "Text", "Text")),
        "Tariff": ("Tariff", {
            "edition": "file", "path": "data/tariff.csv", "encoding": "cp1251",
            "mapping": {"code": "код товара", "level": "подуровень", "name": "наименование",
                        "unit": "", "rate": "ставка"},
            "file_date": "1 мая 2020", "checked": ["8504", "9032"], "levels": [4, 6],
            "code_name": "heading", "last_folder": "/tariffs", "auto_commit": False}),
        "HS": ("Tariff", {"edition": "hs", "checked": ["640340"], "levels": [6]}),
        "Filter": ("Filter", FILTER),
        "All codes": ("Filter", {"codes_from": "all", "level": 4, "use_words": False}),
        "Waits": ("Filter", {"auto_apply": False, "use_tariff": False}),
        "Locked": ("Filter", {"locked": True, "stored_lexicon": LEXICON}),
        "Frequent": ("Preprocess", FREQUENT),
        "Frozen": ("Filter", {"use_tariff": False}),
        "Bag of Words": ("Bag", {}),
        "Logistic Regression": ("Logistic", {}),
        "Keywords": ("Keywords", {
            "phrases": ["реле контроля", "автоматического управления", "ток"],
            "code_name": "right", "level": 4, "gap": 1, "selected_phrases": ["ток"]}),
        "Expert": ("Keywords", {}),
        "Sweep": ("Sweep", {
            "sizes_text": "5, 10", "maxima_text": "0.5, 0.9", "minimum": .02,
            "scheme": "folds 5", "seed": 3, "together": False, "shown_metric": "CA",
            "selected": (10, .9)}),
        "Sweep waits": ("Sweep", {"auto_run": False}),
        "Answers": ("CSV", imported("answers.csv", *3 * ["Text"], "Categorical",
                                    *3 * ["Numeric"], "Categorical", *3 * ["Numeric"])),
        "Errors": ("Evaluate", {"model_name": "B", "truth_name": "truth", "level": 4,
                                "limit": .4, "selected_code": "8536"})},
        ("Declarations.Data > Codes.Data", "Codes.Data > Corpus.Data",
         "Corpus.Corpus > Stems.Corpus", "Corpus.Corpus > Frequent.Corpus",
        "Frequent.Corpus > Frozen.Corpus",
         *(f"Stems.Corpus > {title}.Corpus" for title in
           ("Filter", "All codes", "Waits", "Locked", "Sweep", "Sweep waits")),
         "Corpus.Corpus > Keywords.Corpus", "Corpus.Corpus > Expert.Corpus",
         "Own words.Data > Filter.Words", "Tariff.Nomenclature > Filter.Nomenclature",
         "Wanted.Data > Tariff.Codes", "Filter.Corpus > Bag of Words.Corpus",
         "Bag of Words.Corpus > Logistic Regression.Data", "Answers.Data > Errors.Data")),
    "saved.ows": ({
        "Features": ("File", lambda: opened("tables/features.pkl")),
        "Pooled": ("Aggregator", {"rho": .1, "auto_rho": False}),
        "Facts": ("File", lambda: opened("tables/facts.tab")),
        "Goods": ("File", lambda: opened("tables/goods.tab")),
        "From .tab": ("Fusion", {"text_key": "number"}),
        "Facts again": ("File", lambda: opened("tables/facts.pkl")),
        "Goods again": ("File", lambda: opened("tables/goods.pkl")),
        "From .pkl": ("Fusion", {})},
        ("Features.Data > Pooled.Features", "Facts.Data > From .tab.Text Facts",
         "Goods.Data > From .tab.Photo Features", "Facts again.Data > From .pkl.Text Facts",
         "Goods again.Data > From .pkl.Photo Features"))}


def described(name) -> tuple[dict, dict]:
    """A flow as text, and settings by title."""
    nodes, links = DESCRIBED[name]
    titles = list(nodes)
    settings = {title: given() if callable(given) else given
                for title, (_, given) in nodes.items()}
    node_xml = [f'<node id="{n}" name={quoteattr(title)} project_name="" version=""'
                f' qualified_name="{WIDGETS[nodes[title][0]]}" title={quoteattr(title)}'
                f' position="({150 * n}, 100)"/>' for n, title in enumerate(titles)]
    link_xml = []
    for number, link in enumerate(links):
        (source, output), (sink, wanted) = (end.rsplit(".", 1) for end in link.split(" > "))
        link_xml.append(
            f'<link id="{number}" source_node_id="{titles.index(source)}"'
            f' sink_node_id="{titles.index(sink)}" enabled="true"'
            f' source_channel="{output}" sink_channel="{wanted}"/>')
    return ('<?xml version="1.0" encoding="utf-8"?>\n<scheme version="2.0" title="" '
            f'description=""><nodes>{"".join(node_xml)}</nodes><links>{"".join(link_xml)}'
            '</links><annotations/><node_properties/></scheme>'), settings


def make_flow(name, registry):
    """As Canvas saves it after a run; of others' widgets only the settings given here."""
    from Orange.canvas.config import Config
    from orangecanvas.scheme.readwrite import dumps
    text, settings = described(name)
    path = HERE / name

    def save(properties):
        data = []
        for number, given in enumerate(properties.values()):
            if given:
                content, form = dumps(given, pickle_fallback=True)
                data.append(f'<properties node_id="{number}" format="{form}">'
                            f"{escape(content)}</properties>")
        path.write_text(text.replace("<node_properties/>", "<node_properties>"
                                     f'{"".join(data)}</node_properties>'), encoding="utf-8")
        return path

    save(settings)
    unpacked(HERE)
    kept = (HERE / "data" / "labels.csv").read_bytes(), \
        (HERE / "data" / "labels.csv.journal").read_bytes()
    outcome, ended = run(path, registry)
    print(name, outcome.exit_code, *outcome.messages, sep="\n    ")
    (HERE / "data" / "labels.csv").write_bytes(kept[0])
    (HERE / "data" / "labels.csv.journal").write_bytes(kept[1])
    clean()
    for title, given in settings.items():
        if title in ended:
            lost = {k: (v, ended[title].get(k)) for k, v in given.items()
                    if ended[title].get(k) != v}
            if lost:
                print("    ! not as given:", title, lost)
            settings[title] = ended[title]
    save(settings)
    # and through Canvas' own writer, which knows the ids of channels
    scheme = Config.workflow_constructor()
    scheme.signal_manager.pause()
    with open(path, "rb") as file:
        scheme.load_from(file, registry=registry)
    for node in scheme.nodes:
        node.properties = settings[node.title]
    scheme.sync_node_properties = lambda: None
    with open(path, "wb") as file:
        scheme.save_to(file, pretty=True, pickle_fallback=True)
    return outcome


def clean():
    for name in ("models/network.safetensors", "data/.labels.csv.lock", "data/none.csv",
                 "data/.none.csv.lock", "data/none.csv.journal"):
        (HERE / name).unlink(missing_ok=True)


# --- what users keep ----------------------------------------------------------------------------

def make_saved(photos, text):
    """Models and tables as Save Model and Save Data write them."""
    from Orange.data.io import PickleReader, TabReader
    (HERE / "tables").mkdir(exist_ok=True)
    for (title, output), name in {
            ("Features", "Features"): "features", ("Pooled", "Goods"): "goods",
            ("Facts", "Facts"): "facts", ("Codes", "Codes"): "codes"}.items():
        found = photos.outputs[title, output]
        for variable in found.domain.metas:
            if "origin" in variable.attributes:
                variable.attributes["origin"] = "/goods/photos"
        PickleReader.write(str(HERE / "tables" / f"{name}.pkl"), found)
        TabReader.write(str(HERE / "tables" / f"{name}.tab"), found)
    for (title, output), name in {("Filter", "Corpus"): "corpus",
                                  ("Frozen", "Corpus"): "frozen",
                                  ("Errors", "Scored Documents"): "scored"}.items():
        PickleReader.write(str(HERE / "tables" / f"{name}.pkl"), text.outputs[title, output])
    for path in (HERE / "tables").glob("*.metadata"):
        path.unlink()
    with open(HERE / "models" / "text.pkcls", "wb") as file:
        pickle.dump(text.outputs["Logistic Regression", "Model"], file)


# --- what came of it ----------------------------------------------------------------------------

def make_expected(registry):
    from Orange.data import Table

    from orangecontrib.customs.headless.cli import main
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "compat"
        shutil.copytree(HERE, copy)
        unpacked(copy)
        shutil.rmtree(HERE / "expected", ignore_errors=True)
        for flow in DESCRIBED:
            outcome, _ = run(copy / flow, registry)
            for (title, output), value in outcome.outputs.items():
                ours = WIDGETS[DESCRIBED[flow][0][title][0]].startswith(OURS) \
                    or title == "Logistic Regression"
                if ours and isinstance(value, Table):
                    write(HERE / "expected" / flow.removesuffix(".ows")
                          / f"{title}.{output}.csv", columns_of(value))
        for name, command in COMMANDS.items():
            out = HERE / "expected" / "command-line" / f"{name}.csv"
            out.parent.mkdir(parents=True, exist_ok=True)
            print(name, main([*command.format(data=copy / "data", models=copy / "models").split(),
                              "--out", str(out)]))
        make_answers(copy)
        make_channels(registry)


def make_channels(registry):
    """What links, --save and people call the inputs and outputs of our widgets."""
    rows = [(widget.qualified_name, widget.name, kind, channel.id, channel.name,
             " ".join(channel.types))
            for widget in registry.widgets() if widget.qualified_name.startswith(OURS)
            for kind in ("inputs", "outputs") for channel in getattr(widget, kind)]
    with open(HERE / "expected" / "channels.csv", "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("widget", "title", "kind", "id", "name", "types"))
        writer.writerows(sorted(rows))


def make_answers(folder):
    """What the kept models say of raw input."""
    from answers import photo_answers, replayed, text_answers
    write(HERE / "expected" / "answers" / "text.csv", text_answers(folder))
    write(HERE / "expected" / "answers" / "replayed.csv", replayed(folder))
    for name in ("heads", "network"):
        write(HERE / "expected" / "answers" / f"{name}.csv", photo_answers(folder, name))


if __name__ == "__main__":
    from orangecontrib.customs.headless.environment import prepare_application
    from orangecontrib.customs.headless.runner import discover
    prepare_application()
    logging.getLogger("orangecanvas").setLevel(logging.CRITICAL)  # settings that are no literals
    known = discover()
    steps = sys.argv[1:] or ["data", "models", "flows", "expected"]
    if "data" in steps:
        make_data()
    if "models" in steps:
        make_models()
    if "flows" in steps:
        first, second = (make_flow(name, known) for name in ("photos.ows", "text.ows"))
        make_saved(first, second)
        for flow in ("training.ows", "saved.ows"):
            make_flow(flow, known)
    if "expected" in steps:
        make_expected(known)
    clean()
