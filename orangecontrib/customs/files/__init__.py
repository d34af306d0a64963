"""Tables as people send them, in any format, and the one writer of all that is saved."""
from .encodings import CYRILLIC, Decoded, EncodingError, decode
from .keeping import VARIABLE, InUse, cache_folder, copied_aside, locked
from .roles import ROLES, RoleError, Roles, composed_of, guess_roles, mostly_ids
from .sources import ENDINGS, FORMATS, Format, format_of, read_source
from .tables import MARKS, Row, TableFileError, TextTable, read_table, records, strict_rows
from .words import find_column
from .writing import Output, OutputError, read_cell, replacing, same_file, shown, written_cell

__all__ = ["CYRILLIC", "ENDINGS", "FORMATS", "MARKS", "ROLES", "VARIABLE", "Decoded",
           "EncodingError", "Format", "InUse", "Output", "OutputError", "RoleError", "Roles", "Row",
           "TableFileError", "TextTable", "cache_folder", "composed_of", "copied_aside", "decode",
           "find_column", "format_of", "guess_roles", "locked", "mostly_ids", "read_cell",
           "read_source", "read_table", "records", "replacing", "same_file", "shown",
           "strict_rows", "written_cell"]
