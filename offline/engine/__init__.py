"""The embedded engine: programs run against it, and a booted pack is asked what the real engine would ask."""
