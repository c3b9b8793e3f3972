"""How many requests `rowspace serve` answers, and how soon."""
