"""Many stacks at once: where their states are, who judges which, and what is remembered between runs."""
