"""Governing the scheme from the command line: drafts, signatures made away from every service, receipts."""
