"""Evidence of several witnesses -> codes, reasons, safe digits and the next question."""
from orangecontrib.customs.fusion.engine import Engine, Witness
from orangecontrib.customs.fusion.verdict import Verdict, decide

__all__ = ["Engine", "Witness", "Verdict", "decide"]
