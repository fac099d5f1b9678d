"""The bundled company: an invented distributor whose pages are wrong in known places."""

from auditor.demo.tour import run_demo

__all__ = ["run_demo"]
