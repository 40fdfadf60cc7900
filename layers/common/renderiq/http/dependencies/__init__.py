"""What an endpoint may ask for by the type of a parameter, one module per resource.

``base`` has what is not about one resource: the caller, the scopes, bodies, queries and path parameters.
"""
