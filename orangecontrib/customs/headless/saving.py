"""
``--save "Widget title.Output=file"``
=====================================

Which outputs, to which files; all that can be wrong is found before any widget exists.
"""
import os
import shutil
import tempfile
from typing import NamedTuple

from Orange.data import Table
from Orange.data.io import FileFormat, PickleReader, TabReader
from orangecanvas.utils import name_lookup
from orangewidget.utils.filedialogs import RecentPath

from orangecontrib.customs.files import Output, OutputError, same_file

from .arguments import ArgumentError, split

__all__ = ["SaveRequest", "check_place", "check_save", "check_targets", "resolve_save",
           "write_table"]

#: The one kind of file that Orange doesn't write and we do
PARQUET = ".parquet"


class SaveRequest(NamedTuple):
    """An output to be saved: the workflow's node, its channel's name and the file."""
    node: object
    output: str
    file: str


def check_save(argument):
    """
    Check what can be known about "Widget title.Output=file" without the workflow.

    Raises
    ------
    ArgumentError
        Not of that form, a kind of file that Orange doesn't write, or no such folder.
    """
    file = argument.rpartition("=")[2]
    if "=" not in argument or not file:
        raise ArgumentError(f'{argument!r} is not of the form "Widget title.Output=file"')
    if not _is_parquet(file) and _writer(file) is None:
        raise ArgumentError(f"can't save to {file}: the name must end with one of "
                            + ", ".join(sorted([*FileFormat.writers, PARQUET])))
    check_place(file)


def check_place(file):
    """ArgumentError where nothing can be written; what is there is left as it is."""
    folder = os.path.dirname(os.path.abspath(file))
    if not os.path.isdir(folder):
        raise ArgumentError(f"can't save to {file}: there is no folder {folder}")
    if not os.path.exists(file) or os.path.isfile(file):
        try:
            Output(file)  # only tries the place
        except OutputError as error:
            raise ArgumentError(str(error)) from None


def resolve_save(nodes, argument):
    """
    The output and the file that "Widget title.Output=file" means.

    Parameters
    ----------
    nodes : list of orangecanvas.scheme.SchemeNode
    argument : str

    Returns
    -------
    SaveRequest

    Raises
    ------
    ArgumentError
        Unknown or ambiguous title, unknown output, or one that never carries a table.
    """
    check_save(argument)
    node, rest = split(nodes, argument, '"Widget title.Output=file"')
    output, _, file = rest.rpartition("=")
    channels = {channel.name: channel for channel in node.output_channels()}
    if output not in channels:
        raise ArgumentError(f"{node.title!r} has no output {output!r}; it has: "
                            + (", ".join(map(repr, channels)) or "no outputs"))
    types = [name_lookup(name) for name in channels[output].types]
    if not any(issubclass(kind, Table) or issubclass(Table, kind) for kind in types):
        raise ArgumentError(
            f"{node.title}.{output} is not a table but {types[0].__name__}, and --save writes "
            "tables; connect a widget that saves it, such as Save Model, in the workflow")
    return SaveRequest(node, output, file)


def check_targets(saves, nodes, basedir):
    """
    Check that nothing that the workflow reads or has saved is overwritten.

    Parameters
    ----------
    saves : list of SaveRequest
    nodes : list of orangecanvas.scheme.SchemeNode
        With their settings.
    basedir : str
        The workflow's folder, which relative paths start from.

    Raises
    ------
    ArgumentError
        A file that a widget names in its settings, or that two outputs are to be saved to.
    """
    taken = set()
    for _, _, file in saves:
        for node in nodes:
            if same_file(file, _paths(node.properties, basedir)) is not None:
                raise ArgumentError(f"can't save to {file}: the settings of {node.title!r} name "
                                    "this file; choose another one")
        if os.path.realpath(file) in taken:
            raise ArgumentError(f"can't save two outputs to {file}; choose another file for one")
        taken.add(os.path.realpath(file))


def _paths(setting, basedir):
    """Whatever may be a path in a setting."""
    if isinstance(setting, RecentPath):
        setting = [setting.abspath, setting.relpath]
    if isinstance(setting, str):
        yield os.path.join(basedir, setting)
    elif isinstance(setting, (dict, list, tuple)):
        for part in setting.values() if isinstance(setting, dict) else setting:
            yield from _paths(part, basedir)


def _is_parquet(file):
    name = os.path.basename(file).lower()
    return name.endswith(PARQUET) and name != PARQUET


def _write_parquet(table, file):
    import pyarrow
    from pyarrow import parquet
    domain, names, columns = table.domain, [], []
    for variable in (*domain.attributes, *domain.class_vars, *domain.metas):
        names.append(variable.name)
        columns.append(_parquet_column(table.get_column(variable), variable, pyarrow))
    with tempfile.TemporaryDirectory() as folder:
        made = os.path.join(folder, "table")
        parquet.write_table(pyarrow.table(columns, names=names), made)
        with open(made, "rb") as whole, Output(file) as place:
            shutil.copyfileobj(whole, place)


def _parquet_column(values, variable, pyarrow):
    if not variable.is_continuous:
        unknown = [value is None or value != value or isinstance(value, str) and not value
                   for value in values]
        return pyarrow.array([None if no else variable.str_val(value)
                              for value, no in zip(values, unknown)], pyarrow.string())
    numbers = values.astype(float)
    if not variable.is_time:
        return pyarrow.array(numbers, pyarrow.float64(), from_pandas=True)
    return pyarrow.array([round(1e6 * value) if value == value else None for value in numbers],
                         pyarrow.timestamp("us", "UTC"))


def _writer(file):
    name = os.path.basename(file).lower()
    endings = [ending for ending in FileFormat.writers
               if name.endswith(ending) and name != ending]
    return FileFormat.writers[max(endings, key=len)] if endings else None


def write_table(table, file):
    """
    Write a table by Orange's writer for the file's extension, or as Parquet.

    Comma-separated files and Excel sheets get a single row of names, for other programs to
    read; .tab has Orange's three header rows, and with them types and roles.

    Parquet gets texts, numbers and, for times, timestamps in UTC; what is unknown is null.

    Orange's writers fill the place as they go; so they write elsewhere, and what came out
    whole takes its place.

    Raises
    ------
    OutputError
    """
    writer = None if _is_parquet(file) else _writer(file)
    if table.is_sparse() and not (writer and issubclass(writer, PickleReader)):
        table = table.to_dense()  # Orange's own writers of text stop at sparse columns
    if writer is None:
        _write_parquet(table, file)
        return
    with tempfile.TemporaryDirectory() as folder:
        made = os.path.join(folder, os.path.basename(file))
        writer.write(made, table, with_annotations=issubclass(writer, TabReader))
        for name in sorted(os.listdir(folder)):  # some leave a second file, .metadata
            with open(os.path.join(folder, name), "rb") as whole, \
                    Output(os.path.join(os.path.dirname(file), name)) as place:
                shutil.copyfileobj(whole, place)
