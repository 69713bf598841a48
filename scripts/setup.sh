# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# Sets up a build. Sourced by scripts/qbench and scripts/test. All output goes to stderr.
#
#   QBENCH_PRESET   of CMakePresets.json (default: release)
#   QBENCH_BUILD    build folder (default: build, or build-PRESET where a preset is given)
#   QBENCH_TARGET   what scripts/test builds (default: all)
#   QBENCH_CUDA     AUTO, ON or OFF, in place of the preset's; without a preset, OFF where there is no GPU
#   QBENCH_PREFIX   dependencies unpacked by scripts/deps --prefix (default: the system's, or .deps)
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
build=${QBENCH_BUILD:-$root/build${QBENCH_PRESET:+-$QBENCH_PRESET}}
mkdir -p "$build"
build=$(cd "$build" && pwd)
jobs=${CMAKE_BUILD_PARALLEL_LEVEL:-$(nproc)}

# set_up TARGET: dependencies, configuration, build; under a second where there is nothing to do.
set_up() {
  local lock prefix
  exec {lock}>"$build/.lock"
  flock "$lock" || true  # some network file systems have no locks
  prefix=$("$root/scripts/deps" build) || exit 1
  if [ -n "$prefix" ]; then
    PATH=$PATH:$prefix/usr/bin
    export LD_LIBRARY_PATH
    LD_LIBRARY_PATH=$(printf '%s:' "$prefix"/usr/lib/*-linux-gnu*)${LD_LIBRARY_PATH:-}
  fi
  configure "$prefix"
  compile "$1"
  exec {lock}>&-
}

# Where none could run the CUDA kernels, they are not built: they take longer than all the rest. (/dev/dxg: that of Windows'
# subsystem for Linux.) A GPU that appears later is noticed, since CMake's arguments then change.
has_gpu() { compgen -G '/dev/nvidia[0-9]*' >/dev/null || [ -e /dev/dxg ]; }

# H100, H200, GH200 and their kin: gemm-wgmma exists in code of their own alone.
has_hopper() { grep -Eqs '^Model:.*NVIDIA G?H[0-9]' /proc/driver/nvidia/gpus/*/information; }

# configure PREFIX: runs CMake if its arguments have changed. CMake itself tracks its input files.
configure() {
  local arguments=(--preset "${QBENCH_PRESET:-release}" -S "$root" -B "$build")
  [ -z "$1" ] || arguments+=(--toolchain "$1/toolchain.cmake")
  local cuda=${QBENCH_CUDA:-}
  [ -n "$cuda${QBENCH_PRESET:-}" ] || has_gpu || cuda=OFF
  [ -z "$cuda" ] || arguments+=("-DQBENCH_CUDA=$cuda")
  [ -n "${QBENCH_PRESET:-}" ] || [ "$cuda" = OFF ] || ! has_hopper ||
    arguments+=("-DCMAKE_CUDA_ARCHITECTURES=80-virtual;90a-real")
  command -v ninja >/dev/null || arguments+=(-G "Unix Makefiles")
  [ "${arguments[*]}" != "$(cat "$build/configured" 2>/dev/null)" ] || return 0
  echo "qbench: configuring $build" >&2
  rm -f "$build/configured"
  (cd "$root" && cmake --fresh "${arguments[@]}") >"$build/setup.log" 2>&1 ||
    fail_with_log "could not configure"
  echo "${arguments[*]}" >"$build/configured"
}

compile() {
  cmake --build "$build" --target "$1" -j "$jobs" 2>&1 | tee "$build/setup.log" |
    show_progress >&2 || fail_with_log "could not build"
}

# Shows progress: one rewritten line on a terminal, a line every 20 seconds elsewhere, nothing if
# nothing is built.
show_progress() {
  local line started= next=20
  SECONDS=0
  while IFS= read -r line; do
    [[ $line =~ ^(\[[^]]*\]).*\ (Building|Linking)\  ]] || continue
    [ -n "$started" ] || echo "qbench: building (a minute or more the first time)"
    started=yes
    if [ -t 2 ]; then
      printf '\rqbench: %s ' "${BASH_REMATCH[1]}"
    elif [ "$SECONDS" -ge "$next" ]; then
      echo "qbench: building ${BASH_REMATCH[1]}"
      next=$((SECONDS + 20))
    fi
  done
  [ -z "$started" ] || [ ! -t 2 ] || printf '\r\033[K'
}

fail_with_log() {
  tail -n 40 "$build/setup.log" >&2
  echo "qbench: $1; the end of $build/setup.log is above" >&2
  exit 1
}
