"""Any channel to the register: mail and chat become messages, reception decides what they are."""
