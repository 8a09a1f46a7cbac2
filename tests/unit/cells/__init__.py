"""Every state x event x authority of the procedure, with its expected answer."""
