"""The page around a notebook's page; see :data:`.policy.FRAME`."""

from html import escape

from jupyter_orchest_jobs.render.html import Theme

_PAGE = """\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>{title}</title>
<style>
:root {{ color-scheme: {theme}; }}
html, body, iframe {{ display: block; width: 100%; height: 100%; margin: 0; border: 0; }}
</style>
</head>
<body>
<iframe sandbox="allow-scripts" referrerpolicy="no-referrer" title="{title}" src="{url}"></iframe>
</body>
</html>
"""


def framed(url: str, *, theme: Theme, title: str) -> str:
    """A page that shows another in a frame which it can't leave.

    Args:
        url: of the other page, relative to this one.
        theme: of both.
        title: as plain text.
    """
    return _PAGE.format(title=escape(title), theme=theme, url=escape(url))
