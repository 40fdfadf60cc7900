"""Commands for operators. They act on the local stack or on a stack on AWS."""
