"""Any channel to the register: mail and chat become `InboundMessage`s, and reception decides what they are."""
