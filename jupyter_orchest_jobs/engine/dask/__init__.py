"""Executes runs on the workers of a Dask cluster; nothing else imports Dask."""
