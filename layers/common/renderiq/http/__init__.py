"""The HTTP side: app factory, guards, forms, and the composition root."""
