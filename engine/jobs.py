"""The kinds of work, and the loops that do them. A job is "drain until empty", never one message.

`webapp/wiring.py` binds RECEIVE to `inbound.receive`, which the engine must not know.
"""

DELIVER = "deliver"
RECEIVE = "receive"
ADVANCE = "advance"
