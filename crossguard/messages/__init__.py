"""From a finding to what people read."""
