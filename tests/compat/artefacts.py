"""What the tests of compatibility share with make.py: running a flow, writing and comparing tables.

A table is kept as a CSV with three header rows: names; part and kind of each column; its
attributes as JSON. Values follow, numbers with nine digits.
"""
from __future__ import annotations

import csv
import json
import lzma
import re
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from unittest.mock import patch

import numpy as np

HERE = Path(__file__).parent
FLOWS = sorted(path.name for path in HERE.glob("*.ows"))

#: Every widget has these, and they say nothing of what it does.
WINDOW = {"savedWidgetGeometry", "controlAreaVisible", "__version__", "context_settings"}

#: Tokens of a corpus, as a column of their own.
TOKENS = "(tokens)"

#: Columns of prose, which may be worded otherwise: they stay empty or not, and name the same codes.
PROSE = {"reason", "trace", "problems", "next question", "next_question", "discrepancy",
         "problem", "findings", "why"}

#: Attributes of columns that tell where something lies on this computer.
PLACES = {"origin"}

#: Attributes of columns that a photo model sets, and how names of columns end whose notes say
#: which photos speak for what.
OF_MODELS, QUOTED = {"prior", "rho", "made_only"}, ": photos"

#: Values of attributes that are spelled otherwise by now, and read in both spellings.
RESPELLED = {("role", "good_id"): "key"}


#: The command line, with every option of its day but --out.
COMMANDS = {
    "text": "classify --declarations {data}/declarations.csv",
    "priors": "classify --declarations {data}/declarations.csv --priors {data}/priors.csv "
              "--error 0.25 --encoding utf-8",
    "photos": "classify --declarations {data}/declarations.csv --photos {data}/photos "
              "--model {models}/heads.safetensors --device cpu --backend onnxruntime",
    "features": "features --photos {data}/photos --model {models}/network.safetensors "
                "--device cpu --backend torch",
    "listed": "features --photos {data}/photos.csv --photos-root {data}/photos --model free "
              "--encoding utf-8 --backend auto",
    "facts": "facts --declarations {data}/declarations.csv --encoding utf-8"}


def unpacked(folder: Path) -> Path:
    """The folder with the network of 13 MB beside its packed file."""
    packed = folder / "models" / "network.safetensors.xz"
    packed.with_suffix("").write_bytes(lzma.decompress(packed.read_bytes()))
    return folder


# --- running ----------------------------------------------------------------------------------

@contextmanager
def remembered():
    """While it lasts, a list of the schemes' nodes: what a widget's settings are at the end."""
    from Orange.canvas.config import Config
    from orangewidget.workflow.widgetsscheme import WidgetsScheme
    nodes = []

    class Remembering(WidgetsScheme):
        def clear(self):
            self.sync_node_properties()
            nodes.extend(SimpleNamespace(
                title=node.title, name=node.description.qualified_name,
                properties=dict(node.properties)) for node in self.nodes)
            super().clear()

    with patch.object(Config, "workflow_constructor",
                      staticmethod(lambda *args, **kwargs: Remembering(*args, **kwargs))):
        yield nodes


def run(path, registry, **options):
    """Run a flow in this process.

    Returns
    -------
    outcome : Outcome
    settings : dict of str to dict
        What each of our widgets would save, by its title.
    """
    from orangecontrib.customs.headless.runner import run_workflow
    with remembered() as nodes:
        outcome = run_workflow(path, registry=registry, timeout=120, **options)
    return outcome, {node.title: node.properties for node in nodes if is_ours(node.name)}


def is_ours(qualified_name: str) -> bool:
    """Whether a widget is one of this add-on."""
    return qualified_name.startswith("orangecontrib.customs.")


# --- tables -----------------------------------------------------------------------------------

def columns_of(table) -> list[SimpleNamespace]:
    """Columns of an Orange table with all that is kept of them."""
    if table.is_sparse():
        table = table.to_dense()
    domain, columns = table.domain, []
    for part, variables in (("feature", domain.attributes), ("class", domain.class_vars),
                            ("meta", domain.metas)):
        for variable in variables:
            values = table.get_column(variable)
            if variable.is_continuous:
                texts = [_number(value) for value in values]
            else:
                texts = ["" if (text := variable.str_val(value)) == "?" else text
                         for value in values]
            kind = "number" if variable.is_continuous else \
                "category" if variable.is_discrete else "text"
            columns.append(SimpleNamespace(name=variable.name, kind=f"{part} {kind}",
                                           attributes=dict(variable.attributes), values=texts))
    if getattr(table, "_tokens", None) is not None:
        columns.append(SimpleNamespace(
            name=TOKENS, kind="tokens", attributes={},
            values=[" ".join(tokens) for tokens in table.tokens]))
    return columns


def _number(value) -> str:
    return "" if value is None or np.isnan(value) else f"{float(value):.9g}"


def write(path: Path, columns) -> None:
    """Keep columns as a CSV."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow([c.name for c in columns])
        writer.writerow([c.kind for c in columns])
        writer.writerow([json.dumps({k: str(v) for k, v in c.attributes.items()
                                     if k not in PLACES}, ensure_ascii=False, sort_keys=True)
                         for c in columns])
        writer.writerows(zip(*(c.values for c in columns)))


def read(path: Path) -> list[SimpleNamespace]:
    """Columns that `write` kept."""
    with open(path, encoding="utf-8", newline="") as file:
        names, kinds, attributes, *rows = csv.reader(file)
    values = list(zip(*rows)) if rows else [()] * len(names)
    return [SimpleNamespace(name=n, kind=k, attributes=json.loads(a), values=list(v))
            for n, k, a, v in zip(names, kinds, attributes, values)]


def plain(path: Path) -> list[SimpleNamespace]:
    """Columns of a CSV with one header row, as the command line writes it."""
    with open(path, encoding="utf-8", newline="") as file:
        names, *rows = csv.reader(file)
    values = list(zip(*rows)) if rows else [()] * len(names)
    return [SimpleNamespace(name=n, kind="", attributes={}, values=list(v))
            for n, v in zip(names, values)]


def without_added(columns, table: str) -> list:
    """Columns without the rows that the old version left out: see added_rows.csv."""
    with open(HERE / "added_rows.csv", encoding="utf-8", newline="") as file:
        added = [row for row in csv.DictReader(file) if row["table"] == table]
    by_name = {column.name: column for column in columns}
    new = {number for row in added
           for number, value in enumerate(by_name[row["column"]].values) if value == row["value"]}
    return columns if not new else [SimpleNamespace(**{**vars(column), "values": [
        value for number, value in enumerate(column.values) if number not in new]})
        for column in columns]


def renamed(where: str) -> dict[str, str]:
    """Columns of results that have another name by now, old → new: see renamed.csv."""
    with open(HERE / "renamed.csv", encoding="utf-8", newline="") as file:
        return {row["old"]: row["new"] for row in csv.DictReader(file) if row["where"] == where}


def read_otherwise(table: str) -> set[tuple[str, str]]:
    """Cells (column, row) that follow a reading of words that was mended: see reread.csv."""
    with open(HERE / "reread.csv", encoding="utf-8", newline="") as file:
        return {(row["column"], number) for row in csv.DictReader(file) if row["table"] == table
                for number in row["rows"].split()}


def remade(table: str) -> bool:
    """Whether a table's numbers are those of a bundled model that was made anew: see remade.csv."""
    with open(HERE / "remade.csv", encoding="utf-8", newline="") as file:
        return any(row["table"] == table for row in csv.DictReader(file))


def differences(kept, found, tolerance: float = 1e-6, names=None, moved=(), remade=False
                ) -> list[str]:
    """What of the kept columns is not in those found; further columns may be anywhere.

    Cells (column, row) in `moved` may have another value; with `remade` every number may, and
    what a photo model tells of a column.
    """
    names, problems, place = names or {}, [], {"": -1}
    by_name = {c.name: (number, c) for number, c in enumerate(found)}
    for old in kept:
        name = names.get(old.name, old.name)
        lacking = [part for part in name.split("|") if part not in by_name]
        if lacking:
            problems.append(f"no column '{lacking[0]}'; there are: {', '.join(by_name)}")
            continue
        number, new = _first_filled([by_name[part] for part in name.split("|")])
        if name == old.name:  # a renamed column may stand elsewhere
            if number < place.get(old.kind, -1):
                problems.append(f"'{name}' stands before a column that it stood behind")
            place[old.kind] = number
        if new.kind != old.kind:
            problems.append(f"'{name}' was a {old.kind} and is a {new.kind}")
        for key, value in old.attributes.items():
            if remade and key in OF_MODELS and (key in new.attributes or key == "made_only"):
                continue
            if key not in new.attributes:
                problems.append(f"'{name}' has no attribute {key} any more")
            elif not any(_alike(spelled, str(new.attributes[key]), tolerance)
                         for spelled in (value, RESPELLED.get((key, value), value))):
                problems.append(f"'{name}'.{key} was {value} and is {new.attributes[key]}")
        if len(new.values) != len(old.values):
            problems.append(f"'{name}' had {len(old.values)} rows and has {len(new.values)}")
            continue
        prose = old.name in PROSE or old.name.endswith(QUOTED)
        alike = _alike_problems if old.name == "problems" else _alike_prose if prose else _alike
        problems += [f"'{name}', row {row}: was «{a}» and is «{b}»"
                     for row, (a, b) in enumerate(zip(old.values, new.values), start=1)
                     if (name, str(row)) not in moved and not alike(a, b, tolerance)
                     and not (remade and (name.endswith(QUOTED)
                                          or "text" not in old.kind and _number_in_both(a, b)))]
    return problems


def _first_filled(columns):
    """A column that was split: of its parts the place and, row by row, the first that is filled."""
    (number, new), *others = columns
    if not others:
        return number, new
    rows = zip(*(column.values for _, column in columns))
    return number, SimpleNamespace(name=new.name, kind=new.kind, attributes=new.attributes,
                                   values=[next(filter(None, row), "") for row in rows])


def _number_in_both(old: str, new: str) -> bool:
    try:
        return np.isfinite(float(old)) and np.isfinite(float(new))
    except ValueError:
        return False


def _alike(old: str, new: str, tolerance: float) -> bool:
    if old == new:
        return True
    try:
        return abs(float(old) - float(new)) <= tolerance * max(1, abs(float(old)))
    except ValueError:
        return False


def _alike_prose(old: str, new: str, _tolerance) -> bool:
    return bool(old.strip()) == bool(new.strip()) and _codes(old) <= _codes(new)


def _alike_problems(old: str, new: str, _tolerance) -> bool:
    return not old.strip() or _alike_prose(old, new, _tolerance)


def _codes(text: str) -> set[str]:
    return set(re.findall(r"(?<!\d)\d{4}(?:\d\d){0,3}(?!\d)", re.sub(r"(?<=\d) (?=\d)", "", text)))
