"""The types of route parameters that Powertools injects, one module per resource.

``base`` has those that belong to no single resource: the caller, scopes, bodies, queries and path parameters.
"""
