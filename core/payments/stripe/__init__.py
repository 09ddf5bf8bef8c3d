"""Stripe: Checkout pages, refunds and what it tells of them, through the official SDK."""
