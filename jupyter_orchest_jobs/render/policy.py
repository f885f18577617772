"""What browsers are told of everything that a run has left: one place for all of it.

Notebooks and files hold whatever their code put there. A browser that shows one of them directly,
or in a frame, gives it an origin of its own, without the server's cookies, and lets it load
nothing. Each policy is a tuple of directives, to be added to those of the server.
"""

_CONTENT = (
    "default-src 'none'",
    "script-src 'unsafe-inline'",
    "style-src 'unsafe-inline'",
    "img-src data: blob:",
    "font-src data:",
    "connect-src 'none'",
    "form-action 'none'",
    "base-uri 'none'",
)

FILE = ("sandbox", "default-src 'none'")
"""Of what is only ever saved: should a browser show it, nothing in it runs."""

PAGE = ("sandbox allow-scripts", *_CONTENT)
"""Of a notebook's page: its scripts run, since plots need them."""

FRAME = (
    "default-src 'none'",
    "style-src 'unsafe-inline'",
    "frame-src 'self'",
    "form-action 'none'",
    "base-uri 'none'",
)
"""Of the page around a notebook's page: no policy keeps a page from going elsewhere and taking
along what it knows, but the one of the page that frames it. It has no scripts, and keeps the
server's origin: with another one, the server's ``frame-ancestors 'self'`` would block the page."""

META = "; ".join(_CONTENT)
"""Written into a notebook's page, for where no header goes with it: after a download."""

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-DNS-Prefetch-Control": "off",
}
"""Go with everything of a run that is sent as a file, and with what is said instead."""
