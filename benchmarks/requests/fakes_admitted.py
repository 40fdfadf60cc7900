"""Fake stores that admit every request."""

import fakes  # type: ignore[import-not-found]  # container.py has this folder in its path

fakes.install(app, room=99)  # type: ignore[name-defined]  # noqa: F821 (container.py runs this file with the app)
