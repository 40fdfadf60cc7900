"""What the plugins in Python share. It knows no host, and needs the standard library of Python 3.9 alone. Pure."""
