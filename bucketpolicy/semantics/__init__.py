"""Reading one: whether a policy denies one request. The authority: short, plain, and independent of the proof."""
