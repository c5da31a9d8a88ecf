"""What every operation of the JSON API stands on."""
