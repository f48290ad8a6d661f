"""What every stand-in plugin does: serve gRPC on loopback, tell the engine the port, end with the engine."""

import os
import signal
import sys
import threading
from collections.abc import Callable
from concurrent import futures
from typing import NoReturn

import grpc

UNLIMITED = 400 << 20
"""Bytes in one message, as the real plugins allow."""


def start_server(register: Callable[[grpc.Server], object]) -> tuple[grpc.Server, int]:
    """A server on a free loopback port, with the services that `register` adds; gives it and its port."""
    options = [("grpc.max_receive_message_length", UNLIMITED), ("grpc.max_send_message_length", UNLIMITED)]
    server = grpc.server(futures.ThreadPoolExecutor(max_workers=32), options=options)
    register(server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    return server, port


def serve(register: Callable[[grpc.Server], object], stop: Callable[[], object] = lambda: None) -> NoReturn:
    """Print the port and serve until the engine says so or is gone; `stop` is called on the way out."""
    ended = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: ended.set())
    _server, port = start_server(register)
    sys.stdout.write(f"{port}\n")
    sys.stdout.flush()
    engine = os.getppid()
    while not ended.wait(0.2) and os.getppid() == engine:
        pass
    stop()
    os._exit(0)
