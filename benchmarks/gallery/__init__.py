"""The gallery: every sample viewport in every style."""
