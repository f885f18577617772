"""``jupyter orchest-jobs …``: the same service as in the panel, for terminals and scripts."""
