"""Shading: albedo, shadows, textures, sky and ground, in linear light."""
