"""A client: one request after another on each of a few connections, for some seconds.

    python -m benchmarks.serve.client JOB

JOB, as JSON, has port, path, body, connections and seconds. The answer is a line of JSON: how many
were answered, in how many seconds, the seconds of each, and of the processor. Plain sockets: what a
client in Python costs is not the server's.
"""

from __future__ import annotations

import json
import socket
import sys
import threading
import time
from typing import Any


def asked(job: dict[str, Any]) -> bytes:
    """The request, whole."""
    body = job["body"].encode()
    method = "POST" if body else "GET"
    head = (
        f"{method} {job['path']} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n"
        f"content-length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def answer(one: socket.socket) -> int:
    """Reads one answer to its end; its status."""
    found = b""
    while b"\r\n\r\n" not in found:
        part = one.recv(1 << 18)
        if not part:
            raise ConnectionError("the server closed the connection")
        found += part
    head, _, rest = found.partition(b"\r\n\r\n")
    length = next(
        int(line.split(b":")[1])
        for line in head.split(b"\r\n")
        if line.lower().startswith(b"content-length:")
    )
    left = length - len(rest)
    while left > 0:
        left -= len(one.recv(min(left, 1 << 18)))
    return int(head[9:12])


def go_on(job: dict[str, Any], taken: list[float], statuses: list[int]) -> None:
    """One connection's part."""
    request = asked(job)
    end = time.perf_counter() + job["seconds"]
    with socket.create_connection(("127.0.0.1", job["port"]), timeout=120) as one:
        while (began := time.perf_counter()) < end:
            one.sendall(request)
            statuses.append(answer(one))
            taken.append(time.perf_counter() - began)


def main(job: dict[str, Any]) -> dict[str, Any]:
    """All connections at once."""
    taken: list[float] = []
    statuses: list[int] = []
    threads = [
        threading.Thread(target=go_on, args=(job, taken, statuses))
        for _ in range(job["connections"])
    ]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seconds = time.perf_counter() - began
    counts = {str(status): statuses.count(status) for status in sorted(set(statuses))}
    return {"seconds": seconds, "taken": taken, "statuses": counts, "cpu": time.process_time()}


if __name__ == "__main__":
    print(json.dumps(main(json.loads(sys.argv[1]))))
