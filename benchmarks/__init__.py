"""Measurements, run by hand: each prints a table with the machine and the floor."""
