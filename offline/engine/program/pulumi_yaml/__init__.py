"""Programs in YAML: read here, and declared through the Python SDK, so that Pulumi's YAML runtime is not needed."""
