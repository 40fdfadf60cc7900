"""A benchmark of the preview engine on viewport captures whose scene is known: see docs/captures.md."""
