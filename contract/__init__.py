"""Writes the contract out of the code: openapi.yaml, what /openapi.json serves, docs/api.md and docs/errors.md."""
