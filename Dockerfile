# The desk: one image for workers and commands. Debian, not Alpine: the Temporal SDK's native part needs glibc.
FROM node:24-bookworm-slim AS packages
WORKDIR /desk/code
COPY package.json package-lock.json ./
# The only install script that is allowed fetches the pinned Node, and that is here already.
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund

FROM node:24-bookworm-slim
# For TLS to a Temporal server: its client trusts what the system trusts.
RUN apt-get update -qq \
  && apt-get install -y -qq --no-install-recommends ca-certificates \
  && rm -rf /var/lib/apt/lists/*
# Which code this is, for verdicts; without it they name the package's version alone:
# docker compose build --build-arg NIGHTDESK_CODE_VERSION="$(git describe --always --dirty)"
ARG NIGHTDESK_CODE_VERSION=""
ENV NODE_ENV=production \
  NIGHTDESK_CODE_VERSION=$NIGHTDESK_CODE_VERSION \
  NIGHTDESK_HOME=/desk/state \
  NIGHTDESK_CACHE=/desk/state/cache
WORKDIR /desk/code
COPY --from=packages /desk/code/node_modules node_modules
COPY . .
# A volume takes its owner from the folder that it covers.
RUN install -d -o node -g node /desk/state
USER node
ENTRYPOINT ["node", "bin/nightdesk.mjs"]
CMD ["worker"]
