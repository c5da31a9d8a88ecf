"""Stands in for Mailpit: takes mail on 1025, lists it on 8025 as its API does."""

import json
from email import message_from_bytes
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from aiosmtpd.controller import Controller

messages = []


class Catch:
    async def handle_DATA(self, server, session, envelope):
        mail = message_from_bytes(envelope.content)
        messages.append(
            {
                "To": [{"Address": address} for address in envelope.rcpt_tos],
                "Subject": mail["Subject"],
                "MessageID": mail["Message-ID"],
            }
        )
        return "250 OK"


class Listing(BaseHTTPRequestHandler):
    def do_GET(self):
        body = json.dumps({"total": len(messages), "messages": messages}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


Controller(Catch(), hostname="0.0.0.0", port=1025).start()
ThreadingHTTPServer(("0.0.0.0", 8025), Listing).serve_forever()
