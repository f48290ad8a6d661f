"""From a rule and a resource to a finding: pure, without the SDK."""
