"""The embedded engine, which renders captures without any outside service.

``segment`` finds the regions of a capture, ``classify`` their materials, ``geometry`` has the contours and lines in
the picture plane, ``shade`` computes light, and ``look`` has the styles and the tone mapping.
"""

from renderiq.engines.preview.engine import PreviewEngine

__all__ = ["PreviewEngine"]
