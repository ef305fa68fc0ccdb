"""The Debian 13 image of the test hosts: what a data centre's minimal installation has, no more."""

import hashlib
import tempfile
from pathlib import Path

from tcv import mirror
from tcv.messages import Trouble, text
from tcv.paths import STORE
from tcv.programs import output, run

REPOSITORY = "localhost/thucongvu-debian13"
RECIPE = [
    "--variant=minbase",
    "--include=systemd,systemd-sysv,dbus,python3,python3-apt,sudo,iproute2,ca-certificates,netbase",
    # A machine that was just installed has package lists; without them a dry run finds no package.
    "--skip=cleanup/apt/lists",
    # A container has the machine's kernel: there is no module to load.
    '--customize-hook=systemctl --root="$1" mask systemd-modules-load.service',
]
# Another recipe is another image.
NAME = f"{REPOSITORY}:{hashlib.sha256(' '.join(RECIPE).encode()).hexdigest()[:12]}"
LOG = STORE / "image.log"


def exists() -> bool:
    """Whether the image was built already."""
    return run(["podman", "image", "exists", NAME], check=False).returncode == 0


def ensure() -> None:
    """Build the image unless it is there."""
    if exists():
        return
    print(text("testhost", "image-building"), flush=True)
    STORE.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=STORE) as folder:
        settings = Path(folder, "apt.conf")
        settings.write_text(mirror.apt_settings(), encoding="utf-8")
        tar = Path(folder, "image.tar")
        command = ["mmdebstrap", *RECIPE, f"--aptopt={settings}", mirror.SUITE, str(tar), *mirror.sources()]
        built = run(command, check=False)
        LOG.write_text(built.stderr, encoding="utf-8")
        if built.returncode != 0:
            errors = [line for line in built.stderr.splitlines() if line.startswith("E:")] or ["?"]
            raise Trouble("testhost", "image-failed", log=LOG, error=errors[0])
        run(["podman", "import", "-c", 'CMD ["/lib/systemd/systemd"]', str(tar), NAME])


def remove() -> None:
    """Remove the image, and those of earlier recipes."""
    for name in output(["podman", "images", "--format", "{{.Repository}}:{{.Tag}}", REPOSITORY]).split():
        run(["podman", "image", "rm", name])
    LOG.unlink(missing_ok=True)
