"""Every way in: the HTTP service, the web console, the client and the command line."""
