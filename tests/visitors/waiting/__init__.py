"""Tests of the waiting lists."""
