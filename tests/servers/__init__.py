"""Real processes that tests and benchmarks talk to.

`RealtimeServerProcess` (`process.py`) runs a strict Realtime server;
`ChaosProxy` (`chaos.py`) spoils the line to it.
"""
