"""The Content-Security-Policy of every page: nothing inline, nothing from another host, nothing framed, no eval."""

DIRECTIVES: dict[str, list[str]] = {
    "default-src": ["'none'"],
    "script-src": ["'self'"],
    "style-src": ["'self'"],
    # data: for the QR code of a transfer, which is drawn on the server; blob: never.
    "img-src": ["'self'", "data:"],
    "font-src": ["'self'"],
    "connect-src": ["'self'"],
    "manifest-src": ["'self'"],
    # It also blocks a POST that redirects elsewhere: leaving for a means of payment is a page of ours with a link.
    "form-action": ["'self'"],
    "frame-ancestors": ["'none'"],
    "base-uri": ["'none'"],
}
