"""Sweeps: the same operation again and again, failing one step later each time, until it runs to
its end.

`faults` makes a chosen change to the disk fail or be the process's last; the `test_*` modules say
what must hold then. Counts and seeds come from `pytest --sweeps N --seed S`; see `conftest.Sweep`.
"""
