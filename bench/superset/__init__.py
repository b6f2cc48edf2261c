"""Apache Superset as the acceptance client of the warehouse."""
