"""What stands in for the cloud: outputs, data sources, mocks."""
