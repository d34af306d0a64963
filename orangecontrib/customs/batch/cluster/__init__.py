"""The tasks of a run on Ray: on this computer, or on a cluster of many.

    tasks ─► desk ─► read ─► decode (CPUs) ─► compute (GPUs) ─► decide (CPUs) ─► in order ─► parts

Ray Data streams the tasks through the steps (:mod:`.steps`); the desk and what is done when a
process or a computer is lost are in :mod:`.engine`.
"""
from .engine import ClusterError, OnRay

__all__ = ["ClusterError", "OnRay"]
