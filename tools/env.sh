# shellcheck shell=sh
# The project's Python environment on PATH. Sourced by the commands in tools/; expects $root.
# shellcheck source=tools/say.sh
. "${root:?}/tools/say.sh"
[ -x "$root/.venv/bin/python" ] || fail no-environment
export PATH="$root/.venv/bin:$PATH" PYTHONPATH="$root/tools:$root/collections"
# Each run starts many processes of Python, and compiling what they import takes half their time. Some machines and images switch off that
# it is kept; kept in a place of its own it is in nobody's way.
unset PYTHONDONTWRITEBYTECODE
export PYTHONPYCACHEPREFIX="$root/.work/pycache"
