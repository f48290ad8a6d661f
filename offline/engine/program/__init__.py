"""The user's program: its project, its process, one run of it."""
