"""Several models beside each other (paper 2, Table 3), and what each says of a document.

:mod:`.scores` holds the mean, its deviation and the interval of an accuracy and says whether a
model stands out, :mod:`.judging` judges documents by what the results of a model teach,
:mod:`.table` is the door to Orange's scores.
"""
from .judging import Judge
from .scores import COMMONEST, ModelScores, Standing, accuracy_interval, commonest, standing

__all__ = ["COMMONEST", "Judge", "ModelScores", "Standing", "accuracy_interval", "commonest",
           "standing"]
