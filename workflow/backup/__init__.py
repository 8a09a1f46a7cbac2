"""A backup: one file that holds a signed log and what is kept beside it, made while a service runs,
and proved before anything of it is put back.
"""
