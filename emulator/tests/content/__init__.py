"""Tests of what a finished job hands back; independent libraries read the results."""
