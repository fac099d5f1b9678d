"""Which Sellby is this?"""

from importlib.metadata import PackageNotFoundError, version


def sellby_version() -> str:
    """The installed version; "dev" where it runs from a source tree."""
    try:
        return version("sellby")
    except PackageNotFoundError:
        return "dev"
