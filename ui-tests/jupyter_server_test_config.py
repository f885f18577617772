"""Server of the browser tests: a fresh root and a fresh state dir, no authentication.

Never use it elsewhere: it opens the server to everybody on this machine and exposes JupyterLab's
objects to the page.
"""

import tempfile

from jupyterlab.galata import configure_jupyter_server

# No token, no XSRF check, a temporary root dir, `window.jupyterapp`.
configure_jupyter_server(c)

# The list of tests is to be read: their durations stand in it.
c.Application.log_level = "ERROR"

# Never the jobs of whoever runs the tests; and never below the root dir.
c.OrchestJobsApp.state_dir = tempfile.mkdtemp(prefix="orchest-jobs-ui-")
