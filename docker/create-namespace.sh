#!/bin/sh
# Waits for the Temporal server of TEMPORAL_ADDRESS and sees to it that the desk's namespace is there and can be used.
set -eu
namespace=${TEMPORAL_NAMESPACE:-default}
export TEMPORAL_NAMESPACE="$namespace"

wait_for() { # what it is, and the command that succeeds once it is there
  what=$1
  shift
  tries=0
  until "$@" >/dev/null 2>&1; do
    tries=$((tries + 1))
    if [ "$tries" -ge 120 ]; then
      echo "create-namespace: no $what after $tries s" >&2
      exit 1
    fi
    sleep 1
  done
}

wait_for "answer of the server" temporal operator cluster health
if ! temporal operator namespace describe --namespace "$namespace" >/dev/null 2>&1; then
  # Somebody else may have made it a moment ago: what counts is that it is there in the end.
  temporal operator namespace create --namespace "$namespace" --retention "${NAMESPACE_RETENTION:-720h}" || true
fi
wait_for "namespace $namespace" temporal workflow list --namespace "$namespace" --limit 1
echo "namespace $namespace is ready"
