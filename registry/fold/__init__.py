"""The rules: one small function a type of event, each from what was recorded to what is recorded next."""
