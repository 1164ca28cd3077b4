"""Tables for spreadsheets."""


def harmless(value: str | int) -> str | int:
    """No spreadsheet takes a text for a formula; numbers may well be negative."""
    return f"'{value}" if isinstance(value, str) and value.startswith(("=", "+", "-", "@", "\t", "\r")) else value
