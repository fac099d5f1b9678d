"""The command line: one command per file, loaded when it is called.

Data goes to stdout, talk and progress to stderr. ``exit_codes`` says what the exit codes mean.
"""

from auditor.cli.group import main, sellby

__all__ = ["main", "sellby"]
