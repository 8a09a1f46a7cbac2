"""What is wrong with the set-up of a service, whether or not it runs. It changes nothing."""
