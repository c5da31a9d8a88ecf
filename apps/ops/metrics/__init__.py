"""What Prometheus reads: requests, tasks, processes, and the business in numbers."""
