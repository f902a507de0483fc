"""The store. All SQL is here; nothing above writes a query."""
