# shellcheck shell=bash
# What packaging/run and packaging/test share; sourced by them, never run.

root="$(realpath "$(dirname "$(realpath "${BASH_SOURCE[0]}")")/..")"
readonly root

say() { printf '%s\n' "$*"; }

fail() {
    printf 'packaging/%s: %s\n' "${0##*/}" "$*" >&2
    exit 1
}

# Prints the packages of the named sets of packages.txt.
packages_of() {
    awk -v sets=" $* " '!/^#/ && NF >= 2 && index(sets, " " $2 " ") {print $1}' "$root/packaging/packages.txt"
}

# Installs what is missing of the named sets. Where nothing is missing, apt is not called and no rights are needed.
install_packages() {
    command -v dpkg-query >/dev/null ||
        fail "this script installs Debian packages and there is no dpkg here; README.md says how to build by hand"

    local name missing=()
    for name in $(packages_of "$@"); do
        [[ "$(dpkg-query -W -f='${db:Status-Status}' "$name" 2>/dev/null)" == installed ]] || missing+=("$name")
    done
    if ((${#missing[@]} == 0)); then
        say "All packages are installed."
        return
    fi

    local as_root=()
    if ((EUID != 0)); then
        command -v sudo >/dev/null ||
            fail "packages are missing, and installing them needs root or sudo. As root: apt-get install --no-install-recommends ${missing[*]}"
        as_root=(sudo)
    fi
    say "Installing ${missing[*]} and what they need."
    # A foreign source that is out of order must not stop us: if it matters, the installation itself will say so.
    "${as_root[@]}" apt-get update -q || say "apt-get update did not succeed for every source; going on with what is known."
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
        apt-get install -q -y --no-install-recommends -o DPkg::Lock::Timeout=300 "${missing[@]}" ||
        fail "apt-get could not install the packages (its reason stands above); mend that and start this script again"
}

# How many compilers may run at once: one a processor, and 1.5 GB of memory for each.
build_jobs() {
    local jobs memory_kib limit
    jobs="$(nproc)"
    memory_kib="$(awk '/^MemAvailable:/ {print $2}' /proc/meminfo 2>/dev/null || true)"
    limit="$(cat /sys/fs/cgroup/memory.max 2>/dev/null || true)"
    if [[ "$limit" =~ ^[0-9]+$ ]] && ((limit / 1024 < ${memory_kib:-limit})); then
        memory_kib=$((limit / 1024))
    fi
    if [[ -n "$memory_kib" ]] && ((memory_kib / 1500000 < jobs)); then
        jobs=$((memory_kib / 1500000))
    fi
    say $((jobs > 0 ? jobs : 1))
}

# build PRESET [TARGET…]: configures a preset of CMakePresets.json and builds the targets (default: all).
build() {
    local preset="$1"
    shift
    cmake -S "$root" --preset "$preset"
    cmake --build "$root/build/$preset" --parallel "$(build_jobs)" ${1:+--target "$@"}
}
