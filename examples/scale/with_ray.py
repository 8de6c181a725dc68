"""Ray Data passes batches of Arrow to the engine: with_ray.py IN OUT"""

import pyarrow as pa
import ray
from common import folders, found_schema, left, save, scan, schema_of


def scan_table(table: pa.Table) -> pa.Table:
    return pa.Table.from_batches(map(scan, table.to_batches()), found_schema(table.schema.field("id").type))


def main() -> None:
    source, out = folders()
    ray.init(num_cpus=2, include_dashboard=False, log_to_driver=False)
    ray.data.DataContext.get_current().enable_progress_bars = False
    for file in left(source, out):
        rows = ray.data.read_parquet(str(file)).map_batches(scan_table, batch_format="pyarrow", batch_size=4096)
        tables = rows.iter_batches(batch_format="pyarrow", batch_size=None)
        full = (table.cast(schema_of(file)) for table in tables if table.num_rows)
        save((batch for table in full for batch in table.to_batches()), file, out)
    ray.shutdown()


if __name__ == "__main__":
    main()
