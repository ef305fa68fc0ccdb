# shellcheck shell=sh
# Prints a message of messages/bootstrap.txt: Vietnamese first, English beside it. Sourced; expects $root.

# fill TEXT WHAT: TEXT with its {} replaced.
fill() {
    case $1 in
        *'{}'*) printf '%s' "${1%%'{}'*}$2${1#*'{}'}" ;;
        *) printf '%s' "$1" ;;
    esac
}

# say KEY [WHAT]
say() {
    line=$(grep "^$1|" "${root:?}/messages/bootstrap.txt")
    texts=${line#*|}
    printf '%s / %s\n' "$(fill "${texts%%|*}" "${2-}")" "$(fill "${texts#*|}" "${2-}")" >&2
}

# fail KEY [WHAT]
fail() {
    say "$@"
    exit 1
}
