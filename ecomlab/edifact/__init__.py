"""UN/EDIFACT interchanges: writing them, reading anybody's, and saying what is wrong with one.

Source: ISO 9735 (application level syntax rules, versions 1 to 4), the UN/ECE directory D.96A for the user messages,
and EANCOM 1997 for how trading partners use them. The package stands alone: it needs no world, so the command
`ecomlab edi` uses it as it is. `syntax` knows characters and segments, `directory` what a segment means,
`reader` and `writer` interchanges, `messages` the five messages of the chain, `explain` a segment in words.
"""

from .explain import explain
from .reader import read
from .reading import Finding, Interchange, Message, Reading
from .syntax import Segment, ServiceCharacters
from .writer import Envelope, NotInRepertoire, write

__all__ = ["Envelope", "Finding", "Interchange", "Message", "NotInRepertoire", "Reading", "Segment", "ServiceCharacters", "explain", "read", "write"]
