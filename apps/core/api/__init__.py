"""What every operation of the JSON API stands on."""

# Methods that change something; `POST …/query` is a long GET.
CHANGING = frozenset({"POST", "PUT", "PATCH", "DELETE"})
