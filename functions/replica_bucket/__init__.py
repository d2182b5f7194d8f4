"""Makes the buckets in the second region, for CloudFormation, which cannot."""
