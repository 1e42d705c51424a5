"""Small worlds with real servers and live faults, each in namespaces of its own."""
