"""Drugs, doses and regimens as data that run nothing."""
