"""A mail server on this machine that says what a test wants to hear and keeps what it is given."""

import email
import email.policy
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage


class Postbox(socketserver.ThreadingTCPServer):
    """`replies` holds what to answer to a command instead of yes, e.g. {"RCPT": "451 later"}; `mails` what it took."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Talk)
        self.replies: dict[str, str] = {}
        self.mails: list[EmailMessage] = []
        self.recipients: list[str] = []

    @property
    def port(self) -> int:
        return int(self.server_address[1])


class _Talk(socketserver.StreamRequestHandler):
    server: Postbox

    def handle(self) -> None:
        self._say("220 ready")
        recipient = ""
        while line := self.rfile.readline().decode().strip():
            verb = line.split()[0].upper()
            refusal = self.server.replies.get(verb)
            if verb == "RCPT":
                recipient = line.partition(":")[2].split(">")[0].strip(" <")
            if refusal:
                self._say(refusal)
            elif verb == "DATA":
                self._say("354 go on")
                self._take(recipient)
            else:
                self._say("221 bye" if verb == "QUIT" else "250 fine")
            if verb == "QUIT":
                return

    def _take(self, recipient: str) -> None:
        lines = []
        while (line := self.rfile.readline()) != b".\r\n":
            lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
        refusal = self.server.replies.get("END")
        if not refusal:
            self.server.mails.append(email.message_from_bytes(b"".join(lines), policy=email.policy.default))
            self.server.recipients.append(recipient)
        self._say(refusal or "250 taken")

    def _say(self, words: str) -> None:
        self.wfile.write(f"{words}\r\n".encode())


@contextmanager
def postbox() -> Iterator[Postbox]:
    with Postbox() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
