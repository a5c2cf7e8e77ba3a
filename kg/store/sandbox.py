"""What a child process gets, and what it gives up before it runs what strangers wrote.

Limits are the kernel's, so they hold whatever the query engine does.
"""

from __future__ import annotations

import ctypes
import logging
import os
import platform
import resource
import struct
import sys
from pathlib import Path

log = logging.getLogger(__name__)

_PR_SET_NO_NEW_PRIVS = 38
_PR_SET_SECCOMP = 22
_SECCOMP_MODE_FILTER = 2
_ALLOW = 0x7FFF0000
_REFUSE = 0x00050000 | 13  # the call fails with EACCES
_LOAD, _EQUAL, _AT_LEAST, _RETURN = 0x20, 0x15, 0x35, 0x06
_CALL_NUMBER, _ARCHITECTURE = 0, 4  # offsets in struct seccomp_data
_X32 = 0x40000000  # x86-64 has a second table of the same calls from here

# Per machine: its audit number, and the calls socket, connect, execve, execveat, io_uring_setup.
_CALLS = {
    "x86_64": (0xC000003E, (41, 42, 59, 322, 425)),
    "aarch64": (0xC00000B7, (198, 203, 221, 281, 425)),
}


# What Python itself may need to start; a child process gets nothing else of the environment.
_KEPT = ("LD_LIBRARY_PATH", "PYTHONHOME")


class _Program(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ushort), ("instructions", ctypes.c_void_p)]


def child_environment() -> dict[str, str]:
    """What a child process gets of the environment: what Python needs, and no secret."""
    kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
    # One heap for all threads: each further one would reserve 64 MiB of the memory limit.
    return kept | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "MALLOC_ARENA_MAX": "1"}


def confine(*, memory_mib: int, network: bool, files: bool = False) -> None:
    """Limit this process for good: its memory, no files written, no core dumps; no sockets either.

    ``memory_mib`` is what it may use beyond what it has now. With ``network`` sockets stay allowed,
    with ``files`` writing. Serving threads go before it on a busy machine.
    """
    limit = _address_space() + (memory_mib << 20)
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if not files:
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    os.nice(5)
    if not network:
        _refuse_sockets()


def _address_space() -> int:
    """How many bytes of address space this process has; 0 where the system does not tell."""
    statm = Path("/proc/self/statm")
    if not statm.exists():
        return 0
    return int(statm.read_text(encoding="ascii").split()[0]) * resource.getpagesize()


def _refuse_sockets() -> None:
    """Have the kernel refuse new sockets and programs to this process (seccomp, Linux only)."""
    known = _CALLS.get(platform.machine())
    if sys.platform != "linux" or known is None:
        return
    code = _filter(*known)
    buffer = ctypes.create_string_buffer(code, len(code))
    program = _Program(len(code) // 8, ctypes.addressof(buffer))
    libc = ctypes.CDLL(None, use_errno=True)
    refused = libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) or libc.prctl(
        _PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, ctypes.byref(program), 0, 0
    )
    if refused:
        log.warning("No system call filter: %s", os.strerror(ctypes.get_errno()))


def _filter(architecture: int, calls: tuple[int, ...]) -> bytes:
    """The filter as classic BPF: refuse ``calls`` and other call tables, allow all else."""
    refuse = len(calls) + 5  # the place of the last instruction; the one before it allows
    steps = [
        (_LOAD, 0, 0, _ARCHITECTURE),
        (_EQUAL, 0, refuse - 2, architecture),
        (_LOAD, 0, 0, _CALL_NUMBER),
        (_AT_LEAST, refuse - 4, 0, _X32),
    ]
    steps += [(_EQUAL, refuse - at - 1, 0, call) for at, call in enumerate(calls, start=4)]
    steps += [(_RETURN, 0, 0, _ALLOW), (_RETURN, 0, 0, _REFUSE)]
    return b"".join(struct.pack("=HBBI", *step) for step in steps)
