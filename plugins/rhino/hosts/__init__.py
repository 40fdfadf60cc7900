"""The story of a user with the double of Rhino and a running API."""
