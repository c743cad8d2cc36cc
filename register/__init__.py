"""The domain: complaints, the legal steps of their life, deadlines, and the register."""
