"""DynamoDB, S3, Cognito and Secrets Manager: one module per aggregate.

Only this package knows the attribute names of the tables.
"""
