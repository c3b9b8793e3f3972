"""An index kept beside a model: `index.safetensors` in its folder, sealed as the model is.

It holds the arrays of `vectors.Cells` and names the content of the model it belongs to. faiss's own
files are never read: its reader takes sizes from the file it reads. Here arrays are mapped, their
checksums compared, and every id and offset is held to the model before faiss sees one of them, so
memory is that of the file and a damaged or hostile file is a FormatError.
"""

from __future__ import annotations

import warnings
from pathlib import Path

from rowspace.errors import FormatError, InputError
from rowspace.files import atomic, jsondata, seal, tensors
from rowspace.files.folder import TABLE, model_folder, opened
from rowspace.vectors import Vectors
from rowspace.vectors.ann import FaissSearch, exact_of
from rowspace.vectors.cells import Cells
from rowspace.vectors.index import Index

INDEX = "index.safetensors"
_AGAIN = "build it again: save_index(vectors.index(), folder)"


def save_index(index: Index, path: str | Path) -> Path:
    """Write an index of kind "ivf" beside the model in folder `path`; atomic.

    Raises InputError for an index of another kind or of other vectors.
    """
    folder = model_folder(path)
    search = index.search
    if not isinstance(search, FaissSearch) or search.cells is None:
        kind = search.kind if isinstance(search, FaissSearch) else "exact"
        raise InputError(f'an index of kind "ivf" can be stored, not {kind}')
    content, size, dim = _belonging(folder)
    if (len(index.vocabulary), index.dim) != (size, dim):
        raise InputError(
            f"the index is of {len(index.vocabulary)} items of {index.dim} numbers, the model in "
            f"{folder} has {size} of {dim}"
        )
    arrays = search.cells.arrays()
    told = jsondata.render({"kind": "ivf", "width": search.width}).decode()
    metadata = {"belongs_to": content, "index": told}
    target = folder / INDEX
    needed = tensors.written_size(arrays, metadata)
    with atomic.reporting(target, needed=needed):
        atomic.sweep(folder, (INDEX,))
        with atomic.drafts([target]) as (draft,):
            tensors.write(draft, arrays, metadata)
    return target


def load_index(path: str | Path, vectors: Vectors) -> Index | None:
    """The index stored beside the model in folder `path`, whose vectors these are.

    None where there is none, and, with a warning, where it belongs to another save of the model.
    Raises FormatError for a damaged one; nothing is built.
    """
    folder = model_folder(path)
    place = folder / INDEX
    content, *shape = _belonging(folder)
    if shape != [len(vectors), vectors.dim]:
        raise InputError(f"{folder} does not hold these vectors")
    try:
        with opened(place) as file:
            header = tensors.read_header(file, place)
            seal.check_header(header, place)
            if header.metadata.get("belongs_to") != content:
                warnings.warn(f"{place} belongs to another save of {TABLE}: not used", stacklevel=2)
                return None
            seal.check_arrays(file, header, place)
            width = _width(header, place)
            cells = Cells.from_arrays(tensors.map_arrays(file, header))
            return vectors.exact.through(
                FaissSearch.of_cells(exact_of(vectors), cells, width=width)
            )
    except FormatError:
        if not place.exists() and not place.is_symlink():
            return None
        raise
    except InputError as error:
        raise FormatError(place, error.message, hint=_AGAIN) from error


def _width(header: tensors.Header, place: Path) -> int:
    told = jsondata.parse(header.metadata.get("index", "{}").encode(), place)
    width = told.get("width")
    if told.get("kind") != "ivf" or type(width) is not int or not 1 <= width < 2**31:
        raise FormatError(place, "an index of another kind", found=f"{told!r:.80}", hint=_AGAIN)
    return width


def _belonging(folder: Path) -> tuple[str, int, int]:
    """Content, items and numbers of the model in a folder. Raises FormatError."""
    with opened(folder / TABLE) as file:
        header = tensors.read_header(file, folder / TABLE)
        content = seal.check_header(header, folder / TABLE)
        raw = header.metadata.get("rowspace", "{}").encode()
        table = jsondata.parse(raw, folder / TABLE).get("table") or {}
        return content, int(table.get("items", 0)), int(table.get("dim", 0))
