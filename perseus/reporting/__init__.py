"""Reports for people who were not there: a signed verdict, a PDF for auditors, an evidence zip."""
