"""crawler kms."""
