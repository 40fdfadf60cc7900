"""What holds for the whole run of the tests."""

from __future__ import annotations

import os

# Loggers take their name when a module is imported; on Lambda they all have this one, and share its keys.
os.environ["POWERTOOLS_SERVICE_NAME"] = "renderiq-plugins"
