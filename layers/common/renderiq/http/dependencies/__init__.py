"""The types of route parameters that ``routing`` supplies, one module per resource.

``base`` has those that belong to no single resource: the caller, scopes, bodies, queries and path parameters.
"""
