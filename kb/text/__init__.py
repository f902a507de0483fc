"""Words in, facts out: matching, quotes, masking, fingerprints, shingles. Knows no store."""
