# shellcheck shell=sh
# The project's Python environment on PATH. Sourced by the commands in tools/; expects $root.
# shellcheck source=tools/say.sh
. "${root:?}/tools/say.sh"
[ -x "$root/.venv/bin/python" ] || fail no-environment
export PATH="$root/.venv/bin:$PATH" PYTHONPATH="$root/tools:$root/collections"
