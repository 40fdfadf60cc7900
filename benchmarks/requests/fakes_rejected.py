"""Fake stores that reject every request, because its caller has used up the rate limit."""

import fakes  # type: ignore[import-not-found]  # container.py has this folder in its path

fakes.install(app, room=0)  # type: ignore[name-defined]  # noqa: F821 (container.py runs this file with the app)
