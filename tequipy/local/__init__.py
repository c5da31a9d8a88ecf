"""Runs Tequipy on one machine: embedded servers for `make demo` and for the tests."""
