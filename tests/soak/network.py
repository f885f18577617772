"""Hosts far from each other: network namespaces, joined by a switch that takes its time."""

import fcntl
import os
import selectors
import shutil
import struct
import subprocess
import threading
import time
from collections import deque
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

import pytest

_TUN = Path("/dev/net/tun")
_TUNSETIFF, _IFF_TUN, _IFF_NO_PI = 0x400454CA, 0x1, 0x1000
_NET = "10.77.83"
_LARGEST = 65536
_LOOK_S = 0.2
_AT_ONCE = 64


class Network:
    """Hosts that reach each other, and nobody else; skips where nobody may make them.

    A kernel that can delay what a link carries (netem) is not needed: the switch is a thread here.

    Args:
        names: of the hosts.
        delay_s: how long each packet from one host to another is on its way.
    """

    def __init__(self, names: Iterable[str], delay_s: float) -> None:
        self.packets = 0
        """How many have been on their way."""
        self._delay_s = delay_s
        self._numbers = {name: number for number, name in enumerate(names, 1)}
        self._hosts: dict[bytes, int] = {}
        self._closing = False
        self._switch = threading.Thread(target=self._carry, daemon=True)
        if os.geteuid() != 0 or shutil.which("ip") is None or not _TUN.exists():
            pytest.skip(f"hosts are network namespaces: they need root, ip and {_TUN}")
        try:
            for name in self._numbers:
                self._add(name)
        except (OSError, subprocess.CalledProcessError) as error:
            self.close()
            pytest.skip(f"nobody may make network namespaces here: {error}")
        self._switch.start()

    def address(self, name: str) -> str:
        """Where a host is reached."""
        return f"{_NET}.{self._numbers[name]}"

    def through(self, name: str) -> tuple[str, ...]:
        """What a program is started with that shall be on a host."""
        return "ip", "netns", "exec", self._namespace(name)

    def close(self) -> None:
        """Leave nothing of it."""
        self._closing = True
        if self._switch.is_alive():
            self._switch.join()
        for device in self._hosts.values():
            os.close(device)
        for name in self._numbers:
            with suppress(subprocess.CalledProcessError, FileNotFoundError):
                _ip("netns", "del", self._namespace(name))

    def _namespace(self, name: str) -> str:
        return f"orchest-jobs-{os.getpid()}-{name}"

    def _add(self, name: str) -> None:
        device = os.open(_TUN, os.O_RDWR | os.O_NONBLOCK)
        address = self.address(name)
        self._hosts[bytes(map(int, address.split(".")))] = device
        link = f"oj{os.getpid() % 10**6}-{self._numbers[name]}"
        fcntl.ioctl(device, _TUNSETIFF, struct.pack("16sH", link.encode(), _IFF_TUN | _IFF_NO_PI))
        namespace = self._namespace(name)
        _ip("netns", "add", namespace)
        _ip("link", "set", link, "netns", namespace)
        _ip("-n", namespace, "addr", "add", f"{address}/24", "dev", link)
        for one in (link, "lo"):
            _ip("-n", namespace, "link", "set", one, "up")

    def _carry(self) -> None:
        waiting: deque[tuple[float, bytes]] = deque()
        with selectors.DefaultSelector() as selector:
            for device in self._hosts.values():
                selector.register(device, selectors.EVENT_READ)
            while not self._closing:
                wait_s = waiting[0][0] - time.monotonic() if waiting else _LOOK_S
                for key, _ in selector.select(max(0.0, min(wait_s, _LOOK_S))):
                    with suppress(BlockingIOError):
                        for _ in range(_AT_ONCE):
                            packet = os.read(key.fd, _LARGEST)
                            waiting.append((time.monotonic() + self._delay_s, packet))
                while waiting and waiting[0][0] <= time.monotonic():
                    self._deliver(waiting.popleft()[1])

    def _deliver(self, packet: bytes) -> None:
        device = self._hosts.get(packet[16:20])  # the destination, in IPv4
        if device is not None:
            self.packets += 1
            with suppress(OSError):  # a host that has no room loses it, as it would elsewhere
                os.write(device, packet)


def _ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True, capture_output=True)
