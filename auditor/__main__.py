"""``python -m auditor`` is ``sellby``."""

from auditor.cli import main

if __name__ == "__main__":
    main()
