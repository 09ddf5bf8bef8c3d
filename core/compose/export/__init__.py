"""Finished pictures as files other programs open: layers, text that stays text, fonts."""
