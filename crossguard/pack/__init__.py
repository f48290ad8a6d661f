"""What a rule of the pack is, and how it is configured."""
