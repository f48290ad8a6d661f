"""Reading two: whether a policy denies every request of a goal, decided by a cover search."""
