"""One column of a parquet file, a batch of rows at a time; needs the `arrow` extra."""

from __future__ import annotations

from collections.abc import Iterator

from rowspace.corpus.columns import choose
from rowspace.corpus.intake import Intake
from rowspace.corpus.opening import BLOCK, opened
from rowspace.corpus.reading import Reading
from rowspace.errors import InputError, MissingExtraError

ROWS = 4096


def parquet_pieces(path: str, reading: Reading, intake: Intake) -> Iterator[bytes]:
    """The column's cells, a line each, as UTF-8 pieces. Raises InputError."""
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError:
        raise MissingExtraError("reading parquet files", "arrow") from None
    with opened(path, intake) as raw:
        while raw.read(BLOCK):  # hashed in one pass: parquet itself is read from its end
            pass
    try:
        with pq.ParquetFile(path) as file:
            name = choose(path, reading.column, file.schema_arrow.names)
            kind = file.schema_arrow.field(name).type
            if not (pa.types.is_string(kind) or pa.types.is_large_string(kind)):
                raise InputError(f"{path}: column {name!r}: wanted text, came {kind}")
            for batch in file.iter_batches(ROWS, columns=[name]):
                cells = (cell for cell in batch.column(0).to_pylist() if cell is not None)
                yield "".join(" ".join(cell.split("\n")) + "\n" for cell in cells).encode()
    except pa.ArrowException as error:
        raise InputError(
            f"{path}: wanted a parquet file: {error}", hint="write or download the file again"
        ) from None
