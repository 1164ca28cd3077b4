"""The verbs of `work`, by noun: trials, covers, endings; and their parts, holding. Nothing is re-exported.

Everything of one customer happens one after the other, under the lock of its ledger: it is taken before a cover is
read.
"""
