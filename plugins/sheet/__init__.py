"""Pictures of sample models, captured by the plugins in their real hosts and given to both engines."""
