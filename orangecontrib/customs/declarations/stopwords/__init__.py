"""What old pickles name; the room is :mod:`orangecontrib.customs.textmining.stopwords`."""
