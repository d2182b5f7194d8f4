"""The infrastructure: one stack, composed in ``cdk.stack``."""
