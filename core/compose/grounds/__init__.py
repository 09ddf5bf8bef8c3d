"""A module per vibe: its three grounds."""
