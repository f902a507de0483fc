"""Search: the words of the field, the query language, the index. Takes rows, knows no store."""

import importlib
import warnings

with warnings.catch_warnings():
    # Whoosh 2.7.4 dates from 2016: its sources have escapes that 3.12 and later warn of.
    warnings.simplefilter("ignore", SyntaxWarning)
    warnings.simplefilter("ignore", DeprecationWarning)
    for module in ("index", "query", "lang.porter"):
        importlib.import_module(f"whoosh.{module}")
