"""Scripts that run in the interpreters of user programs; nothing here imports this project."""
