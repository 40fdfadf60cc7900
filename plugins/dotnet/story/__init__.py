"""The stories of users of the plugins in C#."""
