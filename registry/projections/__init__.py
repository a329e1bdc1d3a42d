"""The register as others ask for it: pages, linked data, DID documents and answers, each a pure function of the log."""
