"""The numbered migrations of the warehouse's tables; views and reference data are put in place after them."""
