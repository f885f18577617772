"""What all tests need of their process."""

import signal

# A shell that starts the tests in the background has them ignore Ctrl-C, and what they start
# would inherit that: but people press Ctrl-C.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
