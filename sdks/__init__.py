"""The SDKs, their conformance scenarios and the generator of their models."""
