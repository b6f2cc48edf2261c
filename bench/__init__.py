"""What takes minutes or hours: measurements and searches for faults, beside the tests that take seconds."""
