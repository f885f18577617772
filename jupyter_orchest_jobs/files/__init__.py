"""Trees of files: walk, ignore rules, manifest, copy, delta, locks, safe paths."""
