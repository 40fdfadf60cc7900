"""DynamoDB, S3, Cognito and Secrets Manager: one module per aggregate, the only code that knows attribute names."""
