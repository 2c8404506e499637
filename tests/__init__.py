"""Tests, and the servers and proxies that they run against."""
