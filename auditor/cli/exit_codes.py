"""What the exit code of every ``sellby`` command means."""

from __future__ import annotations

from enum import IntEnum


class ExitCode(IntEnum):
    """The exit codes.

    ====  ========================================================================
    0     done
    1     done, and the condition of ``--fail-on`` is met
    2     wrong usage, or mistakes in config.yaml; nothing was changed
    3     done, but part could not be judged: an incident is open
    4     failed or stopped half-way; everything saved before stays, nothing is lost
    75    another run holds the lock; nothing was done, try later (EX_TEMPFAIL)
    ====  ========================================================================
    """

    DONE = 0
    CONDITION_MET = 1
    USAGE = 2
    PARTIAL = 3
    FAILED = 4
    LOCKED = 75
