"""`sellby serve`: the report live, decisions as buttons, and a small JSON API.

app      routes to pages and API, one request to the database and back
access   who asks: tokens, sessions, forgery, how often
orders   what a form or a JSON body asks for, checked
pages    the report's pages, kept until the database changes
"""

from auditor.serve.app import create_app

__all__ = ["create_app"]
