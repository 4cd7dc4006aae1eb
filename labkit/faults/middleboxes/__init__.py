"""What stands between a client and its server: proxies, firewalls, NATs, load balancers."""
