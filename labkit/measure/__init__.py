"""Measuring: crowds of clients, live and simulated."""
