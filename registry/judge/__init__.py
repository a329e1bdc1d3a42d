"""What the recorded history says about a signature, one small question a function (register.md, two clocks)."""
