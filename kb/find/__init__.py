"""Search: the words of the field, the query language, the index. Takes rows, knows no store."""
