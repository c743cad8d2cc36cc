"""Words, and how they leave: the letters, what they say, and the couriers that take them."""
