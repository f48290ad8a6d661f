"""The language of bucket policies, and the proof of what they deny. Standard library only, no input or output."""
