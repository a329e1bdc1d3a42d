"""The running thing: each party's services and pages, the commands, the store, the clock and the demo."""
