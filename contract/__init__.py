"""Generates the contract from the code: openapi.yaml, the document that /openapi.json serves, and docs/errors.md."""
