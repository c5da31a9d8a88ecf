"""Backups: made, pruned, restored and proved. `manage.py backup`, `restore` and
`verify_backup` are the surfaces; docs/operations.md says how they are run."""
