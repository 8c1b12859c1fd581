"""A translation server on loopback that speaks every protocol and misbehaves on command.

``python -m tests.backends.translation.server --port 5000 --failing 0.3`` runs it by itself; then
``[translate.libretranslate] url = "http://127.0.0.1:5000"`` translates into nonsense that passes
all checks.
"""

# ruff: noqa: T201 - the command prints its address
from __future__ import annotations

import argparse
import hashlib
import json
import random
import re
import socket
import threading
import time
from collections.abc import Callable, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

HANG_SECONDS = 30.0
# Between the bytes of an answer that drips: longer than a test waits, as a whole.
DRIP_SECONDS = 0.2
SLOW_SECONDS = 0.2
STATUSES = {"429": 429, "429 wait": 429, "429 long": 429, "429 date": 429, "500": 500, "401": 401,
            "400": 400, "redirect": 301}  # fmt: skip
# What happens to services now and then.
FAULTS = ("500", "reset", "truncated", "html", "429", "wrong language", "echo", "empty")
ITALIAN = "Questa risposta è ancora in italiano e quindi non è una traduzione buona."
_ENGLISH = "the of and to was were that it for with as by from this which his they have will"
_ITALIAN = "il di e la che della non sono una per con del alla questo come nella hanno anche"
WORDS = {"en": _ENGLISH.split(), "it": _ITALIAN.split()}


def translated(text: str, target: str) -> str:
    """Nonsense in ``target`` that keeps numbers, names, quotation marks and length."""

    def word(match: re.Match[str]) -> str:
        number = int.from_bytes(hashlib.sha256(match[0].encode()).digest()[:4], "big")
        chosen = WORDS[target][number % len(WORDS[target])]
        return chosen.capitalize() if match.start() == 0 else chosen

    return re.sub(r"(?<![^\W\d_])[^\W\d_]*[a-zà-ü]{2,}(?![^\W\d_])", word, text)


class Server:
    """``behaviour`` is how to answer: a name, or a list of names that is worked off request by
    request, then "good". ``failing`` is the share of requests that fail by one of ``faults``
    whatever it says; ``poison`` is a word that makes a request fail; ``seconds`` is the time that
    every request takes. The lists tell what came in.
    """

    def __init__(self, port: int = 0) -> None:
        self.behaviour: str | list[str] = "good"
        self.failing = 0.0
        self.faults: Sequence[str] = ("500",)
        self.poison = ""
        self.seconds = 0.0
        self.requests = 0
        self.texts: list[str] = []
        self.paths: list[str] = []
        self.bodies: list[str] = []
        self.headers: list[str] = []
        self._dice = random.Random(0)
        self._lock = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", port), _handler(self))
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    def close(self) -> None:
        """Stop listening."""
        self._server.shutdown()
        self._server.server_close()

    def next_behaviour(self, texts: Sequence[str]) -> str:
        """How to answer this request; counts it."""
        with self._lock:
            self.requests += 1
            self.texts += texts
            if self.poison and any(self.poison in text for text in texts):
                return "500"
            if self._dice.random() < self.failing:
                return self._dice.choice(self.faults)
            if isinstance(self.behaviour, str):
                return self.behaviour
            return self.behaviour.pop(0) if self.behaviour else "good"

    def counted(self) -> int:
        """Requests since this was asked last."""
        seen, self.requests = self.requests, 0
        return seen


Reply = Callable[[list[str]], bytes]


def _handler(server: Server) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self._serve("")

        def do_POST(self) -> None:
            self._serve(self.rfile.read(int(self.headers.get("Content-Length", 0))).decode())

        def log_message(self, *_: object) -> None:
            pass

        def _serve(self, body: str) -> None:
            server.paths.append(self.path)
            server.bodies.append(body)
            server.headers.append(str(self.headers))
            if urlsplit(self.path).path == "/languages":
                names = {"en": {"name": "English"}, "it": {"name": "Italian"}}
                self._send(200, {}, json.dumps({"translation": names}).encode(), "good")
                return
            texts, target, reply = _asked(self.path, body)
            todo = server.next_behaviour(texts)
            time.sleep(server.seconds)
            if todo == "reset":
                linger = b"\x01\x00\x00\x00\x00\x00\x00\x00"
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
                self.connection.close()
                self.close_connection = True
                return
            if todo in ("hang", "slow"):
                time.sleep(HANG_SECONDS if todo == "hang" else SLOW_SECONDS)
            self._send(*_response(todo, texts, target, reply), todo)

        def _send(self, status: int, headers: dict[str, str], body: bytes, todo: str) -> None:
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            length = len(body) + (100 if todo == "truncated" else 0)
            self.send_header("Content-Length", str(length))
            self.end_headers()
            try:
                for byte in body if todo == "drip" else ():
                    self.wfile.write(bytes([byte]))
                    time.sleep(DRIP_SECONDS)
                if todo != "drip":
                    self.wfile.write(body)
            except OSError:
                pass  # the other side gave up
            self.close_connection = todo == "truncated"

    return Handler


def _response(
    todo: str, texts: list[str], target: str, reply: Reply
) -> tuple[int, dict[str, str], bytes]:
    if todo in STATUSES:
        headers = {
            "429 wait": {"Retry-After": "1"},
            "429 long": {"Retry-After": "300"},
            "429 date": {"Retry-After": "Wed, 21 Oct 2015 07:28:00 GMT"},
            "redirect": {"Location": "http://127.0.0.1:9/elsewhere"},
        }
        return STATUSES[todo], headers.get(todo, {}), b"<html>sorry</html>"
    if todo == "invalid json":
        return 200, {}, b'{"translatedText": ['
    if todo == "html":
        return 200, {}, b"<html><body>Maintenance</body></html>"
    if todo == "wrong json":
        return 200, {}, b'{"answer": 42}'
    answers = {
        "wrong language": [ITALIAN] * len(texts),
        "echo": texts,
        "empty": [""] * len(texts),
        "fewer": [],
        "quota": ["MYMEMORY WARNING: YOU USED ALL AVAILABLE FREE TRANSLATIONS FOR TODAY"],
    }.get(todo, [translated(text, target) for text in texts])
    return 200, {}, reply(answers)


def _asked(path: str, body: str) -> tuple[list[str], str, Reply]:
    """The texts of a request, their target language, and how its protocol writes answers."""
    parts = urlsplit(path)
    query = {name: values[0] for name, values in parse_qs(parts.query).items()}
    form = {name: values[0] for name, values in parse_qs(body).items()}
    if parts.path == "/m":
        return [query["q"]], query["tl"], _google
    if parts.path == "/get":
        return [query["q"]], query["langpair"].split("|")[1][:2], _mymemory
    if parts.path == "/v2/translate":
        asked = json.loads(body)
        return asked["text"], asked["target_lang"].lower(), _deepl
    if parts.path == "/translate" and "api-version" in query:
        return [json.loads(body)[0]["text"]], query["to"], _microsoft
    if parts.path == "/api/trans/vip/translate":
        return [form["q"]], "en" if form["to"] == "en" else "it", _baidu
    asked = json.loads(body)
    return asked["q"], asked["target"], _libretranslate


def _google(answers: list[str]) -> bytes:
    return f'<div class="result-container">{"".join(answers)}</div>'.encode()


def _mymemory(answers: list[str]) -> bytes:
    text = answers[0] if answers else ""
    matches = [{"translation": text}] if text else []
    return json.dumps({"responseData": {"translatedText": text}, "matches": matches}).encode()


def _deepl(answers: list[str]) -> bytes:
    return json.dumps({"translations": [{"text": answer} for answer in answers]}).encode()


def _microsoft(answers: list[str]) -> bytes:
    return json.dumps([{"translations": [{"text": answer} for answer in answers]}]).encode()


def _baidu(answers: list[str]) -> bytes:
    return json.dumps({"trans_result": [{"dst": answer} for answer in answers]}).encode()


def _libretranslate(answers: list[str]) -> bytes:
    return json.dumps({"translatedText": answers}).encode()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=5000)
    parser.add_argument("--failing", type=float, default=0.0)
    parser.add_argument("--seconds", type=float, default=0.0, help="time taken by every request")
    options = parser.parse_args()
    running = Server(options.port)
    running.failing, running.seconds = options.failing, options.seconds
    print(running.url, flush=True)
    while True:
        time.sleep(1)
        print(f"{running.requests} requests, {sum(map(len, running.texts))} characters", flush=True)
