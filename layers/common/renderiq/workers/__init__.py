"""SQS batches in, partial batch responses out."""
