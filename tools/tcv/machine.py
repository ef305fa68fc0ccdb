"""What is peculiar about the machine that runs the containers, met only where it is so.

crun refuses a hybrid cgroup hierarchy. There every podman command runs in one private mount namespace in which
/sys/fs/cgroup is a fresh cgroup2 mount, with a container store of its own: podman of another mount namespace cannot see
into these containers' network namespaces, nor these into its own.
"""

import fcntl
import os
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tcv.files import write_private
from tcv.messages import Trouble
from tcv.paths import RUNTIME, STORE
from tcv.programs import run

NAMESPACE = RUNTIME / "mnt"
CAP_SYS_RESOURCE = 24

# The mount namespace that this process came from, once it has entered the private one.
_outside: int | None = None


@contextmanager
def alone() -> Iterator[None]:
    """One checkout at a time makes or removes what all on this machine share: name space, image, network."""
    # The folder above ours, so that no lock file is left behind.
    lock = os.open(RUNTIME.parent, os.O_RDONLY | os.O_CLOEXEC)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)


def has_pure_cgroup2() -> bool:
    """Whether /sys/fs/cgroup is the one cgroup2 hierarchy (seen from here)."""
    kinds = [mount.kind for mount in mounts() if mount.target == "/sys/fs/cgroup"]
    return bool(kinds) and kinds[-1] == "cgroup2"


def can_raise_limits() -> bool:
    """Whether this process has CAP_SYS_RESOURCE; without it podman's own default limits cannot be set."""
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith("CapEff:"):
            return bool(int(line.split()[1], 16) >> CAP_SYS_RESOURCE & 1)
    return False


class Mount:
    """One line of mountinfo."""

    def __init__(self, line: str) -> None:
        left, right = line.split(" - ", 1)
        self.target = left.split()[4]
        self.kind = right.split()[0]


def mounts() -> list[Mount]:
    """The mounts seen from here, in the order they were made."""
    return [Mount(line) for line in Path("/proc/self/mountinfo").read_text(encoding="utf-8").splitlines()]


def containers_conf() -> str:
    """Settings for podman that this machine needs; podman merges them over its defaults."""
    containers: list[str] = []
    engine: list[str] = []
    network: list[str] = []
    if not can_raise_limits():
        limits = {"nofile": resource.RLIMIT_NOFILE, "nproc": resource.RLIMIT_NPROC}
        hard = {name: resource.getrlimit(limit)[1] for name, limit in limits.items()}
        # podman lowers its own limit of processes to the kernel's largest process id.
        hard["nproc"] = min(hard["nproc"], int(Path("/proc/sys/kernel/pid_max").read_text(encoding="ascii")))
        containers.append(f"default_ulimits = [{', '.join(f'"{name}={n}:{n}"' for name, n in hard.items())}]")
    if namespace_exists():
        # The controllers are bound to the machine's old hierarchy: the new mount can group processes, not limit them.
        containers.append("pids_limit = 0")
        network.append(f'network_config_dir = "{STORE}/networks"')
    if namespace_exists() or not Path("/run/systemd/system").is_dir():
        engine += ['cgroup_manager = "cgroupfs"', 'events_logger = "file"']
    sections = {"containers": containers, "engine": engine, "network": network}
    return "".join(f"[{name}]\n{'\n'.join(lines)}\n" for name, lines in sections.items() if lines)


def storage_conf() -> str:
    """The private namespace's own container store."""
    return f'[storage]\ndriver = "overlay"\nrunroot = "{RUNTIME}/storage"\ngraphroot = "{STORE}/storage"\n'


def namespace_exists() -> bool:
    """Whether the private mount namespace is there (or this process is in it)."""
    return inside_namespace() or any(mount.target == str(NAMESPACE) for mount in mounts())


def inside_namespace() -> bool:
    """Whether this process is in the private mount namespace."""
    return os.environ.get("TCV_NAMESPACE") == os.readlink("/proc/self/ns/mnt")


def make_namespace() -> None:
    """Make the private mount namespace and keep it by a bind mount; the machine's own mounts stay as they are."""
    if not any(mount.target == str(RUNTIME) for mount in mounts()):
        run(["mount", "--bind", str(RUNTIME), str(RUNTIME)])
        run(["mount", "--make-private", str(RUNTIME)])
    NAMESPACE.touch()
    inner = "umount -R /sys/fs/cgroup && mount -t cgroup2 cgroup2 /sys/fs/cgroup"
    run(["unshare", f"--mount={NAMESPACE}", "--propagation", "private", "sh", "-c", inner])


def leave() -> None:
    """Go back out of the private mount namespace and let it go; it ends with the last process in it.

    A process that was started inside it cannot: then it stays, for whoever made it.
    """
    if _outside is None:
        return
    here = Path.cwd()
    os.setns(_outside, os.CLONE_NEWNS)
    os.chdir(here)
    # What podman has mounted in its store stands here too, where somebody called it without the private name space.
    below = [mount.target for mount in mounts() if mount.target.startswith(f"{STORE}/")]
    for target in (*reversed(below), NAMESPACE, RUNTIME):
        if any(mount.target == str(target) for mount in mounts()):
            run(["umount", str(target)])
    for name in ("TCV_NAMESPACE", "CONTAINERS_CONF", "CONTAINERS_STORAGE_CONF"):
        os.environ.pop(name, None)


def enter() -> None:
    """Make this process, and what it starts, one in which podman works on this machine."""
    global _outside  # noqa: PLW0603  # a process has one mount namespace
    if os.geteuid() != 0:
        raise Trouble("testhost", "not-root")
    if inside_namespace():
        return
    RUNTIME.mkdir(parents=True, exist_ok=True)
    if not has_pure_cgroup2():
        with alone():
            if not namespace_exists():
                make_namespace()
        here = Path.cwd()
        _outside = os.open("/proc/self/ns/mnt", os.O_RDONLY | os.O_CLOEXEC)
        with NAMESPACE.open("rb") as handle:
            os.setns(handle.fileno(), os.CLONE_NEWNS)
        os.chdir(here)
        os.environ["TCV_NAMESPACE"] = os.readlink("/proc/self/ns/mnt")
    if inside_namespace():
        (STORE / "networks").mkdir(parents=True, exist_ok=True)
        write_private(RUNTIME / "storage.conf", storage_conf())
        os.environ["CONTAINERS_STORAGE_CONF"] = str(RUNTIME / "storage.conf")
    settings = containers_conf()
    if settings:
        write_private(RUNTIME / "containers.conf", settings)
        os.environ["CONTAINERS_CONF"] = str(RUNTIME / "containers.conf")
