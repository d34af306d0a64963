"""Photos: file → tensor → backbone → evidence; pooling of several photos of a good.

The door to Orange tables is :mod:`.table`; nothing else here imports Orange, and torch
is imported only when a backbone is built.
"""
from .backbones import BackboneError
from .cache import FeatureCache
from .decode import PhotoError, decode
from .explain import ActivationMap, ExplainError, activation_map, overlay
from .extract import Extractor, PhotoResults
from .model import ModelError, PhotoModel, fact_ids, feature_ids
from .pooling import MODES, Pooled, photo_evidence, pool
from .sources import Photo, SourceError, find_photos

__all__ = ["FeatureCache", "PhotoError", "decode", "ActivationMap", "ExplainError",
           "activation_map", "overlay", "Extractor", "PhotoResults", "ModelError", "PhotoModel",
           "fact_ids", "feature_ids", "MODES", "Pooled", "photo_evidence", "pool", "Photo",
           "SourceError", "find_photos", "BackboneError"]
