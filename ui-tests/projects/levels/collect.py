"""Knows the parameters of the pipeline only; this step has none."""

import orchest

print(f"collected {orchest.get_pipeline_param('size')} rows")
