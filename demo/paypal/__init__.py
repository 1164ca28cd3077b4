"""A small PayPal on loopback, for demo and tests: it keeps an account and knows neither Carnet nor Django."""
