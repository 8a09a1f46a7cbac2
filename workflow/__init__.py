"""The law: procedures, rules, store and log of licence applications; knows nothing of the web."""
