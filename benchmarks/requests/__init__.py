"""Cold starts and requests of the functions, in instructions, beside other frameworks; their AWS calls and costs."""
