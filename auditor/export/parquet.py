"""A table as Parquet, through pyarrow: typed columns, instants in UTC to the microsecond."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq

from auditor.store.extracts import Kind

if TYPE_CHECKING:
    from auditor.store.extracts import Extract, Row

_TYPES: dict[Kind, Any] = {
    Kind.TEXT: pa.string(),
    Kind.INTEGER: pa.int64(),
    Kind.REAL: pa.float64(),
    Kind.INSTANT: pa.timestamp("us", tz="UTC"),
}


def write_parquet(path: Path, table: Extract, batches: Iterable[list[Row]]) -> int:
    """Write a table, zstd-compressed, a row group a batch; its number of rows."""
    schema = pa.schema(
        [
            pa.field(column.name, _TYPES[column.kind], metadata={"meaning": column.meaning})
            for column in table.columns
        ],
        metadata={"table": table.name, "meaning": table.meaning},
    )
    count = 0
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        for rows in batches:
            columns = zip(*rows, strict=True)
            arrays = [
                pa.array(map(_number, values) if field.type == pa.float64() else values, field.type)
                for values, field in zip(columns, schema, strict=True)
            ]
            writer.write_table(pa.Table.from_arrays(arrays, schema=schema))
            count += len(rows)
    return count


def _number(value: Any) -> float | None:
    return None if value is None else float(value)
