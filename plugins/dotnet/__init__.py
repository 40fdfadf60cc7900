"""Building and playing the plugins in C#."""
