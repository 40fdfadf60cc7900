"""The deferred path: surfaces, positions and borders come from guide images, and light is computed from them."""
