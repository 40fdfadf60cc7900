"""Fake stores of a peer."""

import peerlib

peerlib.keys = lambda: {"11111111-2222-4333-8444-555555555555": "s" * 64}
peerlib.admit = lambda user: 99
peerlib.balance = lambda user: 100
