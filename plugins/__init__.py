"""Plugins: one folder for each host application."""
