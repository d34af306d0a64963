"""The example of the documentation, as tables on disk."""
import re
from pathlib import Path

PAGE = Path(__file__).parents[2] / "doc" / "groups" / "own.md"


def write_pens(folder: Path) -> Path:
    """Save the page's three tables; they stand under its first three ```csv."""
    folder.mkdir()
    tables = re.findall(r"```csv\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.S)
    for name, table in zip(("facts", "decision_table", "tariff"), tables, strict=True):
        (folder / f"{name}.csv").write_text(table, encoding="utf-8")
    return folder
