"""Documents as PDF, their fonts, QR codes: values in, bytes out (floor 3)."""
