"""VIES, the Commission's register of the EU's VAT numbers: a closed folder behind one interface."""
