"""A stand-in for Google's service on loopback: the same wire, its rules per model, and real pictures.

It proves the provider without a key, in the tests and in the demo. Every picture says in itself whose it is not.
"""
