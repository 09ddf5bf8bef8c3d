"""A stand-in for Google's service on loopback: the same wire, its rules per model, and real pictures drawn by Pillow.

It proves the provider without a key, in the tests and in the demo. What it draws is labelled a stand-in by the demo.
"""
