"""Measurements; each program begins with the master key of the tests."""

from tests import data_key as data_key
