"""What travels between programs, engine and packs."""
