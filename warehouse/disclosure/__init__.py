"""Statistical disclosure control by cell suppression: pure algorithms over numbers that are linked by sums.

`tables` says what is known of the numbers, `suppress` chooses which figures to hide, `attack` works out what a reader
could still learn, and `dominance` tells which amounts of money are sensitive. No database, no indicator is named here.
"""
