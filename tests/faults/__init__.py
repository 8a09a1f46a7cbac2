"""What must survive: things are killed, cut, dropped and raced; nothing acknowledged is lost."""
