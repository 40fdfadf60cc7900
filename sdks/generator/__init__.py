"""Writes the models of the SDKs from ``openapi.yaml``: ``python -m sdks.generator``."""
