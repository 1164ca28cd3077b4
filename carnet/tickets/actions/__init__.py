"""The verbs of tickets, by noun: questions, messages, work, closing, ratings, handling, contact. Nothing is re-
exported.
"""
