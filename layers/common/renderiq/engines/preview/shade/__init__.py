"""Shading in linear light: albedo, shadows, daylight, sky and ground, and a shader for each material."""
