"""torch's compiler without Triton, which ends the process of some desktops."""
from __future__ import annotations

import sys

__all__ = ["without_triton"]


def without_triton() -> None:
    """Load what torch's optimisers load, but not Triton.

    Making an optimiser loads torch's compiler, and that loads Triton if it is installed.
    Triton brings an LLVM of its own; where a window has loaded the graphics driver's LLVM
    before (Mesa), the process ends with a segmentation fault.  Nothing here is compiled:
    Triton is not needed.
    """
    if "triton" in sys.modules or "torch._dynamo" in sys.modules:
        return
    sys.modules["triton"] = None  # whoever imports it gets an ImportError
    try:
        import torch._dynamo  # noqa: F401
    finally:
        del sys.modules["triton"]
