"""What several tests stand on: simulators that play a whole party from fixed keys and a fixed clock."""
