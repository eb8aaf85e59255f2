"""Fuzzing 模糊测试 of everything that reads what others wrote: `python -m tests.fuzz TARGET --minutes N`."""
