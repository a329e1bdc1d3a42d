"""Staying up after the story: the six services run on, until somebody stops them."""

import signal

from perseus.demo.parties import PROCESSES
from perseus.demo.story import Outcome
from perseus.demo.telling import Teller
from perseus.serve import Town


def stay(town: Town, outcome: Outcome, port: int, teller: Teller) -> None:
    """Serve until the process is told to stop; a service that dies is started again."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: town.over.set())
    town.watch()
    for party in PROCESSES:
        teller.say(f"       {party.key:<9} {town.wait_for(party.key)}  {party.name}")
    teller.say(" Stop with Ctrl-C.")
    town.wait()
