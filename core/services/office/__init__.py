"""The office: everything operators do and look at, room by room, for their pages and for the command line alike.

Each act names who does it; whether they may is judged here, and what they did is on record with the act itself.
"""
