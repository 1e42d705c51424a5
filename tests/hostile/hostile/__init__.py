"""Servers that lie, stall, flood and break off, and what the binary must do with each of them."""
