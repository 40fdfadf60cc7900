"""Entry points of the functions that are not HTTP endpoints: the SQS workers and the sweeper."""
