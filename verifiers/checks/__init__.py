"""The checks, one module an area, one small function a question: each takes the case and a document."""
