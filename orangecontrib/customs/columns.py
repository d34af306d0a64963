"""The column protocol: what the attributes of an Orange variable say of its column.

A column is known by its attributes, never by its name or its place: these may be changed by
people, and are.  (What people type themselves has none:
:mod:`orangecontrib.customs.fusion.statements`.)  This module is the only one that spells
attributes.  Each class is a kind of column: ``mark`` writes it into a variable, ``of`` reads it
from one, None where the column is of another kind.

>>> from types import SimpleNamespace
>>> variable = FactColumn("upper", "leather", .25).mark(SimpleNamespace(attributes={}))
>>> variable.attributes
{'fact': 'upper', 'value': 'leather', 'prior': '0.25'}
>>> FactColumn.of(variable).prior, NoteColumn.of(variable)
(0.25, None)

==================  ====================  ===========================  ============================
attribute           value                 written by                   read by
==================  ====================  ===========================  ============================
fact, value         ids of the            Declaration Facts, CNN       HS Code Fusion, Photo
                    vocabulary            Feature Extractor, Trainer,  Aggregator
                                          Aggregator, Labeler
prior               P that the column     those without the Labeler    Fusion, Aggregator; who looks
                    contains                                           for labels or for leaks
feature             id of one of the 14   as prior, and the Labeler    as fact; galleries
rho                 correlation between   Extractor, Trainer,          Aggregator
                    photos of a good      Aggregator
made_only           "yes": damped, for     Extractor, Aggregator        galleries
                    want of real photos
label               "yes": what people    Labeler                      Trainer, Labeler; the others
                    said of a photo                                    leave the column alone
gradability         id of a fact that can Extractor, Aggregator        Aggregator, galleries;
                    be judged here                                     Fusion refuses single photos
contradiction       "yes": P that the     Extractor, Aggregator        galleries
                    features fit nothing
shot                "view": id of a view  Extractor, of models that    people
                    "not_judged": what    know views
                    a photo can't show
contribution        id of the feature     Aggregator (Contributions)   people
designation         words of the code     Fusion (Code probabilities)  people
mass, made_with     digits of which P is  Fusion (Codes)               Evaluate Codes
                    told; what said it
role = key          ids of goods, a row   Declaration Facts,           Fusion, Declaration Facts,
                    per good; once        Aggregator, Fusion           Trainer
                    "good_id"
role = note, fact   words or photos that  Declaration Facts,           Fusion, for its trace
                    speak for the fact    Aggregator
role = problems     of the good           Declarations, Declaration    Fusion
                                          Facts, Aggregator
role = several      what the description  Declaration Facts            Fusion
                    leaves open of
                    several goods, JSON
role = whole        id of a description   Declaration Facts            Fusion
                    that names several
                    goods
role = n_photos     photos of the good    Aggregator                   people
role = cluster      group of goods        Labeler                      Labeler, Trainer
role = view, scene  how a photo was       Labeler                      Labeler
                    taken
type = image,       paths of photos,      Goods Photos; Import Images  all that read photos; Image
origin              their folder          of Image Analytics           Analytics
type = words        words, phrases        Customs Stop Words, Keyword  the same two; Orange3-Text
                                          Frequencies; Word List of
                                          Orange3-Text
include             True: a corpus reads  HS Code Class and others,    Orange3-Text
                    it as its text        of a description
bow-feature         True: counts of a     Bag of Words of Orange3-Text who looks for descriptions,
                    word                                               codes, known words
key, of the table   name of the column    Declaration Facts            as role = key
                    with role = key
skipped_photos,     photos that could not Goods Photos, Extractor,     the same, and Fusion
of the table        be used, as JSON      Aggregator
==================  ====================  ===========================  ============================

Others' attributes pass as they are: a variable's ``hidden`` (Orange shows it in no plot), a
corpus' ``language``.  A .tab file keeps those of variables, with numbers for texts that look so,
and those of the table only as long as the .metadata beside it.
"""
from __future__ import annotations

import json
import math
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol, Self, TypeVar

__all__ = ["BagColumn", "CodeColumn", "ContradictionColumn", "ContributionColumn", "FactColumn",
           "FeatureColumn", "GradabilityColumn", "ImageColumn", "LabelColumn", "MassColumn",
           "NoteColumn", "Role", "ShotColumn", "SkippedPhotos", "TextColumn", "WordsColumn",
           "computed", "copy_marks", "keyed", "marked", "name_key", "named_key", "origin_of"]


class HasAttributes(Protocol):
    """An Orange variable or table, as far as this module knows it."""

    attributes: dict[str, Any]


class HasRows(HasAttributes, Protocol):
    """An Orange table, as far as this module knows it."""

    def __len__(self) -> int: ...


class Named(HasAttributes, Protocol):
    """An Orange variable, as far as this module knows it."""

    name: str

    def copy(self) -> Self: ...


V = TypeVar("V", bound=HasAttributes)
N = TypeVar("N", bound=Named)


class Role(StrEnum):
    """What a column of a table with a row per good, or per photo, is for."""

    KEY = "key"
    NOTE = "note"
    PROBLEMS = "problems"
    SEVERAL = "several"
    WHOLE = "whole"
    PHOTOS = "n_photos"
    CLUSTER = "cluster"
    VIEW = "view"
    SCENE = "scene"
    DESCRIPTION = "description"
    DECLARED_CODE = "declared_code"
    QUANTITY = "quantity"
    VALUE = "value"
    CURRENCY = "currency"
    WEIGHT = "weight"
    STATEMENT = "statement"  # of a specification: part of the description
    NONE = "none"  # of what a file declares, whatever the column is called

    @property
    def of_texts(self) -> bool:
        """Whether such a column holds texts that were made, neither ids nor descriptions."""
        return self in (Role.NOTE, Role.PROBLEMS, Role.SEVERAL, Role.WHOLE)

    @classmethod
    def _missing_(cls, value: object) -> Role | None:
        return cls.KEY if value == "good_id" else None  # the Aggregator's spelling in 0.1.0

    @classmethod
    def find(  # type: ignore[override]
            cls, role: str, variables: Iterable[V]) -> V | None:
        """The first of the variables that has a role."""
        return next((v for v in variables if cls.of(v) == role), None)

    def mark(self, variable: V) -> V:
        """Give a variable this role."""
        variable.attributes["role"] = self.value  # no Role: pickles need not know this class
        return variable

    @classmethod
    def of(cls, variable: HasAttributes) -> Role | None:
        """The role of a variable; None where it has none that is known."""
        try:
            return cls(variable.attributes.get("role", ""))
        except ValueError:
            return None


class _Kind:
    """A kind of column: what it writes are its `attributes`."""

    @property
    def attributes(self) -> dict[str, Any]:
        raise NotImplementedError

    def mark(self, variable: V) -> V:
        """Write what this column is into a variable, and return that."""
        variable.attributes.update(self.attributes)
        return variable

    @classmethod
    def of(cls, variable: HasAttributes) -> Self | None:
        """What a variable says of its column; None where it is of another kind."""
        raise NotImplementedError


def _number(text: Any) -> float | None:
    try:
        number = float(text)
    except (TypeError, ValueError):
        return None
    return number if math.isfinite(number) else None


# --- evidence on facts ----------------------------------------------------------------------

@dataclass(frozen=True)
class FactColumn(_Kind):
    """P of a value of a fact; `prior` is None where the column does not say what P contains."""

    fact: str
    value: str
    prior: float | None = None

    @property
    def attributes(self) -> dict[str, Any]:
        prior = {} if self.prior is None else {"prior": repr(float(self.prior))}
        return {"fact": self.fact, "value": self.value, **prior}

    @classmethod
    def of(cls, variable: HasAttributes) -> Self | None:
        said = variable.attributes
        if "fact" not in said or "value" not in said or said.get("feature") or "label" in said:
            return None
        return cls(str(said["fact"]), str(said["value"]), _number(said.get("prior")))


@dataclass(frozen=True)
class FeatureColumn(_Kind):
    """P of a visual feature, of a photo or pooled over those of a good; no labels of people.

    Attributes
    ----------
    feature, fact, value : str
        Fact and value that the feature is a witness of.
    prior : float or None
    rho : float or None
        Correlation between the photos of a good.
    made_only : bool
        The model has seen it on made pictures and on too few real ones; it is damped.
    """

    feature: str
    fact: str = ""
    value: str = ""
    prior: float | None = None
    rho: float | None = None
    made_only: bool = False

    @property
    def attributes(self) -> dict[str, Any]:
        numbers = {"prior": self.prior, "rho": self.rho}
        return {"feature": self.feature, "fact": self.fact, "value": self.value,
                **{name: f"{n:.6g}" for name, n in numbers.items() if n is not None},
                **({"made_only": "yes"} if self.made_only else {})}

    @classmethod
    def of(cls, variable: HasAttributes) -> Self | None:
        said = variable.attributes
        if not said.get("feature") or "label" in said:
            return None
        return cls(str(said["feature"]), str(said.get("fact", "")), str(said.get("value", "")),
                   _number(said.get("prior")), _number(said.get("rho")), "made_only" in said)


@dataclass(frozen=True)
class LabelColumn(_Kind):
    """What people said of a photo; `feature` is "" where only the column's name tells it."""

    feature: str
    fact: str = ""
    value: str = ""

    @property
    def attributes(self) -> dict[str, Any]:
        return {"label": "yes", "feature": self.feature, "fact": self.fact, "value": self.value}

    @classmethod
    def of(cls, variable: HasAttributes) -> Self | None:
        said = variable.attributes
        return cls(*(str(said.get(name, "")) for name in ("feature", "fact", "value"))) \
            if "label" in said else None


def computed(variable: HasAttributes) -> bool:
    """Whether a column holds P that somebody computed: it says what prior is in them."""
    return "prior" in variable.attributes


@dataclass(frozen=True)
class NoteColumn(_Kind):
    """Words of a declaration, or names of photos, that speak for a fact."""

    fact: str

    @property
    def attributes(self) -> dict[str, Any]:
        return {"role": Role.NOTE.value, "fact": self.fact}

    @classmethod
    def of(cls, variable: HasAttributes) -> Self | None:
        return cls(str(variable.attributes["fact"])) \
            if Role.of(variable) is Role.NOTE and "fact" in variable.attributes else None


# --- columns with one attribute of their own --------------------------------------------------

@dataclass(frozen=True)
class GradabilityColumn(_Kind):
    """Whether a fact can be judged on this photo, as P."""

    fact: str

    @property
    def attributes(self) -> dict[str, Any]:
        return {"gradability": self.fact}

    @classmethod
    def of(cls, variable: HasAttributes) -> Self | None:
        said = variable.attributes
        return cls(str(said["gradability"])) if "gradability" in said else None


@dataclass(frozen=True)
class ShotColumn(_Kind):
    """How a photo was taken: its "view", or in words what it can't show ("not_judged")."""

    says: str

    @property
    def attributes(self) -> dict[str, Any]:
        return {"shot": self.says}

    @classmethod
    def of(cls, variable: HasAttributes) -> Self | None:
        said = variable.attributes.get("shot")
        return cls(str(said)) if said else None


@dataclass(frozen=True)
class ContradictionColumn(_Kind):
    """P that the features of a photo fit no group of goods."""

    @property
    def attributes(self) -> dict[str, Any]:
        return {"contradiction": "yes"}

    @classmethod
    def of(cls, variable: HasAttributes) -> Self | None:
        return cls() if "contradiction" in variable.attributes else None


@dataclass(frozen=True)
class ContributionColumn(_Kind):
    """What a photo adds to a feature of its good, in log-odds."""

    feature: str

    @property
    def attributes(self) -> dict[str, Any]:
        return {"contribution": self.feature}

    @classmethod
    def of(cls, variable: HasAttributes) -> Self | None:
        said = variable.attributes
        return cls(str(said["contribution"])) if "contribution" in said else None


@dataclass(frozen=True)
class CodeColumn(_Kind):
    """P of the code that the column is named after."""

    designation: str

    @property
    def attributes(self) -> dict[str, Any]:
        return {"designation": self.designation}

    @classmethod
    def of(cls, variable: HasAttributes) -> Self | None:
        said = variable.attributes
        return cls(str(said["designation"])) if "designation" in said else None


@dataclass(frozen=True)
class MassColumn(_Kind):
    """P of the first digits of the code in the row, and what said it (:mod:`..evaluation`)."""

    digits: int
    made_with: str = ""

    @property
    def attributes(self) -> dict[str, Any]:
        return {"mass": str(self.digits), "made_with": self.made_with}

    @classmethod
    def of(cls, variable: HasAttributes) -> Self | None:
        digits = _number(variable.attributes.get("mass"))
        return None if digits is None else cls(int(digits),
                                               str(variable.attributes.get("made_with", "")))


# --- what Orange and its add-ons agree on -----------------------------------------------------

@dataclass(frozen=True)
class ImageColumn(_Kind):
    """Paths of photos, relative to the folder or address `origin`."""

    origin: str = ""

    @property
    def attributes(self) -> dict[str, Any]:
        return {"type": "image", "origin": self.origin}

    @classmethod
    def of(cls, variable: HasAttributes) -> Self | None:
        return cls(origin_of(variable)) if variable.attributes.get("type") == "image" else None


def origin_of(variable: HasAttributes) -> str:
    """Where the paths of a column start, be it marked as photos or not; "" if it does not say."""
    return str(variable.attributes.get("origin", ""))


@dataclass(frozen=True)
class WordsColumn(_Kind):
    """Words or phrases, as Word List sends them."""

    @property
    def attributes(self) -> dict[str, Any]:
        return {"type": "words"}

    @classmethod
    def of(cls, variable: HasAttributes) -> Self | None:
        return cls() if variable.attributes.get("type") == "words" else None


@dataclass(frozen=True)
class TextColumn(_Kind):
    """A text that a corpus reads."""

    @property
    def attributes(self) -> dict[str, Any]:
        return {"include": True}

    @classmethod
    def of(cls, variable: HasAttributes) -> Self | None:
        # a .tab file makes True of "True", and Orange3-Text reads both
        return cls() if variable.attributes.get("include") in (True, "True") else None


@dataclass(frozen=True)
class ComposedColumn(_Kind):
    """Descriptions that were put together of other columns: «Материал верха: кожа»."""

    statements: tuple[tuple[str, str], ...]     #: name of a column, what it is called in the text

    @property
    def attributes(self) -> dict[str, Any]:
        return {"composed": json.dumps(self.statements, ensure_ascii=False)}

    @classmethod
    def of(cls, variable: HasAttributes) -> Self | None:
        try:
            said = json.loads(variable.attributes.get("composed", ""))
            return cls(tuple((str(column), str(label)) for column, label in said))
        except (TypeError, ValueError):
            return None


@dataclass(frozen=True)
class BagColumn(_Kind):
    """Counts or weights of a word, from Bag of Words."""

    @property
    def attributes(self) -> dict[str, Any]:
        return {"bow-feature": True}

    @classmethod
    def of(cls, variable: HasAttributes) -> Self | None:
        return cls() if variable.attributes.get("bow-feature") else None


#: All kinds, but for what a corpus reads, which somebody typed.
_KINDS = (FactColumn, FeatureColumn, LabelColumn, GradabilityColumn, ContradictionColumn,
          ContributionColumn, CodeColumn, MassColumn, ImageColumn, WordsColumn, BagColumn, Role)


def marked(variable: HasAttributes) -> bool:
    """Whether a column is of a kind that this module knows, not just what somebody typed."""
    return any(kind.of(variable) is not None for kind in _KINDS)


# --- the key of the goods, and copies ---------------------------------------------------------

def keyed(variables: Iterable[N], key: str | None) -> list[N]:
    """The variables, in which the one named `key` has the role of the key, and no other one.

    Variables that change are copies: those of the sender's table are left alone.
    """
    def changed(variable: N) -> N:
        if (variable.name == key) == (Role.of(variable) is Role.KEY):
            return variable
        copy = variable.copy()
        if variable.name == key:
            return Role.KEY.mark(copy)
        del copy.attributes["role"]
        return copy
    return [changed(variable) for variable in variables]


def named_key(table: HasAttributes) -> str | None:
    """Name of the column that a table names as its key."""
    return table.attributes.get("key")


def name_key(table: HasAttributes, name: str) -> None:
    """Let a table name its key."""
    table.attributes = {**table.attributes, "key": name}  # tables may share the old ones


@dataclass(frozen=True)
class SkippedPhotos:
    """Photos that could not be used, told by a table of those that could.

    They have no rows there: a model that learns from the table would take the unknown values
    for something that was seen.

    Attributes
    ----------
    photos : tuple of dict
        ``image``, ``columns`` (name of a column -> text) and ``reason`` (language -> text).
    whole : bool
        No rows were taken out since: goods that the table lacks have no usable photo.
    """

    photos: tuple[Mapping[str, Any], ...] = ()
    whole: bool = True

    @classmethod
    def of(cls, table: HasRows) -> Self:
        """What a table tells."""
        try:
            said = json.loads(table.attributes.get("skipped_photos", ""))
            return cls(tuple(said["photos"]), said["rows"] == len(table))
        except (TypeError, ValueError, KeyError):
            return cls()

    def tell(self, table: HasRows) -> None:
        """Let a table tell of them."""
        others = {k: v for k, v in table.attributes.items() if k != "skipped_photos"}
        # text: Orange copies what tables tell whenever it makes one of another
        table.attributes = others if not self.photos else {**others, "skipped_photos": json.dumps(
            {"rows": len(table) if self.whole else None, "photos": self.photos},
            ensure_ascii=False)}

    def by_good(self, column: str, present: Collection[str]
                ) -> dict[str, list[Mapping[str, Any]]]:
        """The photos of each good, by the column that names the goods.

        Of goods that are not among those `present`, only where no rows were taken out.
        """
        found: dict[str, list[Mapping[str, Any]]] = {}
        for photo in self.photos:
            good = photo["columns"].get(column, "")
            if good and (self.whole or good in present):
                found.setdefault(good, []).append(photo)
        return found


def copy_marks(source: HasAttributes, variable: V) -> V:
    """Give a variable all attributes of another one, whoever wrote them."""
    variable.attributes.update(source.attributes)
    return variable
