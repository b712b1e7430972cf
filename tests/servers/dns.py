"""A DNS server on loopback that knows what a test tells it."""

import socket
import threading
from contextlib import suppress
from typing import Self

from dns import flags, message, rcode, rdatatype, rrset
from dns.exception import DNSException

Records = dict[tuple[str, str], list[str]]


class Dns:
    """`records` has ("porch.example", "MX"): ["10 mx.porch.example."]; what is not there does not exist.
    While `silent` it answers nothing."""

    def __init__(self) -> None:
        self.records: Records = {}
        self.silent = False
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self._socket.getsockname()[1]}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._serve, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()

    def _serve(self) -> None:
        with suppress(OSError):  # closed: that is how it ends
            while True:
                asked, who = self._socket.recvfrom(4096)
                with suppress(DNSException):
                    if not self.silent:
                        self._socket.sendto(self._answer(message.from_wire(asked)).to_wire(), who)

    def _answer(self, query: message.Message) -> message.Message:
        response = message.make_response(query)
        response.flags |= flags.RA
        (question,) = query.question
        name, kind = str(question.name).rstrip("."), rdatatype.to_text(question.rdtype)
        found = self.records.get((name, kind))
        if found:
            response.answer.append(rrset.from_text(question.name, 60, "IN", kind, *found))
        elif not any(known == name for known, _ in self.records):
            response.set_rcode(rcode.NXDOMAIN)
        return response
