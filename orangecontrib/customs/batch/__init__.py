"""Any number of declarations and photos → rows of the result, in bounded memory.

    rows of a file ─► spool ─► tasks ─► executor: Worker(job)(task) ─► parts, in order ─► result

What must be known of all goods before the first is decided – which column is which, which ids are
repeated – is told by a first pass that keeps the rows on the disk (:mod:`.spool`, :mod:`.naming`).
Then tasks of some goods each go through :mod:`orangecontrib.customs.cases` (:mod:`.work`), in
this process or in several (:mod:`.executors`), or on other computers (:mod:`.cluster`).  What
comes back is written in the order of the goods (:mod:`.parts`), or kept until all is there, so
that a run can go on (:mod:`.checkpoint`).
"""
from .executors import ENGINES, Executor
from .run import Declarations, Report, Stopped, run_batch
from .work import Bad, Done, Job, Task, Worker

__all__ = ["ENGINES", "Bad", "Declarations", "Done", "Executor", "Job", "Report", "Stopped", "Task",
           "Worker", "run_batch"]


def _on_ray(job: Job, workers: int = 0) -> Executor:
    """Imported only where it is asked for."""
    from .cluster import OnRay
    return OnRay(job, workers)


ENGINES["ray"] = _on_ray
