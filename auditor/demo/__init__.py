"""The bundled company: an invented distributor whose pages are wrong in known places."""
