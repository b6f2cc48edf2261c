"""dlt: typed rows from Parquet into a table that stands ready, with its keys and checks, in a schema of dlt's own.

The rows are given as an Arrow table and loaded as CSV through COPY, the quickest way that dlt has into Postgres. The
server is at the address in PEERS_WAREHOUSE; what dlt keeps of its own goes into the folder.
"""

import json
import os
import shutil
import sys
import time
from pathlib import Path


def main(folder: Path) -> None:
    """Load the rows once, and print the seconds and how many rows there are then."""
    began = time.perf_counter()
    import dlt
    from dlt.destinations import postgres
    from pyarrow import parquet

    imported = time.perf_counter() - began
    rows = parquet.read_table(folder / "judged.parquet")
    shutil.rmtree(folder / "dlt", ignore_errors=True)
    pipeline = dlt.pipeline(
        pipeline_name="peers",
        pipelines_dir=str(folder / "dlt"),
        destination=postgres(os.environ["PEERS_WAREHOUSE"]),
        dataset_name="dlt_peer",
    )
    began = time.perf_counter()
    pipeline.run(rows, table_name="attendance", write_disposition="append", loader_file_format="csv")
    seconds = time.perf_counter() - began
    with pipeline.sql_client() as client:
        counted = client.execute_sql("select count(*) from attendance")
    print(json.dumps({"seconds": seconds, "import_seconds": imported, "rows": counted[0][0] if counted else 0}))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
