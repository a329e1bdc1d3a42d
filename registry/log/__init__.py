"""The transparency log under the register: its hashes, its signed notes and its checkpoints."""
