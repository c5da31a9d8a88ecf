# The load balancer's addresses, from which X-Forwarded-Proto is believed.
# 10.0.0.0/16 1;
