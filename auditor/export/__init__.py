"""What is stored, as tables for other programs: Parquet and CSV."""

from auditor.export.csv import write_csv
from auditor.export.files import Written, write_tables

__all__ = ["Written", "write_csv", "write_tables"]
