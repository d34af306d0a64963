"""Text tables as people send them, and the one writer of all that is saved."""
from .encodings import CYRILLIC, Decoded, EncodingError, decode
from .tables import Row, TableFileError, TextTable, read_table, records, strict_rows
from .writing import Output, OutputError, read_cell, replacing, same_file, written_cell

__all__ = ["CYRILLIC", "Decoded", "EncodingError", "decode", "Row", "TableFileError", "TextTable",
           "read_cell", "read_table", "records", "strict_rows", "Output", "OutputError",
           "replacing", "same_file", "written_cell"]
