#!/bin/sh
# Build the image with the builder that is there: docker, podman or buildah.
# IMAGE names it, BASE the image it stands on, BUILDER the builder; BUILD_FLAGS go to the builder.
set -eu
cd "$(dirname "$0")/.."

find_builder() {
    if docker info >/dev/null 2>&1; then # the client alone builds nothing
        echo docker
    elif command -v podman >/dev/null; then
        echo podman
    elif command -v buildah >/dev/null; then
        echo buildah
    else
        echo 'No builder: install docker (with its engine running), podman or buildah.' >&2
        return 1
    fi
}

builder=${BUILDER:-$(find_builder)}
# The format of OCI has no health check, so the others are told to write Docker's.
case $builder in
docker) set -- docker build ;;
podman) set -- podman build --format docker ;;
buildah) set -- buildah build --format docker ;;
*) echo "BUILDER is docker, podman or buildah, not $builder" >&2 && exit 2 ;;
esac
# shellcheck disable=SC2086  # BUILD_FLAGS is a list of words
exec "$@" ${BUILD_FLAGS:-} ${BASE:+--build-arg "BASE=$BASE"} \
    --file docker/Dockerfile --tag "${IMAGE:-clearance}" .
