"""The release; docs/releasing.md says when it changes."""

VERSION = "0.1.0"
