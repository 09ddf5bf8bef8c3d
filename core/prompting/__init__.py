"""Briefs as prompts. Pure: tables of wording, numbers as percentages, and a person's own words only as data."""
