"""The composition root: how stores, queues and services are built from settings and AWS clients.

One module per resource, so that a function imports only what it uses. Each object is built on first use and lives as
long as the container. Endpoints get these functions as dependencies (``http/dependencies``), and tests override them
there; workers call them directly.
"""
