# The program in two stages: built with its development tools, run without them, as nobody in particular.
# A tag may be replaced by its owner, a digest may not: look yours up (docker buildx imagetools inspect <tag>) and build
# with --build-arg NODE_IMAGE=<tag>@sha256:<digest>.
ARG NODE_IMAGE=node:24.21.0-bookworm-slim

FROM ${NODE_IMAGE} AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci
COPY tsconfig.json tsconfig.build.json ./
COPY src ./src
COPY scripts/sbom.ts ./scripts/
RUN npm run -s build && chmod 0755 dist/cli.js && npm run -s sbom > sbom.cdx.json && npm prune --omit=dev
# Two thirds of what npm installs is never loaded: types, source maps, tests, the compiler.
COPY deploy/image/leave-out.ts ./
RUN node leave-out.ts .

FROM ${NODE_IMAGE}
ARG VERSION=0.1.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="shenji" \
      org.opencontainers.image.description="Carries Feishu OpenAPI audit logs and DingTalk statistics into Elasticsearch, completely and provably." \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
# The heap fits a container of 512 MB, and leaves room for the largest reply that is accepted. The rest has the C library
# give memory back that it would keep for a next time (docs/performance.md).
ENV NODE_ENV=production \
    NODE_OPTIONS="--max-old-space-size=320 --max-semi-space-size=2" \
    MALLOC_ARENA_MAX=1 \
    MALLOC_MMAP_THRESHOLD_=65536 \
    MALLOC_TRIM_THRESHOLD_=65536
WORKDIR /app
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
COPY --from=build /app/sbom.cdx.json ./
COPY package.json LICENSE ./
COPY dashboards ./dashboards
# For people: docker compose exec scheduler shenji status
RUN ln -s /app/dist/cli.js /usr/local/bin/shenji
# The image's user "node", by number: a cluster that demands a user other than root cannot judge a name.
USER 1000:1000
# That the process answers, not that Redis and Elasticsearch do: whoever restarts what is unhealthy would restart it for
# nothing. It asks loopback at the default http.port, without a shell; /healthz is open and speaks plain HTTP.
HEALTHCHECK --interval=30s --timeout=6s --start-period=20s CMD ["node", "/app/dist/healthcheck.js"]
ENTRYPOINT ["node", "/app/dist/cli.js"]
CMD ["--help"]
