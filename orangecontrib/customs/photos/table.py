"""The door to Orange: tables of photos → features per photo → pooled per good.

Columns are known by their attributes (:mod:`orangecontrib.customs.columns`), never by name or
order.
"""
from __future__ import annotations

import os
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlparse

import numpy as np
from Orange.data import (
    ContinuousVariable,
    DiscreteVariable,
    Domain,
    Instance,
    StringVariable,
    Table,
    Variable,
)
from Orange.data.table import DomainTransformationError
from Orange.data.util import SharedComputeValue, get_unique_names

from orangecontrib.customs.columns import (
    ContradictionColumn,
    ContributionColumn,
    FeatureColumn,
    GradabilityColumn,
    ImageColumn,
    LabelColumn,
    NoteColumn,
    Role,
    ShotColumn,
    SkippedPhotos,
    copy_marks,
    keyed,
    named_key,
    origin_of,
)
from orangecontrib.customs.groups import Group, visual_groups
from orangecontrib.customs.i18n import Joined, Message, SaidError, Sayable, say

from .extract import Extractor
from .model import PhotoModel
from .notes import hidden_facts, photo_notes, skipped_photo, why_skipped
from .pooling import Pooled, pool
from .shots import Seen, not_judged
from .sources import Photo, natural
from .sufficiency import doubtful_photos

__all__ = ["GOOD_ID", "photos_table", "image_variables", "image_paths", "features_table",
           "pool_table", "pooled_table", "feature_columns", "gradable_columns", "append_metas",
           "with_reasons", "good_variables", "photo_group", "SeenPhoto", "model_behind",
           "photos_by_good"]

#: Name of the column with the good's id in tables that are made here.
GOOD_ID = "good_id"

_CACHED_PHOTOS = 200_000

UNNAMED, CANCELLED = Message("photos.unnamed"), Message("photos.cancelled")


# --- photos -------------------------------------------------------------------------------

def photos_table(photos: Sequence[Photo], origin: str | os.PathLike,
                 name: str = "Photos") -> Table:
    """A row per photo in the convention of Import Images, with the good's id as a meta.

    Parameters
    ----------
    photos : sequence of Photo
        Photos that lie in the folder `origin`; paths are kept relative to it.
    """
    image = ImageColumn(os.fspath(origin)).mark(StringVariable("image"))
    domain = Domain([], metas=[StringVariable(GOOD_ID), StringVariable("image name"), image])
    metas = np.array([[p.good_id, Path(p.image).stem, p.image] for p in photos],
                     dtype=object).reshape(len(photos), 3)
    table = Table.from_numpy(domain, np.empty((len(photos), 0)), metas=metas)
    table.name = name
    return table


def image_variables(domain: Domain) -> list[Variable]:
    """Metas that may hold photos, as Image Analytics chooses them: type=image first."""
    metas = [v for v in domain.metas if isinstance(v, (StringVariable, DiscreteVariable))]
    return sorted(metas, key=lambda v: not ImageColumn.of(v))


def image_paths(table: Table, variable: Variable) -> list[str | None]:
    """Full path of each row's photo; None where the value is missing."""
    origin = origin_of(variable)
    paths = []
    for value in table.get_column(variable):
        text = None if _missing(value) else variable.str_val(value)
        if text is not None and "://" not in text:
            if urlparse(origin).scheme in ("http", "https", "ftp"):
                text = origin.rstrip("/") + "/" + text
            else:
                text = os.path.join(origin, text)
        paths.append(text)
    return paths


def _missing(value) -> bool:
    return value is None or value == "" \
        or (isinstance(value, (float, np.floating)) and np.isnan(value))


def good_variables(domain: Domain) -> list[Variable]:
    """Columns that may say which good a photo shows; the likeliest first."""
    candidates = [v for v in (*domain.metas, *domain.class_vars, *domain.attributes)
                  if isinstance(v, (StringVariable, DiscreteVariable))
                  and not ImageColumn.of(v)]
    names = (GOOD_ID, "category")
    return sorted(candidates, key=lambda v: names.index(v.name) if v.name in names else 2)


# --- features per photo -------------------------------------------------------------------

class _Cache:
    """Results of this process: content-independent, by path, time, size and model."""

    def __init__(self, size: int):
        self._size = size
        self._lock = threading.Lock()
        self._rows: OrderedDict[tuple, np.ndarray] = OrderedDict()

    def get(self, key):
        with self._lock:
            if key in self._rows:
                self._rows.move_to_end(key)
            return self._rows.get(key)

    def put(self, key, row):
        with self._lock:
            self._rows[key] = row
            while len(self._rows) > self._size:
                self._rows.popitem(last=False)


_cache = _Cache(_CACHED_PHOTOS)


def _key(path: str, model: PhotoModel):
    try:
        stat = os.stat(path)
    except (OSError, ValueError):
        return None
    return os.path.abspath(path), stat.st_mtime_ns, stat.st_size, model.digest


def _width(model: PhotoModel) -> int:
    """Columns per photo: features, gradability, contradiction; view and strangeness if known."""
    return len(model.features) + len(model.facts) + 1 + 2 * (model.shots is not None)


def _extract(paths: Sequence[str | None], extractor: Extractor, progress=None,
             batch: int | None = None
             ) -> tuple[np.ndarray, list[Message | None]]:
    """(rows, columns) of all that is said, NaN where nothing is, and the reasons."""
    model = extractor.model
    rows = np.full((len(paths), _width(model)), np.nan)
    reasons = [None if path is not None else UNNAMED for path in paths]
    keys = {path: _key(path, model) for path in paths if path is not None}
    known = {path: _cache.get(key) for path, key in keys.items() if key is not None}
    todo = [Photo(path, "", Path(path)) for path in keys if known.get(path) is None]
    failed: dict[str, Message] = {}
    if todo:
        results = extractor.run(todo, progress, batch)
        found = np.column_stack([results.probabilities, results.gradability,
                                 results.contradiction])
        if model.shots is not None:
            found = np.column_stack([found, results.seen.views.argmax(axis=1),
                                     results.seen.strangeness])
        for photo, row in zip(results.photos, found):
            known[photo.image] = row
            if keys[photo.image] is not None:
                _cache.put(keys[photo.image], row)
        failed = {photo.image: reason for photo, reason in results.skipped}
    for i, path in enumerate(paths):
        if path is None:
            continue
        if known.get(path) is not None:
            rows[i] = known[path]
        else:
            reasons[i] = failed.get(path, CANCELLED)
    return rows, reasons


class PhotoFeatures:
    """Computes the features of a table's photos; shared by the columns.

    Holds the heads, not the backbone: the backbone is loaded when it is needed, so the object
    pickles small and moves between threads and processes.
    """

    def __init__(self, image_name: str, model: PhotoModel):
        self.image_name = image_name
        self.model = model
        self._answers: Callable[[Table], np.ndarray] | None = None

    @contextmanager
    def remembering(self, table: Table, rows: np.ndarray):
        """While it lasts, rows of `table` are answered from `rows` without computing."""
        # by path: a table that was put together may hold an id twice, with different photos
        position = {path: i for i, path in enumerate(self._paths(table))}
        self._answers = lambda data: rows[[position[path] for path in self._paths(data)]]
        try:
            yield
        finally:
            self._answers = None

    def __call__(self, data: Table) -> np.ndarray:
        if isinstance(data, Instance):
            data = Table.from_list(data.domain, [data])
        if self._answers is not None:
            return self._answers(data)
        if self.image_name not in data.domain or not len(data):
            return np.full((len(data), _width(self.model)), np.nan)
        return _extract(self._paths(data), Extractor(self.model))[0]

    def _paths(self, data: Table) -> list[str | None]:
        return image_paths(data, data.domain[self.image_name])

    def __eq__(self, other):
        return type(self) is type(other) and self.image_name == other.image_name \
            and self.model == other.model

    def __hash__(self):
        return hash((type(self), self.image_name, self.model))


class PhotoFeature(SharedComputeValue):
    """One column of PhotoFeatures."""

    def __init__(self, compute_shared: PhotoFeatures, index: int):
        super().__init__(compute_shared)
        self.index = index

    def compute(self, data, shared_data):
        return shared_data[:, self.index]

    def __eq__(self, other):
        return super().__eq__(other) and self.index == other.index

    def __hash__(self):
        return hash((super().__hash__(), self.index))


def _describe(variable: ContinuousVariable, index: int, model: PhotoModel) -> None:
    feature = model.group.features[index]
    FeatureColumn(feature.id, feature.fact, feature.value, model.priors[index],
                  model.rho[index], feature.id in model.made_only).mark(variable)


def _is_ours(meta: Variable) -> bool:
    """Whether a meta is of an extraction."""
    return bool(GradabilityColumn.of(meta) or ContradictionColumn.of(meta) or ShotColumn.of(meta))


def _variables(model: PhotoModel, image: Variable, language: str, taken: Sequence[str]
               ) -> tuple[list[ContinuousVariable], list[Variable]]:
    shared = PhotoFeatures(image.name, model)
    facts, vocabulary = model.facts, model.group.vocabulary
    names = [getattr(f, f"name_{language}") for f in model.group.features]
    judged = {"ru": "можно судить: {}", "en": "can be judged: {}"}[language]
    names += [judged.format(getattr(vocabulary[fact], language)) for fact in facts]
    names.append({"ru": "противоречие", "en": "contradiction"}[language])
    names = get_unique_names(list(taken), names)
    variables = [ContinuousVariable(name, number_of_decimals=3,
                                    compute_value=PhotoFeature(shared, index))
                 for index, name in enumerate(names)]
    features, metas = variables[:len(model.features)], variables[len(model.features):]
    for index, variable in enumerate(features):
        _describe(variable, index, model)
    for fact, variable in zip(facts, metas):
        GradabilityColumn(fact).mark(variable)
    ContradictionColumn().mark(metas[-1])
    if model.shots is not None:
        name = get_unique_names([*taken, *names], _WORDS["view"][language])
        metas.append(ShotColumn("view").mark(DiscreteVariable(
            name, model.group.views, compute_value=PhotoFeature(shared, len(names)))))
    return features, metas


_WORDS = {"view": {"ru": "вид", "en": "view of the photo"},
          "not_judged": {"ru": "не оценено", "en": "not judged"}}


def _with_words(result: Table, rows: np.ndarray, model: PhotoModel, language: str) -> Table:
    """With a meta that says what each photo can't show; of a model that knows views."""
    n, k = len(model.features), len(model.features) + len(model.facts)
    seen = Seen(np.eye(len(model.group.views))[rows[:, k + 1].astype(int)],
                np.zeros((len(rows), 0)), rows[:, k + 2])
    said = not_judged(seen, rows[:, n:k], model.group)
    name = get_unique_names(result.domain, _WORDS["not_judged"][language])
    variable = ShotColumn("not_judged").mark(StringVariable(name))
    return append_metas(result, [variable], [np.array(
        ["" if one is None else say(one, language) for one in said], dtype=object)])


def features_table(table: Table, image_variable: Variable | str, extractor: Extractor,
                   progress: Callable[[int, int], bool | None] | None = None,
                   language: str = "en", batch: int | None = None
                   ) -> tuple[Table, LeftOut | None]:
    """Append the features of the model (of footwear, 13 and the gate), as P in [0, 1].

    Gradability per fact and the contradiction of the features go to the metas.

    The columns carry a compute value, so a model trained on them scores a raw table of
    photos too.  Columns of an earlier extraction are replaced, labels of people stay.

    Parameters
    ----------
    progress : callable, optional
        As in :meth:`Extractor.run`; rows not reached come back as skipped.
    language : {"en", "ru"}
        Of the columns' names (ПЕРФОРАЦИЯ_СОЮЗКА … or perforated vamp …).
    batch : int, optional
        Photos that the backbone looks at together; by default what fits into the memory.

    Returns
    -------
    table : Table
        Rows whose photo could be used, in order, with ids, classes and metas kept; it tells
        of the others (:class:`~orangecontrib.customs.columns.SkippedPhotos`).
    skipped : LeftOut or None
        The other rows.
    """
    image = table.domain[image_variable]
    rows, reasons = _extract(image_paths(table, image), extractor, progress, batch)
    used = np.array([not reason for reason in reasons], dtype=bool)

    domain = table.domain
    attributes = [v for v in domain.attributes if not FeatureColumn.of(v)]
    metas = [v for v in domain.metas if not _is_ours(v)]
    taken = [v.name for v in (*attributes, *domain.class_vars, *metas)]
    features, said = _variables(extractor.model, image, language, taken)
    shared, usable = features[0].compute_value.compute_shared, table[used]
    with shared.remembering(usable, rows[used]):
        result = usable.transform(Domain((*attributes, *features), domain.class_vars,
                                              (*metas, *said)))
    if extractor.model.shots is not None:
        result = _with_words(result, rows[used], extractor.model, language)
    result.name = table.name
    if used.all():
        left_out(table).tell(result)
        return result, None
    why = [reason for reason in reasons if reason]
    skipped = table[~used]
    left_out(table, skipped, image, why).tell(result)
    return result, LeftOut(skipped, why)


def left_out(table: Table, skipped: Table | None = None, image: Variable | None = None,
             reasons: Sequence[Message] = ()) -> SkippedPhotos:
    """Photos of which a table tells already, and those of the rows that are skipped now."""
    earlier = SkippedPhotos.of(table)
    if skipped is None:
        return earlier
    goods = {variable.name: _texts(skipped, variable)
             for variable in good_variables(skipped.domain) if variable is not image}
    new = [skipped_photo(name, {column: texts[row] for column, texts in goods.items()}, reason)
           for row, (name, reason) in enumerate(zip(_texts(skipped, image), reasons)) if name]
    return SkippedPhotos((*earlier.photos, *new), earlier.whole)


def append_metas(table: Table, variables: Sequence[Variable], columns: Sequence) -> Table:
    """`table` with further metas; ids, classes and the subclass stay."""
    domain = table.domain
    result = table.transform(Domain(domain.attributes, domain.class_vars,
                                    (*domain.metas, *variables)))
    if len(result):  # Orange leaves the metas of a table without rows locked
        with result.unlocked(result.metas):
            for number, column in enumerate(columns, start=len(domain.metas)):
                result.metas[:, number] = column
    return result


@dataclass(frozen=True)
class LeftOut:
    """Rows that are left out.

    Attributes
    ----------
    rows : Table
    reasons : sequence of Sayable
        Why, for each.
    """

    rows: Table
    reasons: Sequence[Sayable]

    def table(self) -> Table:
        """The rows, with the reason in the language that is spoken as a meta."""
        return with_reasons(self.rows, list(map(say, self.reasons)))


def with_reasons(table: Table, reasons: Sequence[str] | str) -> Table:
    """Rows that were left out, with a text meta that says why."""
    variable = StringVariable(get_unique_names(table.domain, "reason"))
    if isinstance(reasons, str):
        reasons = [reasons] * len(table)
    result = append_metas(table, [variable], [np.array(reasons, dtype=object)])
    result.name = f"{table.name} (skipped)"
    return result


# --- pooled per good ----------------------------------------------------------------------

def photo_group(domain: Domain) -> Group | None:
    """The group whose features the columns of a table are; None where there are none.

    Columns that were computed here know it; those that were read from a file are of the
    loaded group that has most of them.
    """
    columns = _marked(domain)
    for variable in columns.values():
        while isinstance(variable.compute_value, PooledFeature):
            variable = variable.compute_value.source
        if isinstance(variable.compute_value, PhotoFeature):
            return variable.compute_value.compute_shared.model.group
    found = {group: len(columns.keys() & set(group.feature_ids)) for group in visual_groups()}
    best = max(found, key=found.get, default=None) if columns else None
    return best if best is not None and found[best] else None


def _marked(domain: Domain) -> dict[str, Variable]:
    return {column.feature: v for v in (*domain.variables, *domain.metas)
            if v.is_continuous and (column := FeatureColumn.of(v))}


def feature_columns(domain: Domain, group: Group | None = None) -> dict[str, Variable]:
    """Columns of features by feature id, wherever they stand in the domain; not labels.

    Parameters
    ----------
    group : Group, optional
        Whose features; by default the one that :func:`photo_group` finds.
    """
    group = photo_group(domain) if group is None else group
    ids = () if group is None else group.feature_ids
    return {id_: variable for id_, variable in _marked(domain).items() if id_ in ids}


def gradable_columns(domain: Domain) -> dict[str, Variable]:
    """Columns that say whether a fact can be judged, by fact id, wherever they stand."""
    return {column.fact: v for v in (*domain.variables, *domain.metas)
            if (column := GradabilityColumn.of(v))}


class PooledFeature:
    """Marks a column that was pooled over the photos of a good.

    A row here is a good, not a photo: nothing can be computed row by row, and a model
    trained on goods must not silently score single photos.
    """

    def __init__(self, feature: str, source: Variable, mode: str):
        self.feature, self.source, self.mode = feature, source, mode

    def __call__(self, data):
        raise DomainTransformationError(
            f"'{self.feature}' is pooled over the photos of a good: pool first (send the "
            "photos through Bayesian Photo Aggregator)")

    def __eq__(self, other):
        return type(self) is type(other) and (self.feature, self.source, self.mode) == (
            other.feature, other.source, other.mode)

    def __hash__(self):
        return hash((type(self), self.feature, self.source, self.mode))


@dataclass(frozen=True)
class SeenPhoto:
    """A photo of a good.

    Attributes
    ----------
    path : str
    weights : dict of str to float
        What it adds to each visual feature of its good, in log-odds; empty where that is not said.
    """

    path: str
    weights: Mapping[str, float] = field(default_factory=dict)


def photos_by_good(table: Table) -> dict[str, list[SeenPhoto]]:
    """The photos of each good in a table with a row per photo, in their order.

    The goods are those of the column that the table names as its key, or of the likeliest one.

    Raises
    ------
    ValueError
        There is no column with photos, or none with the goods' ids; says what to do.
    """
    images = [v for v in image_variables(table.domain) if ImageColumn.of(v)]
    goods = good_variables(table.domain)
    named = named_key(table)
    goods = [v for v in goods if v.name == named] or goods
    if not images or not goods:
        raise ValueError("no column holds " + ("the goods' ids" if images else "photos")
                         + "; connect Contributions of Bayesian Photo Aggregator, or Goods Photos")
    weights = {column.feature: table.get_column(v).astype(float) for v in table.domain.variables
               if (column := ContributionColumn.of(v))}
    found: dict[str, list[SeenPhoto]] = {}
    for row, (good, path) in enumerate(zip(_texts(table, goods[0]),
                                           image_paths(table, images[0]))):
        if good and path:
            found.setdefault(good, []).append(SeenPhoto(
                path, {feature: float(column[row]) for feature, column in weights.items()}))
    return found


def model_behind(domain: Domain) -> PhotoModel | None:
    """The model that computed features of photos, pooled ones too; None where nobody knows it."""
    for variable in feature_columns(domain).values():
        computed = getattr(variable.compute_value, "source", variable).compute_value
        model = getattr(getattr(computed, "compute_shared", None), "model", None)
        if model is not None:
            return model
    return None


class PoolError(SaidError):
    """A table whose photos can't be pooled; says why, and what to do."""


def pool_table(table: Table, good_variable: Variable | str, mode: str = "tempered",
               rho: float | None = None, group: Group | None = None) -> Pooled:
    """Pool a table of features_table over the column that names the good.

    Parameters
    ----------
    rho : float, optional
        Correlation between photos of a good for all features, instead of the model's.
    group : Group, optional
        Of the features; by default the one that :func:`photo_group` finds.

    Raises
    ------
    PoolError
        The table lacks features, or they carry no prior.
    """
    group = photo_group(table.domain) if group is None else group
    ids = () if group is None else group.feature_ids
    columns = feature_columns(table.domain, group)
    missing = [id_ for id_ in ids if id_ not in columns]
    if missing or not ids:
        raise PoolError(Message.of("photos.lacks_features", features=", ".join(missing)) if missing
                        else Message("photos.lacks_all_features"))
    p = np.column_stack([table.get_column(columns[id_]) for id_ in ids])
    gradable = gradable_columns(table.domain)
    g = np.column_stack([table.get_column(gradable[fact]).astype(float) if fact in gradable
                         else np.ones(len(table)) for fact in group.visual_facts])
    said = [FeatureColumn.of(columns[id_]) for id_ in ids]
    for column in said:
        if column.prior is None:
            raise PoolError(Message.of("photos.no_prior", column=columns[column.feature].name))
    priors = np.array([column.prior for column in said])
    rho = np.array([(.5 if column.rho is None else column.rho) if rho is None else rho
                    for column in said])
    return pool(p.astype(float), g, _texts(table, table.domain[good_variable]), priors, rho,
                mode, group)


def _texts(table: Table, variable: Variable) -> list[str]:
    return ["" if _missing(value) else variable.str_val(value)
            for value in table.get_column(variable)]


def pooled_table(table: Table, good_variable: Variable | str, mode: str = "tempered",
                 pooled: Pooled | None = None) -> Table:
    """A row per good: the pooled features, the number of photos used, and what is constant.

    How far each fact can be judged on the photos together, and how much the pooled features
    contradict each other, come as metas.  The good's id comes as a text meta; classes and
    other metas stay where all the photos of each good agree on them.  Where the photos have
    names, a text meta per fact (a note) tells which of them speak for it, for the trace of the
    fusion.  Photos that could not be used, or seem to show another good, stand in "problems", in
    the language that is spoken; of a good that has no other ones the table tells
    (:class:`~orangecontrib.customs.columns.SkippedPhotos`), without a row, that a model would
    take for features that were seen.

    Parameters
    ----------
    pooled : Pooled, optional
        Result of :func:`pool_table`, if it is there already.
    """
    good = table.domain[good_variable]
    pooled = pool_table(table, good, mode) if pooled is None else pooled
    features = []
    ids = pooled.group.feature_ids
    for id_, source in feature_columns(table.domain, pooled.group).items():
        variable = ContinuousVariable(source.name, number_of_decimals=3,
                                      compute_value=PooledFeature(id_, source, mode))
        features.append((ids.index(id_), copy_marks(source, variable)))

    first = np.zeros(len(pooled.good_ids), dtype=int)
    mine = np.flatnonzero(pooled.photo_good >= 0)
    first[pooled.photo_good[mine][::-1]] = mine[::-1]
    key = Role.KEY.mark(StringVariable(good.name))
    count = ContinuousVariable(
        get_unique_names([v.name for v in (*table.domain.variables, *table.domain.metas)],
                         "photos used"), number_of_decimals=0)
    Role.PHOTOS.mark(count)
    constant = [v for v in (*table.domain.class_vars, *table.domain.metas)
                if v is not good and not _is_ours(v)
                and not (ImageColumn.of(v) or FeatureColumn.of(v) or LabelColumn.of(v))
                and _agrees(table, v, pooled, first)]
    classes = [v for v in table.domain.class_vars if v in constant]
    metas = [v for v in table.domain.metas if v in constant]
    domain = Domain([v for _, v in features], keyed(classes, None),
                    [key, count, *keyed(metas, None)])
    result = Table.from_domain(domain, len(first))
    if len(first):  # Orange leaves a table without rows locked
        _fill(result, table, pooled, first, [i for i, _ in features])
    result.name = table.name
    result = _with_judgement(result, table, pooled)
    return _with_problems(_with_notes(result, table, pooled), table, good.name, pooled)


def _fill(result: Table, table: Table, pooled: Pooled, first: np.ndarray,
          features: Sequence[int]) -> None:
    """Write pooled features, and what the photos of each good have in common."""
    with result.unlocked():
        result.X[:] = pooled.probabilities[:, features]
        for column, variable in enumerate(result.domain.class_vars):
            values = table.get_column(variable)[first]
            if result.Y.ndim == 1:
                result.Y[:] = values
            else:
                result.Y[:, column] = values
        result.metas[:, 0] = pooled.good_ids
        result.metas[:, 1] = pooled.n_photos
        for column, variable in enumerate(result.domain.metas[2:], start=2):
            result.metas[:, column] = table.get_column(variable)[first]


def _with_judgement(result: Table, table: Table, pooled: Pooled) -> Table:
    """Pooled goods with what can be judged of each, and how much it contradicts itself."""
    facts = pooled.group.visual_facts
    sources = gradable_columns(table.domain)
    said = next((v for v in table.domain.metas if ContradictionColumn.of(v)), None)
    columns = [(sources[fact], pooled.gradability[:, number])
               for number, fact in enumerate(facts) if fact in sources]
    columns += [] if said is None else [(said, pooled.contradiction)]
    if not columns:
        return result
    taken = get_unique_names(result.domain, [source.name for source, _ in columns])
    variables = [copy_marks(source, ContinuousVariable(name, number_of_decimals=3))
                 for name, (source, _) in zip(taken, columns)]
    return append_metas(result, variables, [values for _, values in columns])


def _with_problems(result: Table, table: Table, good: str, pooled: Pooled) -> Table:
    """Pooled goods with their photos that could not be used, or don't fit.

    And with what none of their photos can show, where the model that judged them knew. The
    table tells of other goods.
    """
    told = SkippedPhotos.of(table)
    told = SkippedPhotos(tuple(sorted(told.photos, key=lambda p: natural(p["image"]))), told.whole)
    keys = list(result.get_column(result.domain.metas[0]))
    found = told.by_good(good, keys)
    images = image_variables(table.domain)
    names = _texts(table, images[0]) if images else [f"row {row + 1}" for row in range(len(table))]
    doubts = doubtful_photos(pooled, names)
    hidden, gradable = {}, gradable_columns(table.domain)
    if any(ShotColumn.of(v) for v in table.domain.metas) \
            and set(pooled.group.visual_facts) <= set(gradable):
        hidden = hidden_facts(pooled)
    mine = [say(Joined((*map(why_skipped, found.get(key, ())),
                        *(said[key] for said in (doubts, hidden) if key in said)), "; "))
            for key in keys]
    if any(mine):
        variable = StringVariable(get_unique_names(result.domain, "problems"))
        result = append_metas(result, [Role.PROBLEMS.mark(variable)],
                              [np.array(mine, dtype=object)])
    SkippedPhotos(tuple(p for p in told.photos if p["columns"].get(good) in found.keys() - keys)
                  ).tell(result)
    return result


def _with_notes(result: Table, table: Table, pooled: Pooled) -> Table:
    images = image_variables(table.domain)
    if not images:
        return result
    notes = photo_notes(pooled, _texts(table, images[0]))
    spoken = [fact for fact in pooled.group.visual_facts if any(f == fact for _, f in notes)]
    names = get_unique_names(result.domain, [f"{fact}: photos" for fact in spoken])
    variables = [StringVariable(name) for name in names]
    for variable, fact in zip(variables, spoken):
        NoteColumn(fact).mark(variable)
    return append_metas(result, variables, [
        np.array([say(notes.get((good, fact), "")) for good in pooled.good_ids], dtype=object)
        for fact in spoken])


def _agrees(table: Table, variable: Variable, pooled: Pooled, first: np.ndarray) -> bool:
    values = np.array([variable.str_val(v) for v in table.get_column(variable)], dtype=object)
    mine = pooled.photo_good >= 0
    return bool((values[mine] == values[first][pooled.photo_good[mine]]).all())
