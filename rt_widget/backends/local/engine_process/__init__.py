"""Whole local sessions in a child process, which a busy kernel does not hold up.

The child is `python -m` this package. It gets `frames` by its standard input and
answers by its standard output; settings and keys travel there, never in its arguments
or its environment.
"""
