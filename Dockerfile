# syntax=docker/dockerfile:1
# One build, images that share every layer but the last: --target api | worker | migrate | keys | advisories.
# To pin the base by content as well, look its digest up and append it to the name here:
#   docker buildx imagetools inspect node:24.21.0-bookworm-slim   ->   node:24.21.0-bookworm-slim@sha256:…
# Debian and not Alpine: the Temporal SDK's native library is built for glibc.
ARG BASE=node:24.21.0-bookworm-slim

# What runs: no development tools, no embedded PostgreSQL, no second Node, no install script of anybody.
FROM ${BASE} AS dependencies
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --omit=optional --ignore-scripts
# The SDK carries its native library for five platforms; this image is one of them.
RUN find node_modules/@temporalio/core-bridge/releases -mindepth 1 -maxdepth 1 \
      ! -name "$(uname -m)-unknown-linux-gnu" -exec rm -r {} +

# What is made once, here, so that no container has to: the database client and the workflow code.
FROM ${BASE} AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts
COPY prisma prisma
# The command insists on a native engine that it does not use here, and would download it.
RUN PRISMA_SCHEMA_ENGINE_BINARY=/bin/true CHECKPOINT_DISABLE=1 \
    node node_modules/prisma/build/index.js generate --schema prisma/schema.prisma
COPY contracts contracts
COPY domain domain
COPY workflows workflows
COPY worker worker
RUN node worker/bundle.ts /app/build/workflows

FROM ${BASE} AS runtime
# git and ssh fetch what is scanned; tini is process 1, and buries the helpers of a git that had to be killed.
RUN apt-get update \
    && apt-get install -y --no-install-recommends ca-certificates git openssh-client tini \
    && rm -rf /var/lib/apt/lists/*
# A name for the number, since ssh refuses to work for a user that the system does not know.
RUN groupadd --gid 10001 certus \
    && useradd --uid 10001 --gid certus --home-dir /work --no-create-home --shell /usr/sbin/nologin certus
# The only places that are ever written. A new volume mounted there takes over owner and mode.
RUN install -d -o certus -g certus -m 0700 /work /advisories /data /data/objects /data/registry \
      /var/lib/certus /var/lib/certus/api /var/lib/certus/keys /var/lib/certus/keys/assurance \
      /var/lib/certus/keys/trust /var/lib/certus/keys/transform /var/lib/certus/keys/api \
      /var/lib/certus/keys/authority /var/lib/certus/keys/public
ENV NODE_ENV=production
WORKDIR /app
COPY --from=dependencies /app/node_modules node_modules
COPY package.json ./
COPY prisma prisma
COPY contracts contracts
COPY domain domain
COPY services services
COPY --from=build /app/services/database/generated services/database/generated
STOPSIGNAL SIGTERM
ENTRYPOINT ["tini", "--", "node"]
USER 10001:10001

# Brings the database to this release, and exits.
FROM runtime AS migrate
CMD ["services/database/migrate-main.ts"]

# Makes the keys and the token of a new installation, and exits.
FROM runtime AS keys
COPY infra/container/keys.ts infra/container/keys.ts
ENV CERTUS_HOME=/var/lib/certus
CMD ["infra/container/keys.ts"]

# Fetches known vulnerabilities into a volume that the scanner reads, and exits.
FROM runtime AS advisories
COPY cli cli
ENV CERTUS_ADVISORIES=/advisories
CMD ["cli/certus.mjs", "advisories", "download"]

# Serves the zones that CERTUS_ZONES names.
FROM runtime AS worker
# What keeps tools of others apart, where the engine lets it: prlimit, setpriv and unshare are in Debian's base.
USER root
RUN apt-get update \
    && apt-get install -y --no-install-recommends bubblewrap \
    && rm -rf /var/lib/apt/lists/*
USER 10001:10001
COPY workflows workflows
COPY activities activities
COPY rules rules
COPY worker worker
COPY --from=build /app/build/workflows build/workflows
ENV CERTUS_WORKFLOW_BUNDLES=/app/build/workflows CERTUS_WORK_DIR=/work
CMD ["worker/main.ts"]

FROM runtime AS api
COPY api api
# Open to the container's network, but still only under names that are known: see api/host-guard.ts.
ENV CERTUS_API_HOST=0.0.0.0 CERTUS_API_PORT=8056 CERTUS_API_ALLOWED_HOSTS=localhost
EXPOSE 8056
HEALTHCHECK --interval=10s --timeout=5s --start-period=20s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.CERTUS_API_PORT}/healthz`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
CMD ["api/main.ts"]
