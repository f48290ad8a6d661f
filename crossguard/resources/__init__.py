"""What the resources of a stack hold: documents, buckets, and what is attached to what."""
