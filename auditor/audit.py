"""The main flow: stored snapshots and truths in, findings out. Read top to bottom.

No network here. Same database, same configuration, same ``as_of`` → the same findings.
"""
