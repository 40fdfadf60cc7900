"""The embedded engine, which renders captures without any outside service."""

from renderiq.engines.preview.engine import PreviewEngine

__all__ = ["PreviewEngine"]
