"""HTTP: the app factory, guards, the parameters of endpoints, request bodies and responses."""
