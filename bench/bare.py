"""Gunicorn's settings for what the application is compared with: its worker, its
numbers of workers and threads, and no log."""

from tequipy import gunicorn

worker_class = gunicorn.worker_class
workers = gunicorn.workers
threads = gunicorn.threads
keepalive = gunicorn.keepalive
timeout = gunicorn.timeout
worker_tmp_dir = gunicorn.worker_tmp_dir
control_socket_disable = True
