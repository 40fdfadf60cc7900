"""The local stack: the whole backend on a laptop, with emulated AWS."""
