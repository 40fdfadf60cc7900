"""What the plugins in Python share, and how they are packaged."""
