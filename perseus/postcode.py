"""Which grid regions a postcode can lie in, as far as that is beyond doubt; the grid's own answer stands above it.

No table of all outcodes is shipped. A postcode area, the letters of an outcode, lies in one distribution area or in a
few that adjoin: each area is listed with every region that a part of it may be supplied from, rather one too many than
one too few. So the list can contradict, and where it names one region it can place; it never chooses between two.
"""

import re
from collections.abc import Mapping
from types import MappingProxyType

from trust.claims.region import Region

_AREAS = """
1: AB HS IV KW ZE
1 2: DD FK G KA KY PA PH
2: EH ML
2 3: DG
2 3 4: CA
2 4: NE TD
3: BL FY M
3 4 5: BB BD LA
3 5: HD HX OL
3 6: L PR WA WN
3 6 8: CW
3 6 8 9: SK
3 4 5 9: DL
4: DH SR
4 5: HG HU LS TS WF YO
5 9: DN LN NG S
6: CH
6 7: LL SA
6 7 8: LD SY
6 8: TF
6 8 9: ST
7: CF
7 8: HR NP
8: DY WR WV
8 9: B CV DE WS
8 9 12: OX
8 11: BS
8 11 12: GL SN
9 10: LE LU PE
9 10 12: MK
9 12: NN
10: AL CB CM CO IP NR SG SS
10 12: HP WD
10 12 13: HA NW UB W
10 13: E EN IG N RM
11: EX PL TQ TR
11 12: BA BH DT SP TA
12: RG SL SO
12 13 14: KT SW TW
12 14: BN GU PO RH
13: EC WC
13 14: BR CR DA SE SM
14: CT ME TN
"""
CENTRES: Mapping[int, str] = MappingProxyType(
    {
        1: "IV1",
        2: "EH1",
        3: "M1",
        4: "NE1",
        5: "LS1",
        6: "L1",
        7: "CF10",
        8: "B1",
        9: "NG1",
        10: "NR1",
        11: "EX1",
        12: "SO14",
        13: "EC1A",
        14: "BN1",
    }
)
_MIDDLE_OF_LONDON = """
E1 N1 NW1 SE1 SW1A SW1E SW1H SW1P SW1V SW1W SW1X SW1Y W1A W1B W1C W1D W1F W1G W1H W1J W1K W1S W1T W1U W1W
"""
_LETTERS = re.compile(r"[A-Z]+")


def _read(table: str) -> dict[str, tuple[Region, ...]]:
    """Read the table: before the colon the regions, behind it the areas."""
    lines = (line.split(":") for line in table.strip().splitlines())
    return {
        area: tuple(Region.of(int(number)) for number in numbers.split())
        for numbers, areas in lines
        for area in areas.split()
    }


# The middle of a large town is beyond doubt even where the area around it reaches into the next region.
_POSSIBLE: Mapping[str, tuple[Region, ...]] = MappingProxyType(
    _read(_AREAS)
    | {district: (Region.of(number),) for number, district in CENTRES.items()}
    | dict.fromkeys(_MIDDLE_OF_LONDON.split(), (Region.of(13),))
)


def possible_regions(outcode: str) -> tuple[Region, ...]:
    """Give every region that a place with this outcode may lie in; none where nothing is known of it."""
    letters = _LETTERS.match(outcode)
    return _POSSIBLE.get(outcode) or _POSSIBLE.get(letters[0] if letters else "", ())
