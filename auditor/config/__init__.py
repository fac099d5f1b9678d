"""config.yaml: one file that says what is read, what is true, and who cares.

``load`` reads it, or raises ConfigError with all mistakes at once, each with its line.
"""

from auditor.config.load import load
from auditor.config.model import (
    Away,
    Config,
    Identity,
    JudgementConfig,
    OwnerRule,
    Plugins,
    ReportConfig,
)
from auditor.config.people import (
    AskingConfig,
    Calendar,
    Person,
    ServeConfig,
    ServerConfig,
    ServiceConfig,
    ServiceLevel,
)

__all__ = [
    "AskingConfig",
    "Away",
    "Calendar",
    "Config",
    "Identity",
    "JudgementConfig",
    "OwnerRule",
    "Person",
    "Plugins",
    "ReportConfig",
    "ServeConfig",
    "ServerConfig",
    "ServiceConfig",
    "ServiceLevel",
    "load",
]
