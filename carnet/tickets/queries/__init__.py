"""Reads of tickets, by noun: the queue, threads, work and its paid time. Nothing is re-exported."""
