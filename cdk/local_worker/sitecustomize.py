"""Python runs this at the start of each process that the emulator makes for a function.

They step back behind the emulator itself: it serves the calls of them all, and a burst of starting
processes would leave it no time to.
"""

import os

os.nice(10)
