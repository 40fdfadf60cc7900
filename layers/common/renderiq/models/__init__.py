"""Pydantic models of requests and responses: ``…In`` and ``…Query`` are read, all others are written."""
