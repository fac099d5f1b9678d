"""Documents (PDF, DOCX, workbooks, Markdown) turned into HTML that is read like any page.

The store keeps a document's own bytes and, beside them, the HTML that was made of them: its text
and tables with page, sheet, row and line numbers in ``data-place`` attributes.
"""

from crawler.documents.convert import Converter, readable
from crawler.documents.kinds import Kind, kind_of
from crawler.documents.rendition import Rendition, Trouble

__all__ = ["Converter", "Kind", "Rendition", "Trouble", "kind_of", "readable"]
