"""Business rules: frozen dataclasses and pure functions, without AWS and HTTP."""
