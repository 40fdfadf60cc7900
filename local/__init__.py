"""The local stack: the whole backend on a laptop, with emulated AWS.

It logs requests and invocations to the logger ``local``, which prints nothing unless a handler is added.
"""

import logging

logging.getLogger(__name__).addHandler(logging.NullHandler())
