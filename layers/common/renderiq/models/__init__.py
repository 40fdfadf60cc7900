"""Wire models: ``…In`` what clients send, ``…Out`` what they get."""
