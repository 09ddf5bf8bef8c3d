"""`make check-money`: that no credit is lost and none is made, tried hard and counted.

Each module is one way of trying; the suite runs a small, fixed part of the same code (`tests/store`).
"""
