"""How our own photo models are made: data sets, labels, and the command that trains."""
