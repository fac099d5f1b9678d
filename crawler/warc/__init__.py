"""WARC files (ISO 28500): what other crawlers archived is read as a source, ours is written.

Needs warcio (``pip install 'sellby[warc]'``).
"""
