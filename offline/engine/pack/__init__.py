"""The policy pack as a process, asked over its own protocol."""
