"""The hostile servers, one module for each protocol."""
