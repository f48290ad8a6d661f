# Judges bucket policies and states without Pulumi's CLI, an account or a network:
#   docker run --rm -v "$PWD:/work:ro" s3-encryption-guard check policy.json --bucket NAME
#   docker run --rm -v "$PWD:/work:ro" s3-encryption-guard analyze state.json
# `preview` needs the program's own language and packages beside it, so it runs better where those are.
FROM python:3.12.12-slim-bookworm AS build
COPY requirements.txt requirements-offline.txt requirements-fleet.txt /pack/
RUN python -m venv /venv && /venv/bin/pip install --no-cache-dir --disable-pip-version-check -r /pack/requirements-fleet.txt

FROM python:3.12.12-slim-bookworm
LABEL org.opencontainers.image.title="s3-encryption-guard" \
      org.opencontainers.image.licenses="Apache-2.0"
COPY --from=build /venv /venv
COPY PulumiPolicy.yaml __main__.py requirements.txt LICENSE /pack/
COPY bucketpolicy /pack/bucketpolicy
COPY crossguard /pack/crossguard
COPY policies /pack/policies
COPY offline /pack/offline
COPY verifier /pack/verifier
COPY bin /pack/bin
ENV S3_ENCRYPTION_GUARD_PYTHON=/venv/bin/python PYTHONDONTWRITEBYTECODE=1
USER 65532:65532
WORKDIR /work
ENTRYPOINT ["/pack/bin/s3-encryption-guard"]
CMD ["--help"]
